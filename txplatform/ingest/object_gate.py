"""Reads and validates one landed object. Bytes that break a reader refuse that object and fail no other."""

import logging
from collections.abc import Callable
from traceback import format_tb

from polars.exceptions import PanicException

from txplatform.contracts.model import Contract
from txplatform.errors import PlatformError
from txplatform.ingest.batch import FileRejected, RawBatch
from txplatform.ingest.mapping.file_mapping import FileMapping
from txplatform.ingest.row_gate import Gated, validate_rows

_log = logging.getLogger(__name__)
Read = Callable[[str, bytes, Contract], RawBatch | FileRejected]  # of an object's name, content and contract


def gate_object(
    contract: Contract,
    uri: str,
    name: str,
    content: bytes,
    read: Read,
    mapping: FileMapping | FileRejected | None = None,
) -> tuple[RawBatch, Gated] | FileRejected:
    """The rows of an object as read and as validated, or why it has none; with a mapping, of a file of a source system.

    An error is the object's own only if it is raised while its bytes are read; any other error is raised to the caller.
    """
    if isinstance(mapping, FileRejected):
        return mapping
    try:
        raw = read(name, content, contract) if mapping is None else mapping.read(name, content)
    except (MemoryError, ImportError, PlatformError):
        raise
    except (Exception, PanicException) as error:  # noqa: BLE001 # hostile bytes may break a reader in any way
        kind = type(error).__name__  # its message may quote what it read
        _log.warning("%s cannot be read: %s\n%s", uri, kind, "".join(format_tb(error.__traceback__)))
        return FileRejected("file.unreadable", f"the object cannot be read: {kind}")
    if isinstance(raw, FileRejected):
        return raw
    gated = validate_rows(contract, raw) if mapping is None else mapping.gate(raw)
    return gated if isinstance(gated, FileRejected) else (raw, gated)
