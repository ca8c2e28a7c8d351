"""Where moto differs from AWS in a way that matters to us, and only there. One subject a module.

The patches reach into moto's classes, so moto is pinned exactly. Each has a contract test that fails without it;
when a new moto passes the test unpatched, the patch goes.
"""

import moto

from txplatform.local.aws.patches import (
    attribute_values,
    dispatch,
    expressions,
    glue,
    invocation,
    items,
    keys,
    memory,
    notifications,
    numbers,
    objects,
    queues,
    streams,
    tables,
)
from txplatform.local.errors import LocalStackError

PATCHED_VERSION = "5.2.5"
_SUBJECTS = (
    attribute_values,
    dispatch,
    memory,
    invocation,
    queues,
    numbers,
    items,
    keys,
    expressions,
    tables,
    streams,
    glue,
    notifications,
    objects,
)


def apply() -> None:
    """Patch moto in this process, once; raise LocalStackError for a version that was not examined."""
    if moto.__version__ != PATCHED_VERSION:
        raise LocalStackError(
            f"moto {moto.__version__} is installed, the patches are for {PATCHED_VERSION}. "
            f"Remedy: pip install moto[server]=={PATCHED_VERSION}"
        )
    if getattr(moto, "_txplatform_patched", False):
        return
    for subject in _SUBJECTS:
        subject.apply()
    moto._txplatform_patched = True  # type: ignore[attr-defined]
