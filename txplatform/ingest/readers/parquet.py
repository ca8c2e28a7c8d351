"""Parquet to rows as texts. Exact types keep every digit; a column of floats or of nested values is unusable."""

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from txplatform.ingest.batch import FileRejected, RawBatch


def read_parquet(data: bytes) -> RawBatch | FileRejected:
    """Read a whole Parquet file; `rows` are record numbers from 1."""
    if not data:
        return FileRejected("file.empty", "the file is empty")
    try:
        frame = pl.DataFrame(pq.read_table(pa.BufferReader(data)))
    except (pa.ArrowException, pl.exceptions.PolarsError, OSError) as error:
        return FileRejected("file.unreadable", f"the file is no readable Parquet file: {type(error).__name__}")
    unusable = {name: reason for name, dtype in frame.schema.items() if (reason := _unusable(dtype))}
    texts = frame.select(_text(name, dtype, name in unusable) for name, dtype in frame.schema.items())
    rows = pl.int_range(1, frame.height + 1, dtype=pl.Int64, eager=True).alias("row")
    return RawBatch(texts, rows, None, unusable=unusable)


def _unusable(dtype: pl.DataType) -> str | None:
    if dtype.is_float():
        return "binary floating point does not hold decimals exactly: deliver a decimal or a text"
    if dtype.is_nested() or dtype in (pl.Binary, pl.Object, pl.Time, pl.Duration):
        return f"a column of type {dtype} has no text form"
    return None


def _text(name: str, dtype: pl.DataType, unusable: bool) -> pl.Expr:
    column = pl.col(name)
    if isinstance(dtype, pl.Datetime):
        fraction = "%.9f" if dtype.time_unit == "ns" else "%.6f"
        if dtype.time_zone is None:
            return column.dt.strftime(f"%Y-%m-%dT%H:%M:%S{fraction}")
        return column.dt.convert_time_zone("UTC").dt.strftime(f"%Y-%m-%dT%H:%M:%S{fraction}Z")
    if unusable and not dtype.is_float():
        return pl.when(column.is_not_null()).then(pl.lit(str(dtype))).alias(name)
    return column.cast(pl.String)
