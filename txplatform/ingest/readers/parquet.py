"""Parquet to rows as texts, nested values as marked JSON text. Exact types keep every digit; a column of floats is
unusable, and so is one of nested values where the contract has none.
"""

import io
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Any, BinaryIO, cast

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from txplatform.ingest.batch import RawBatch, RejectedError
from txplatform.ingest.nested.marks import BARE, TEXT
from txplatform.ingest.nested.series import as_json, of_elements, where
from txplatform.ingest.years import within_years

_MOST_ROWS, _BATCH, _BUFFER = 65_536, 16 << 20, 1 << 20  # rows, bytes in memory and bytes of a column, read at once
_LIBRARY_ERRORS = (pa.ArrowException, pl.exceptions.PolarsError, pl.exceptions.PanicException)
_UNREADABLE = (*_LIBRARY_ERRORS, OSError, ValueError)


def read_parquet(content: BinaryIO, nested: Collection[str] | None = ()) -> Iterator[RawBatch]:
    """Read a Parquet file, which must be seekable, so many rows at a time; `rows` are record numbers from 1.

    Columns of `nested` values are read as JSON text if they have one of these names, or whatever they are called where
    it is None. Raise RejectedError where the file cannot be read to its end.
    """
    if not content.seek(0, io.SEEK_END):
        raise RejectedError("file.empty", "the file is empty")
    content.seek(0)
    try:
        with pq.ParquetFile(pa.PythonFile(cast("io.IOBase", content), "r"), buffer_size=_BUFFER) as file:
            schema = file.schema_arrow
            yield from _batches(file.iter_batches(_rows_at_once(file)), schema, nested)
    except _UNREADABLE as error:
        raise RejectedError("file.unreadable", f"the file cannot be read as Parquet: {type(error).__name__}") from error


def _rows_at_once(file: pq.ParquetFile) -> int:
    """As many rows as take about so many bytes in memory, by what the file says of its columns."""
    metadata = file.metadata
    size = sum(metadata.row_group(place).total_byte_size for place in range(metadata.num_row_groups))
    return max(1, min(_MOST_ROWS, _BATCH * max(metadata.num_rows, 1) // max(size, 1)))


def _batches(
    batches: Iterable[pa.RecordBatch], schema: pa.Schema, nested: Collection[str] | None
) -> Iterator[RawBatch]:
    row = 1
    for batch in chain(batches, [None]):
        if batch is None and row > 1:
            return
        table = schema.empty_table() if batch is None else pa.Table.from_batches([batch], schema)
        table.validate(full=True)  # texts may not be UTF-8
        columns = [
            _texts(name, column, may_nest=nested is None or name in nested)
            for name, column in zip(table.column_names, table.columns, strict=True)
        ]
        frame = pl.DataFrame([texts for texts, _ in columns])
        unusable_columns = {texts.name: reason for texts, reason in columns if reason is not None}
        rows = pl.int_range(row, row + table.num_rows, dtype=pl.Int64, eager=True).alias("row")
        payload = partial(_payload, frame) if any(map(pa.types.is_nested, table.schema.types)) else None
        none_text = pl.repeat(True, table.num_rows, dtype=pl.Boolean, eager=True)
        bare = {item.name: none_text for item in table.schema if _is_bare(item.type)}
        types = dict(zip(schema.names, schema.types, strict=True))
        yield RawBatch(frame, rows, payload, unusable_columns=unusable_columns, bare=bare, types=types)
        row += table.num_rows


def _is_bare(kind: pa.DataType) -> bool:
    """Whether values of the type are what numbers and booleans are in JSON."""
    if pa.types.is_dictionary(kind):
        return _is_bare(kind.value_type)
    exact = pa.types.is_integer(kind) or pa.types.is_decimal(kind)
    return exact or pa.types.is_floating(kind) or pa.types.is_boolean(kind)


def _payload(frame: pl.DataFrame) -> pl.Series:
    """The rows as JSON texts, without marks."""
    texts = frame.select(pl.struct(pl.all()).struct.json_encode().alias("payload")).to_series()
    return texts.str.replace_all(f"[{BARE}{TEXT}]", "")


def _texts(name: str, column: pa.ChunkedArray, *, may_nest: bool) -> tuple[pl.Series, str | None]:
    """The values of a column as texts, and why it is unusable if it is: then the texts name its type."""
    try:
        values = pl.DataFrame({name: column}).to_series()
        if may_nest and values.dtype.is_nested():
            reason = _unusable_inside(values.dtype)
            if reason is None:
                return as_json(_in_texts(values)), None
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


def _unusable_inside(dtype: pl.DataType) -> str | None:
    """Why nested values cannot be read exactly, None if they can be."""
    inner: list[Any]
    match dtype:
        case pl.Struct():
            inner = [item.dtype for item in dtype.fields]
        case pl.List() | pl.Array():
            inner = [dtype.inner]
        case pl.Map():
            inner = [dtype.key, dtype.value]
        case _:
            return _unusable(dtype)
    return next((reason for item in inner if (reason := _unusable_inside(item))), None)


def _in_texts(values: pl.Series) -> pl.Series:
    """Nested values whose scalars are marked texts."""
    match values.dtype:
        case pl.Struct():
            members = [_in_texts(values.struct.field(item.name)) for item in values.dtype.fields]
            return where(values.is_not_null(), pl.DataFrame(members).to_struct(values.name))
        case pl.Array(inner=inner):
            return _in_texts(values.cast(pl.List(inner)))
        case pl.List():
            return of_elements(values, _in_texts)
        case pl.Map(key=key, value=value):
            entries = values.cast(pl.List(pl.Struct({"key": key, "value": value})))
            return of_elements(entries, _in_texts).cast(pl.Map(pl.String, pl.String))
        case dtype:
            text = _text(values.name, dtype)
            if isinstance(dtype, pl.String):
                text = pl.when(text.str.contains(f"^[{BARE}{TEXT}]")).then(TEXT + text).otherwise(text)
            elif dtype.is_numeric() or isinstance(dtype, pl.Boolean):
                text = BARE + text
            return values.to_frame().select(text.alias(values.name)).to_series()


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
