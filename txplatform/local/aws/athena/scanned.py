"""How many bytes a statement reads: those of the data files of the tables that it names, each once.

Athena counts the pages of columns that it read, which are fewer; the files of a commit are what is known before.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from txplatform.local.aws.athena import iceberg_metadata

_read: ContextVar[dict[str, int] | None] = ContextVar("scanned", default=None)


@contextmanager
def counting() -> Iterator[dict[str, int]]:
    """Collect what `add` notes in this thread: bytes by what they are read from."""
    read: dict[str, int] = {}
    token = _read.set(read)
    try:
        yield read
    finally:
        _read.reset(token)


def add(source: str, size: int) -> None:
    """Note that a source of some bytes is read; read again, it counts once."""
    if (read := _read.get()) is not None:
        read[source] = size


def add_iceberg(s3: Any, metadata_location: str) -> None:
    """Note that an Iceberg table is read as of its current commit."""
    if _read.get() is not None:
        add(metadata_location, _of_commit(s3, metadata_location))


@lru_cache(maxsize=1024)
def _of_commit(s3: Any, metadata_location: str) -> int:
    metadata = iceberg_metadata.read(s3, metadata_location)
    current = metadata.get("current-snapshot-id")
    snapshots = (of for of in metadata.get("snapshots", ()) if of["snapshot-id"] == current)
    return sum(int(of.get("summary", {}).get("total-files-size", 0)) for of in snapshots)
