"""One landed object, read and judged. Whatever goes wrong with it is its own refusal, never its neighbours' failure."""

# polars carries some types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Callable

from polars.exceptions import PanicException

from txplatform.contracts.model import Contract
from txplatform.errors import PlatformError
from txplatform.ingest.batch import FileRejected, RawBatch
from txplatform.ingest.row_gate import Gated, judge

Read = Callable[[bytes], RawBatch | FileRejected]


def judged(contract: Contract, content: bytes | FileRejected, read: Read) -> tuple[RawBatch, Gated] | FileRejected:
    """The rows of an object and what the gate says of them, or why there are none.

    An error that may pass, or that says nothing about the object, is raised.
    """
    if isinstance(content, FileRejected):
        return content
    try:
        raw = read(content)
        return raw if isinstance(raw, FileRejected) else (raw, judge(contract, raw))
    except MemoryError:
        raise
    except (Exception, PanicException) as error:  # hostile bytes may break a reader in any way
        if isinstance(error, PlatformError) and error.retryable:
            raise
        return FileRejected("file.unreadable", f"the object cannot be read: {type(error).__name__}")
