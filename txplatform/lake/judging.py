"""One landed object, read and judged. Bytes that break a reader are its own refusal, never its neighbours' failure."""

# polars carries some types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import logging
from collections.abc import Callable
from traceback import format_tb

from polars.exceptions import PanicException

from txplatform.contracts.model import Contract
from txplatform.errors import PlatformError
from txplatform.ingest.batch import FileRejected, RawBatch
from txplatform.ingest.row_gate import Gated, judge
from txplatform.landed import LandedObject

_log = logging.getLogger(__name__)
Read = Callable[[bytes], RawBatch | FileRejected]


def judged(
    contract: Contract, item: LandedObject, content: bytes | FileRejected, read: Read
) -> tuple[RawBatch, Gated] | FileRejected:
    """The rows of an object and what the gate says of them, or why there are none.

    Only what breaks while its bytes are read is the object's own fault; any other error is raised.
    """
    if isinstance(content, FileRejected):
        return content
    try:
        raw = read(content)
    except (MemoryError, ImportError, PlatformError):
        raise
    except (Exception, PanicException) as error:  # noqa: BLE001 # hostile bytes may break a reader in any way
        kind = type(error).__name__  # its message may quote what it read
        _log.warning("%s cannot be read: %s\n%s", item.uri, kind, "".join(format_tb(error.__traceback__)))
        return FileRejected("file.unreadable", f"the object cannot be read: {kind}")
    return raw if isinstance(raw, FileRejected) else (raw, judge(contract, raw))
