"""Writes the data files of one partition of an Iceberg table while their rows come, in memory that does not grow.

Rows are held up to a bound, sorted by their key as far as they are held together, and written as row groups of files of
some hundred megabytes. The rows of an object can be taken back until its last one has come: where they are too many to
be held, they are in files of their own.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl
import pyarrow as pa
from pyiceberg.manifest import DataFile
from pyiceberg.partitioning import PartitionFieldValue, PartitionKey
from pyiceberg.table import Table

from txplatform.lake.parquet_file import ParquetFile
from txplatform.lake.row_order import sorted_rows

_MOST_HELD = 48 << 20  # bytes in memory
_FILE = 1 << 30  # bytes in memory of a file's rows: about a fifth of it in Parquet
_ROW_GROUP = 128 << 10  # rows

ToArrow = Callable[[pl.DataFrame], pa.Table]


class PartitionFiles:
    """Rows on their way to the data files of a partition, which is named by the values of its source columns."""

    def __init__(self, table: Table, values: Mapping[str, Any], to_arrow: ToArrow, sort_by: Sequence[str] = ()) -> None:
        self._table = table
        spec, schema = table.spec(), table.schema()
        fields = [
            PartitionFieldValue(field, values[schema.find_column_name(field.source_id) or ""]) for field in spec.fields
        ]
        self._partition = PartitionKey(fields, spec, schema)
        self._to_arrow = to_arrow
        self._sort_by = tuple(sort_by)
        self._files: list[DataFile] = []
        self._held: list[tuple[pl.DataFrame, int]] = []  # each with its bytes in memory
        self._writing: ParquetFile | None = None
        self._earlier = (0, 0)  # how many frames and files there were when the object began
        self._apart = False  # whether the files after these hold rows of the object alone

    @property
    def held_bytes(self) -> int:
        """The memory that rows take which are in no file yet."""
        return _size(self._held)

    def begin_object(self) -> None:
        """Let the rows that follow be those of one object."""
        self._earlier, self._apart = (len(self._held), len(self._files)), False

    def add(self, rows: pl.DataFrame) -> None:
        """Take in rows of the object."""
        self._held.append((rows, int(rows.estimated_size())))
        frames, _ = self._earlier
        if _size(self._held[frames:]) <= _MOST_HELD:
            return
        if not self._apart:
            self._write(self._held[:frames])
            self._close()
            del self._held[:frames]
            self._earlier, self._apart = (0, len(self._files)), True
        self.flush()

    def end_object(self) -> None:
        """Keep the rows of the object."""
        if self.held_bytes > _MOST_HELD:
            self.flush()

    def take_back_object(self) -> None:
        """Forget the rows of the object."""
        frames, files = self._earlier
        del self._held[frames:]
        if self._apart:
            self._close()
            self._delete(files)

    def flush(self) -> None:
        """Write the rows that are held."""
        self._write(self._held)
        self._held.clear()

    def finish(self) -> list[DataFile]:
        """Write what is left, and return the files."""
        self.flush()
        self._close()
        return list(self._files)

    def _write(self, held: Sequence[tuple[pl.DataFrame, int]]) -> None:
        if not any(frame.height for frame, _ in held):
            return
        rows = sorted_rows(pl.concat((frame for frame, _ in held), rechunk=True), self._sort_by)
        if self._writing is None:
            self._writing = ParquetFile(self._table, self._partition, self._sort_by)
        for part in rows.iter_slices(_ROW_GROUP):
            self._writing.write(self._to_arrow(part))
        if self._writing.written > _FILE:
            self._close()

    def _close(self) -> None:
        if self._writing is None:
            return
        self._files.append(self._writing.close())
        self._writing = None

    def _delete(self, first: int) -> None:
        for file in self._files[first:]:
            self._table.io.delete(file.file_path)
        del self._files[first:]


def _size(held: Sequence[tuple[pl.DataFrame, int]]) -> int:
    return sum(size for _, size in held)
