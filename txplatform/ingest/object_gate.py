"""Reads and validates one landed object. Bytes that break a reader refuse that object and fail no other."""

import logging
from collections.abc import Callable, Iterable, Iterator
from traceback import format_tb
from typing import BinaryIO

from polars.exceptions import PanicException

from txplatform.contracts.model import Contract
from txplatform.errors import PlatformError
from txplatform.ingest.batch import FileRejected, RawBatch, RejectedError
from txplatform.ingest.mapping.file_mapping import FileMapping
from txplatform.ingest.row_gate import Gated, validate_rows

_log = logging.getLogger(__name__)
Read = Callable[[str, BinaryIO, Contract], Iterable[RawBatch]]  # of an object's name, content and contract
Outcome = tuple[RawBatch, Gated] | FileRejected


def gate_object(
    contract: Contract,
    uri: str,
    name: str,
    content: BinaryIO,
    read: Read,
    mapping: FileMapping | FileRejected | None = None,
) -> Iterator[Outcome]:
    """The rows of an object, batch by batch, as read and as validated; or, at last, why none of them counts.

    With a mapping it is a file of a source system. An error is the object's own only if it is raised while its bytes
    are read; any other error is raised to the caller.
    """
    if isinstance(mapping, FileRejected):
        yield mapping
        return
    batches: Iterator[RawBatch] | None = None
    begun = False
    while True:
        try:
            if batches is None:
                batches = iter(read(name, content, contract) if mapping is None else mapping.read(name, content))
            raw = next(batches, None)
        except RejectedError as error:
            yield error.outcome
            return
        except (MemoryError, ImportError, PlatformError):
            raise
        except (Exception, PanicException) as error:  # noqa: BLE001 # hostile bytes may break a reader in any way
            kind = type(error).__name__  # its message may quote what it read
            _log.warning("%s cannot be read: %s\n%s", uri, kind, "".join(format_tb(error.__traceback__)))
            yield FileRejected("file.unreadable", f"the object cannot be read: {kind}")
            return
        if raw is None:
            return
        gated = validate_rows(contract, raw) if mapping is None else mapping.gate(raw, first=not begun)
        if isinstance(gated, FileRejected):
            yield gated
            return
        yield raw, gated
        begun = begun or not raw.rows.is_empty()
