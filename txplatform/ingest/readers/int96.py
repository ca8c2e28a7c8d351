"""Moments of Parquet's old type INT96, which counts nanoseconds over years that 64 bits of nanoseconds do not reach.

They are read as microseconds. Where one has finer digits, its column is texts with all of them in that batch: no cast
takes more than a microsecond, so the row is refused with what it holds, as it is for a column of nanoseconds.
"""

from collections.abc import Iterator
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from txplatform.ingest.batch import RejectedError
from txplatform.ingest.readers.arrow_texts import text_of

_MOMENT, _DIGITS = "moment", "digits"


def int96_columns(file: pq.ParquetFile) -> list[str]:
    """The columns that hold such moments, also somewhere inside of their values."""
    leaves: list[Any] = [file.schema.column(place) for place in range(len(file.schema.names))]
    paths = [leaf.path for leaf in leaves if leaf.physical_type == "INT96"]
    return [name for name in file.schema_arrow.names if any(f"{path}.".startswith(f"{name}.") for path in paths)]


def with_finer_digits(batches: Iterator[pa.RecordBatch], finer: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The batches, with the digits of `finer`: the same rows of these columns alone, in nanoseconds.

    Raise RejectedError where a moment inside of a nested value has finer digits.
    """
    for batch, nanoseconds in zip(batches, finer, strict=True):
        made = batch
        for name in nanoseconds.schema.names:
            known: Any = batch.column(name)
            found = [_digits(*pair) for pair in zip(_moments(known), _moments(nanoseconds.column(name)), strict=True)]
            if not any((digits != 0).any() for digits in found):
                continue
            if pa.types.is_nested(known.type):
                problem = f"values of the column '{name}' hold moments finer than a microsecond: deliver them as texts"
                raise RejectedError("file.unreadable", problem)
            texts = _texts(pl.Series(_MOMENT, known), found[0]).to_arrow()
            made = made.set_column(batch.schema.get_field_index(name), name, texts)
        yield made


def _moments(values: Any) -> Iterator[Any]:
    """The moments of a column, those inside of nested values one kind after the other."""
    if pa.types.is_timestamp(values.type):
        yield values
    elif pa.types.is_nested(values.type):
        inside = (values.keys, values.items) if pa.types.is_map(values.type) else values.flatten()
        for inner in inside if isinstance(inside, list | tuple) else [inside]:
            yield from _moments(inner)


def _digits(microseconds: Any, nanoseconds: Any) -> pl.Series:
    """What the microseconds of each moment lack, 0 to 999 nanoseconds. Counts of nanoseconds run over in 64 bits."""
    micros, nanos = (pl.Series(_DIGITS, values.cast(pa.int64())) for values in (microseconds, nanoseconds))
    return nanos - micros * 1000


def _texts(moments: pl.Series, digits: pl.Series) -> pl.Series:
    digits = digits.cast(pl.String).str.zfill(3)
    return pl.DataFrame([moments, digits]).select(text_of(_MOMENT, moments.dtype) + pl.col(_DIGITS)).to_series()
