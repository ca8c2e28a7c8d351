"""Rows of finished queries: written as one object each, read back in blocks, the blocks used last at hand."""

import threading
from typing import Protocol

import pyarrow as pa

from txplatform.local.aws.athena.errors import RequestError
from txplatform.local.aws.athena.results import Result, rows_of_csv

BLOCK = 10_000  # rows that are read back at once
RETAINED_BYTES = 64 * 2**20  # of blocks kept at hand


class ResultStore(Protocol):
    def put(self, location: str, body: bytes) -> None: ...
    def get(self, location: str, start: int, end: int) -> bytes: ...


class ResultRows:
    """Safe to share between threads."""

    def __init__(self, store: ResultStore) -> None:
        self._store = store
        self._places: dict[str, list[int]] = {}  # where the blocks of a result object begin and end
        self._blocks: dict[tuple[str, int], pa.Table] = {}  # those used last come last
        self._lock = threading.Lock()

    def write(self, location: str, result: Result) -> None:
        """Write a result object."""
        parts = [result.header(), *result.blocks(BLOCK)]
        self._store.put(location, b"".join(parts))
        ends = [sum(map(len, parts[:count])) for count in range(1, len(parts) + 1)]
        with self._lock:
            self._places[location] = ends
        if result.rows.num_rows <= BLOCK:
            self._retain((location, 0), result.rows)

    def read(self, location: str, columns: int, first: int, last: int) -> pa.Table:
        """Return the rows from `first` to before `last`, as a table of strings."""
        blocks = range(first // BLOCK, max(last - 1, first) // BLOCK + 1)
        rows = pa.concat_tables([self._block(location, number, columns) for number in blocks])
        return rows.slice(first - blocks[0] * BLOCK, last - first)

    def forget(self, location: str) -> None:
        """Drop what is kept of a result object, which stays itself."""
        with self._lock:
            for number in range(len(self._places.pop(location, ()))):
                self._blocks.pop((location, number), None)

    def _block(self, location: str, number: int, columns: int) -> pa.Table:
        with self._lock:
            block, ends = self._blocks.get((location, number)), self._places.get(location)
        if ends is None:
            raise RequestError(f"The results at {location} are no longer known")
        if block is None:
            # A result without rows has no block; what would follow its last one is empty.
            start, end = ends[min(number, len(ends) - 1)], ends[min(number + 1, len(ends) - 1)]
            block = rows_of_csv(self._store.get(location, start, end) if end > start else b"", columns)
        self._retain((location, number), block)
        return block

    def _retain(self, key: tuple[str, int], block: pa.Table) -> None:
        with self._lock:
            if key[0] not in self._places:
                return
            self._blocks.pop(key, None)
            self._blocks[key] = block
            while len(self._blocks) > 1 and sum(table.nbytes for table in self._blocks.values()) > RETAINED_BYTES:
                del self._blocks[next(iter(self._blocks))]
