"""Casts whole columns of texts to the types of the contract, the usual way of writing a value first.

A value in the form that the platform itself writes is recognised by one regular expression and cast at once. What is
left, a few rows as a rule, takes the way of casts.py, which decides about every other form. Both give the same value.
"""

import polars as pl

from txplatform.contracts.model import Field, FieldType
from txplatform.contracts.render.pandera import polars_type
from txplatform.ingest.nested.values import typed

# A leap second and the years before 1000 are left to casts.py.
_USUAL_TIMESTAMP = r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9](?:\.[0-9]{1,6})?Z$"
_SECOND = "%Y-%m-%dT%H:%M:%S"


def cast_column(field: Field, texts: pl.Series, *, marked: bool = False) -> pl.Series:
    """The typed values of a column, null where a text has no exact one. What is inside of nested ones may be marked."""
    if field.type is FieldType.STRING:
        return texts.alias(field.name)
    if texts.null_count() == texts.len():
        return pl.Series(field.name, [None], dtype=polars_type(field)).new_from_index(0, texts.len())
    usual = _usual(field)
    column = pl.col(field.name)
    frame = texts.alias(field.name).to_frame()
    if usual is None:
        return frame.select(typed(field, column, marked=marked)).to_series()
    values = frame.select(usual.alias(field.name)).to_series()
    left = (values.is_null() & texts.is_not_null()).arg_true()
    if left.is_empty():
        return values
    others = frame[left].select(typed(field, column)).to_series()
    return values.scatter(left, others)


def _usual(field: Field) -> pl.Expr | None:
    """The value of a text in the usual form, null for any other text; None where no form is usual."""
    text = pl.col(field.name)
    if field.type is FieldType.INTEGER:
        return pl.when(text.str.contains(r"^-?[0-9]{1,18}$")).then(text).cast(pl.Int64, strict=False)
    if field.type is FieldType.DECIMAL:
        scale, whole = field.scale or 0, (field.precision or 0) - (field.scale or 0)
        if not whole:
            return None
        fraction = rf"(?:\.[0-9]{{1,{scale}}})?" if scale else ""
        fits = text.str.contains(rf"^-?[0-9]{{1,{whole}}}{fraction}$")
        return pl.when(fits).then(text).cast(pl.Decimal(field.precision, scale), strict=False)
    if field.type is FieldType.TIMESTAMP:
        usual = pl.when(text.str.contains(_USUAL_TIMESTAMP)).then(text)
        second = usual.str.head(19).str.to_datetime(_SECOND, time_unit="us", time_zone="UTC", strict=False)
        fraction = usual.str.slice(20).str.strip_suffix("Z").str.pad_end(6, "0").cast(pl.Int64, strict=False)
        return second + pl.duration(microseconds=fraction, time_unit="us")
    return None
