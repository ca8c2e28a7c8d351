"""The name of this installation of the platform, with which the name of each of its resources begins.

One account and region holds one installation an environment. Their names differ in the first word, so that a pattern
such as `txplatform-*` never covers what belongs to another.
"""

import os
import re
from collections.abc import Mapping

from txplatform.errors import ConfigurationError

VARIABLE = "TXP_INSTALLATION"  # of the environment; infra sets it for the tasks of Dagster
DEFAULT = "txplatform"
MAX_LENGTH = 18  # more, and a bucket of it has a name too long for S3 in some regions
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def installation(env: Mapping[str, str] = os.environ) -> str:
    """Read the name; raise ConfigurationError where resources cannot be called by it."""
    name = env.get(VARIABLE) or DEFAULT
    if not _NAME.fullmatch(name) or len(name) > MAX_LENGTH:
        raise ConfigurationError(
            f"{VARIABLE}={name!r} is no name of an installation. Remedy: take words of a to z and digits, "
            f"joined by hyphens, of {MAX_LENGTH} characters at most, such as dev-{DEFAULT}"
        )
    return name
