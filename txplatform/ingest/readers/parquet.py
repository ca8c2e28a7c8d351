"""Parquet to rows as texts. Exact types keep every digit; a column of floats or of nested values is unusable."""

import io
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO, cast

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from txplatform.ingest.batch import RawBatch, RejectedError
from txplatform.ingest.years import within_years

_MOST_ROWS, _BATCH, _BUFFER = 65_536, 16 << 20, 1 << 20  # rows, bytes in memory and bytes of a column, read at once
_LIBRARY_ERRORS = (pa.ArrowException, pl.exceptions.PolarsError, pl.exceptions.PanicException)
_UNREADABLE = (*_LIBRARY_ERRORS, OSError, ValueError)


def read_parquet(content: BinaryIO) -> Iterator[RawBatch]:
    """Read a Parquet file, which must be seekable, so many rows at a time; `rows` are record numbers from 1.

    Raise RejectedError where it cannot be read to its end.
    """
    if not content.seek(0, io.SEEK_END):
        raise RejectedError("file.empty", "the file is empty")
    content.seek(0)
    try:
        with pq.ParquetFile(pa.PythonFile(cast("io.IOBase", content), "r"), buffer_size=_BUFFER) as file:
            schema = file.schema_arrow
            yield from _batches(file.iter_batches(_rows_at_once(file)), schema)
    except _UNREADABLE as error:
        raise RejectedError("file.unreadable", f"the file cannot be read as Parquet: {type(error).__name__}") from error


def _rows_at_once(file: pq.ParquetFile) -> int:
    """As many rows as take about so many bytes in memory, by what the file says of its columns."""
    metadata = file.metadata
    size = sum(metadata.row_group(place).total_byte_size for place in range(metadata.num_row_groups))
    return max(1, min(_MOST_ROWS, _BATCH * max(metadata.num_rows, 1) // max(size, 1)))


def _batches(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[RawBatch]:
    row = 1
    for batch in chain(batches, [None]):
        if batch is None and row > 1:
            return
        table = schema.empty_table() if batch is None else pa.Table.from_batches([batch], schema)
        table.validate(full=True)  # texts may not be UTF-8
        columns = [_texts(name, column) for name, column in zip(table.column_names, table.columns, strict=True)]
        frame = pl.DataFrame([texts for texts, _ in columns])
        unusable_columns = {texts.name: reason for texts, reason in columns if reason is not None}
        rows = pl.int_range(row, row + table.num_rows, dtype=pl.Int64, eager=True).alias("row")
        yield RawBatch(frame, rows, None, unusable_columns=unusable_columns)
        row += table.num_rows


def _texts(name: str, column: pa.ChunkedArray) -> tuple[pl.Series, str | None]:
    """The values of a column as texts, and why it is unusable if it is: then the texts name its type."""
    try:
        values = pl.DataFrame({name: column}).to_series()
        reason = _unusable(values.dtype)
        if reason is None or values.dtype.is_float():
            return values.to_frame().select(_text(name, values.dtype)).to_series(), reason
    except _LIBRARY_ERRORS:
        reason = f"a column of type {column.type} cannot be read exactly"
    there = pl.Series(name, column.is_valid().to_pylist(), dtype=pl.Boolean)
    return pl.select(pl.when(there).then(pl.lit(str(column.type))).alias(name)).to_series(), reason


def _unusable(dtype: pl.DataType) -> str | None:
    if dtype.is_float():
        return "binary floating point does not hold decimals exactly: deliver a decimal or a text"
    if dtype.is_nested() or dtype in (pl.Binary, pl.Object, pl.Time, pl.Duration):
        return f"a column of type {dtype} has no text form"
    return None


def _text(name: str, dtype: pl.DataType) -> pl.Expr:
    """The text of each value; of a day or moment outside the supported years its count, which no cast accepts."""
    column = pl.col(name)
    if not isinstance(dtype, pl.Date | pl.Datetime):
        return column.cast(pl.String)
    known, unit, form = column.map_batches(within_years, dtype), "days", "%Y-%m-%d"
    if isinstance(dtype, pl.Datetime):
        unit, form = dtype.time_unit, f"%Y-%m-%dT%H:%M:%S{'%.9f' if dtype.time_unit == 'ns' else '%.6f'}"
        if dtype.time_zone is not None:
            known, form = known.dt.convert_time_zone("UTC"), f"{form}Z"
    count = pl.concat_str(column.to_physical(), pl.lit(f" {unit} since 1970"))
    return pl.coalesce(known.dt.strftime(form), count).alias(name)
