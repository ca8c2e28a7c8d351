"""Columns of Arrow to rows as texts, nested values as marked JSON text.

Exact types keep every digit, and a double is read where it has no more digits than it holds for certain. A type without
an exact text makes its column unusable.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from txplatform.ingest.batch import UNUSABLE_SCHEMA, RawBatch, rendered
from txplatform.ingest.nested.marks import without_marks
from txplatform.ingest.nested.series import as_json
from txplatform.ingest.readers.arrow_texts import in_texts, text_of, unusable, unusable_inside
from txplatform.ingest.readers.doubles import INEXACT, exact_texts

LIBRARY_ERRORS = (pa.ArrowException, pl.exceptions.PolarsError, pl.exceptions.PanicException)


class _Column(NamedTuple):
    """The values of a column as texts; why it is unusable, if it is: then they name its type; and which are inexact."""

    texts: pl.Series
    reason: str | None = None
    inexact: pl.Series | None = None


def batches_of_arrow(
    batches: Iterable[pa.RecordBatch], schema: pa.Schema, nested: Collection[str] | None
) -> Iterator[RawBatch]:
    """The batches as rows, numbered from 1; where there are none, one without rows.

    Columns of `nested` values are read as JSON text if they have one of these names, or whatever they are called where
    it is None. A batch may have texts in place of the schema's values.
    """
    row = 1
    for batch in chain(batches, [None]):
        if batch is None and row > 1:
            return
        table = schema.empty_table() if batch is None else pa.Table.from_batches([batch])
        table.validate(full=True)  # texts may not be UTF-8
        columns = [
            _column(name, column, may_nest=nested is None or name in nested)
            for name, column in zip(table.column_names, table.columns, strict=True)
        ]
        rows = pl.int_range(row, row + table.num_rows, dtype=pl.Int64, eager=True).alias("row")
        yield _batch(columns, rows, schema)
        row += table.num_rows


def _batch(columns: list[_Column], rows: pl.Series, schema: pa.Schema) -> RawBatch:
    frame = pl.DataFrame([column.texts for column in columns])
    marked = [item.name for item in schema if pa.types.is_nested(item.type)]
    none_text = pl.repeat(True, rows.len(), dtype=pl.Boolean, eager=True)
    batch = RawBatch(
        frame,
        rows,
        partial(_payload, frame, marked) if marked else None,
        unusable_columns={column.texts.name: column.reason for column in columns if column.reason is not None},
        bare={item.name: none_text for item in schema if _is_bare(item.type)},
        types=dict(zip(schema.names, schema.types, strict=True)),
    )
    inexact = {column.texts.name: column.inexact for column in columns if column.inexact is not None}
    if not inexact:
        return batch
    cells = pl.concat(
        pl.DataFrame({"position": where.arg_true(), "column": name, "message": INEXACT}, schema=UNUSABLE_SCHEMA)
        for name, where in inexact.items()
    )
    exact = frame.with_columns(pl.when(~where).then(pl.col(name)).alias(name) for name, where in inexact.items())
    return replace(batch, frame=exact, payload=partial(_payload, frame, marked), unusable_cells=cells)


def _is_bare(kind: pa.DataType) -> bool:
    """Whether values of the type are what numbers and booleans are in JSON."""
    if pa.types.is_dictionary(kind):
        return _is_bare(kind.value_type)
    exact = pa.types.is_integer(kind) or pa.types.is_decimal(kind)
    return exact or pa.types.is_floating(kind) or pa.types.is_boolean(kind)


def _payload(frame: pl.DataFrame, marked: Iterable[str]) -> pl.Series:
    """The rows as JSON texts, without marks."""
    return rendered(frame.with_columns(without_marks(frame[name]) for name in marked))


def _column(name: str, column: pa.ChunkedArray, *, may_nest: bool) -> _Column:
    try:
        if pa.types.is_decimal256(column.type):
            column = column.cast(pa.string())
        values = pl.DataFrame({name: column}).to_series()
        if values.dtype.is_float():
            texts, inexact = exact_texts(values)
            return _Column(texts, None, inexact if inexact.any() else None)
        if may_nest and values.dtype.is_nested():
            reason = unusable_inside(values.dtype)
            if reason is None:
                return _Column(as_json(in_texts(values)))
        reason = unusable(values.dtype)
        if reason is None:
            return _Column(values.to_frame().select(text_of(name, values.dtype)).to_series())
    except LIBRARY_ERRORS:
        reason = f"a column of type {column.type} cannot be read exactly"
    there = pl.Series(name, column.is_valid().to_pylist(), dtype=pl.Boolean)
    return _Column(pl.select(pl.when(there).then(pl.lit(str(column.type))).alias(name)).to_series(), reason)
