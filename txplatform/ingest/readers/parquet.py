"""Parquet to rows as texts, so many at a time."""

import io
from collections.abc import Collection, Iterator
from typing import BinaryIO, cast

import pyarrow as pa
import pyarrow.parquet as pq

from txplatform.ingest.batch import RawBatch, RejectedError
from txplatform.ingest.readers.arrow_rows import LIBRARY_ERRORS, batches_of_arrow
from txplatform.ingest.readers.dictionaries import longest_row
from txplatform.ingest.readers.int96 import int96_columns, with_finer_digits
from txplatform.ingest.readers.parquet_pages import CheckedPages, LargeDictionariesError
from txplatform.ingest.readers.together import MOST_BYTES, together

_MOST_ROWS, _BATCH, _BUFFER = 65_536, 16 << 20, 1 << 20  # rows, bytes in memory and bytes of a column, read at once
_UNREADABLE = (*LIBRARY_ERRORS, OSError, ValueError)


def read_parquet(content: BinaryIO, nested: Collection[str] | None = ()) -> Iterator[RawBatch]:
    """Read a Parquet file, which must be seekable; `nested` as in `batches_of_arrow`.

    Raise RejectedError where the file cannot be read to its end, or holds too much to be unpacked.
    """
    if not content.seek(0, io.SEEK_END):
        raise RejectedError("file.empty", "the file is empty")
    content.seek(0)
    checked = CheckedPages(content)
    source = pa.PythonFile(cast("io.IOBase", checked), "r")
    try:
        with _opened(source, "us") as file:
            checked.watch()
            rows = _rows_at_once(file)
            batches = together(_batches(file, source, checked, rows), rows, _BATCH)
            yield from batches_of_arrow(batches, file.schema_arrow, nested)
    except _UNREADABLE as error:
        raise RejectedError("file.unreadable", f"the file cannot be read as Parquet: {type(error).__name__}") from error


def _opened(source: pa.PythonFile, unit: str) -> pq.ParquetFile:
    """The file, with moments of the type INT96 in this unit."""
    return pq.ParquetFile(source, buffer_size=_BUFFER, coerce_int96_timestamp_unit=unit)


def _batches(file: pq.ParquetFile, source: pa.PythonFile, checked: CheckedPages, rows: int) -> Iterator[pa.RecordBatch]:
    """The rows of one row group after the other; fewer at once where the texts of its dictionaries are long."""
    finer = int96_columns(file)
    nanoseconds = _opened(source, "ns") if finer else None

    def read(group: int, at_once: int) -> Iterator[pa.RecordBatch]:
        batches = file.iter_batches(at_once, row_groups=[group])
        if nanoseconds is None:
            return batches
        return with_finer_digits(batches, nanoseconds.iter_batches(at_once, row_groups=[group], columns=finer))

    for group in range(file.metadata.num_row_groups):
        batches = read(group, rows)
        checked.rows = rows
        try:
            first = next(batches, None)  # all dictionaries are read before it
        except LargeDictionariesError:
            checked.rows = 0
            batches = read(group, min(rows, max(1, MOST_BYTES // 2 // longest_row(source, file, group))))
            first = next(batches, None)
        checked.rows = 0
        if first is not None:
            yield first
            yield from batches


def _rows_at_once(file: pq.ParquetFile) -> int:
    """As many rows as take about so many bytes in memory, by what the file says of its columns."""
    metadata = file.metadata
    size = sum(metadata.row_group(place).total_byte_size for place in range(metadata.num_row_groups))
    return max(1, min(_MOST_ROWS, _BATCH * max(metadata.num_rows, 1) // max(size, 1)))
