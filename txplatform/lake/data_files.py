"""Writes the data files of one partition of an Iceberg table while their rows come, in memory that does not grow.

Rows are held up to a bound, sorted by their key as far as they are held together, and written as row groups of files of
some hundred megabytes. The rows of an object can be taken back until its last one has come: where they are too many to
be held, they are in files of their own.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import IOBase
from typing import Any, cast

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from pyiceberg.io import OutputFile
from pyiceberg.io.fileformat import FileFormatFactory, FileFormatWriter
from pyiceberg.io.pyarrow import schema_to_pyarrow
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.partitioning import PartitionFieldValue, PartitionKey
from pyiceberg.table import Table, TableProperties
from pyiceberg.table.locations import load_location_provider

_MOST_HELD = 48 << 20  # bytes in memory
_FILE = 1 << 30  # bytes in memory of a file's rows: about a fifth of it in Parquet
_ROW_GROUP = 128 << 10  # rows
# A column whose distinct values take more than so many bytes in a row group gains nothing by a dictionary: with the
# usual bound of 2 MiB, making it took half of the time and a fifth more space.
_WRITING = {TableProperties.PARQUET_DICT_SIZE_BYTES: str(64 << 10)}

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
        self._schema = schema_to_pyarrow(schema)
        self._to_arrow = to_arrow
        self._sort_by = list(sort_by)
        self._files: list[DataFile] = []
        self._held: list[tuple[pl.DataFrame, int]] = []  # each with its bytes in memory
        self._writing: tuple[OutputFile, FileFormatWriter] | None = None
        self._written = 0  # bytes in memory of what the open file holds
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
        rows = pl.concat(frame for frame, _ in held)
        if self._sort_by:
            rows = rows.sort(self._sort_by)
        for part in rows.iter_slices(_ROW_GROUP):
            self._append(_fitted(self._to_arrow(part), self._schema))
        if self._written > _FILE:
            self._close()

    def _append(self, data: pa.Table) -> None:
        if self._writing is None:
            place = load_location_provider(self._table.location(), self._table.properties)
            path = place.new_data_location(f"{uuid.uuid4()}.parquet", self._partition)
            output = self._table.io.new_output(path)
            writer = FileFormatFactory.get(FileFormat.PARQUET).create_writer(
                output, self._table.schema(), {**self._table.properties, **_WRITING}
            )
            self._writing, self._written = (output, writer), 0
        self._writing[1].write(data)
        self._written += data.nbytes

    def _close(self) -> None:
        if self._writing is None:
            return
        (output, writer), self._writing = self._writing, None
        statistics: Any = writer.close()
        self._files.append(
            DataFile.from_args(
                content=DataFileContent.DATA,
                file_path=output.location,
                file_format=FileFormat.PARQUET,
                partition=self._partition.partition,
                file_size_in_bytes=len(output),
                sort_order_id=None,
                spec_id=self._table.spec().spec_id,
                equality_ids=None,
                key_metadata=None,
                **statistics.to_serialized_dict(),
            )
        )

    def _delete(self, first: int) -> None:
        for file in self._files[first:]:
            self._table.io.delete(file.file_path)
        del self._files[first:]


def read_files(table: Table, files: Sequence[DataFile], columns: list[str] | None = None) -> Iterator[pl.DataFrame]:
    """The rows of data files of this table that were written here, a bounded number at a time."""
    for file in files:
        with table.io.new_input(file.file_path).open() as source:
            parquet: Any = pq.ParquetFile(pa.PythonFile(cast("IOBase", source), "r"))
            for batch in parquet.iter_batches(_ROW_GROUP, columns=columns):
                yield pl.DataFrame(batch)


def _size(held: Sequence[tuple[pl.DataFrame, int]]) -> int:
    return sum(size for _, size in held)


def _fitted(data: Any, schema: pa.Schema) -> pa.Table:
    """The rows in the columns of the table, null where a table has one that the contract has not (any more)."""
    fields: Any = schema
    columns: list[Any] = [
        data[field.name].cast(field.type) if field.name in data.column_names else pa.nulls(data.num_rows, field.type)
        for field in fields
    ]
    return pa.table(columns, schema=schema)
