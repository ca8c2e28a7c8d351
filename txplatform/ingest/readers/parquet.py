"""Parquet to rows as texts. Exact types keep every digit; a column of floats or of nested values is unusable."""

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from txplatform.ingest.batch import FileRejected, RawBatch
from txplatform.ingest.readers.text import too_large
from txplatform.ingest.years import within_years

_LIBRARY_ERRORS = (pa.ArrowException, pl.exceptions.PolarsError, pl.exceptions.PanicException)
_UNREADABLE = (*_LIBRARY_ERRORS, OSError, ValueError)


def read_parquet(data: bytes) -> RawBatch | FileRejected:
    """Read a whole Parquet file; `rows` are record numbers from 1."""
    if not data:
        return FileRejected("file.empty", "the file is empty")
    try:
        table = _table(data)
        if isinstance(table, FileRejected):
            return table
        columns = [_texts(name, column) for name, column in zip(table.column_names, table.columns, strict=True)]
        frame = pl.DataFrame([texts for texts, _ in columns])
    except _UNREADABLE as error:
        return FileRejected("file.unreadable", f"the file cannot be read as Parquet: {type(error).__name__}")
    unusable_columns = {texts.name: reason for texts, reason in columns if reason is not None}
    rows = pl.int_range(1, table.num_rows + 1, dtype=pl.Int64, eager=True).alias("row")
    return RawBatch(frame, rows, None, unusable_columns=unusable_columns)


def _table(data: bytes) -> pa.Table | FileRejected:
    with pq.ParquetFile(pa.BufferReader(data)) as file:
        batches: list[pa.RecordBatch] = []
        size = len(data)
        for batch in file.iter_batches():
            batches.append(batch)
            size += batch.nbytes
            if refused := too_large(size):
                return refused
        table = pa.Table.from_batches(batches, file.schema_arrow)
    table.validate(full=True)  # texts may not be UTF-8
    return table


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
