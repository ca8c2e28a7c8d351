"""Reads the rows of an Iceberg table's data files, a bounded number at a time.

pyiceberg's own readers hold the rows of all files that a scan has to read.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from io import IOBase
from typing import Any, cast

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from pyiceberg.expressions import AlwaysTrue
from pyiceberg.io.pyarrow import ArrowAccessor, ArrowProjectionVisitor, ArrowScan, pyarrow_to_schema
from pyiceberg.manifest import DataFile
from pyiceberg.schema import Schema, prune_columns, visit_with_partner
from pyiceberg.table import FileScanTask, Table
from pyiceberg.types import ListType, MapType

_ROWS_AT_ONCE = 128 << 10


def rows_of(table: Table, task: FileScanTask, columns: Schema) -> Iterator[pa.RecordBatch]:
    """The rows of a data file in these columns of the table, which are found by field id: they may have been renamed.

    Row filters are left to the caller. Nothing here writes delete files; a data file that somebody else wrote one to
    is read by pyiceberg, all at once.
    """
    if task.delete_files:
        yield from ArrowScan(table.metadata, table.io, columns, AlwaysTrue()).to_record_batches([task])
        return
    with _opened(table, task.file) as parquet:
        physical = pyarrow_to_schema(parquet.schema_arrow, table.name_mapping())
        # Lists and maps are named by what is in them.
        inner = {of for of in columns.field_ids if not isinstance(columns.find_type(of), (ListType, MapType))}
        there = prune_columns(physical, inner, select_full_types=False)
        projection = ArrowProjectionVisitor(there, allow_timestamp_tz_mismatch=True)
        for batch in parquet.iter_batches(_ROWS_AT_ONCE, columns=[field.name for field in there.fields]):
            rows = visit_with_partner(columns, batch, projection, ArrowAccessor(there))
            yield pa.RecordBatch.from_struct_array(rows)


def read_files(table: Table, files: Sequence[DataFile], columns: list[str] | None = None) -> Iterator[pl.DataFrame]:
    """The rows of data files that were written in the columns which the table has now."""
    for file in files:
        with _opened(table, file) as parquet:
            for batch in parquet.iter_batches(_ROWS_AT_ONCE, columns=columns):
                yield pl.DataFrame(batch)


@contextmanager
def _opened(table: Table, file: DataFile) -> Generator[Any]:
    with table.io.new_input(file.file_path).open() as source:
        yield pq.ParquetFile(pa.PythonFile(cast("IOBase", source), "r"))
