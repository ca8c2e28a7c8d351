"""Casts whole columns of texts to the types of the contract, the usual way of writing a value first.

A value in the form that the platform itself writes is recognised by one regular expression and cast at once. What is
left, a few rows as a rule, takes the way of casts.py, which decides about every other form. Both give the same value.
"""

from typing import cast

import polars as pl

from txplatform.contracts.model import Field, FieldType
from txplatform.contracts.render.pandera import polars_type
from txplatform.ingest.nested.values import typed

# A leap second and the years before 1000 are left to casts.py.
_USUAL_TIMESTAMP = r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9](?:\.[0-9]{1,6})?Z$"
_SECOND = "%Y-%m-%dT%H:%M:%S"
_OF_LENGTH = {20: f"{_SECOND}Z", 24: f"{_SECOND}.%3fZ", 27: f"{_SECOND}.%6fZ"}  # bytes of a usual timestamp


def cast_column(field: Field, texts: pl.Series, *, marked: bool = False) -> pl.Series:
    """The typed values of a column, null where a text has no exact one. What is inside of nested ones may be marked."""
    if field.type is FieldType.STRING:
        return texts.alias(field.name)
    if texts.null_count() == texts.len():
        return pl.Series(field.name, [None], dtype=polars_type(field)).new_from_index(0, texts.len())
    form, column = _usual_form(field), pl.col(field.name)
    texts = texts.alias(field.name)
    if form is None:
        return texts.to_frame().select(typed(field, column, marked=marked)).to_series()
    fits = texts.str.contains(form)
    usual = texts if fits.all() else texts.set(~fits, None)
    values = _moments(usual) if field.type is FieldType.TIMESTAMP else usual.cast(polars_type(field), strict=False)
    if values.null_count() == texts.null_count():
        return values
    left = (values.is_null() & texts.is_not_null()).arg_true()
    others = texts.gather(left).to_frame().select(typed(field, column)).to_series()
    return values.scatter(left, others)


def _usual_form(field: Field) -> str | None:
    """What a text in the usual form of a type matches; None where no form is usual."""
    match field.type:
        case FieldType.INTEGER:
            return r"^-?[0-9]{1,18}$"
        case FieldType.DECIMAL if whole := (field.precision or 0) - (field.scale or 0):
            fraction = rf"(?:\.[0-9]{{1,{field.scale}}})?" if field.scale else ""
            return rf"^-?[0-9]{{1,{whole}}}{fraction}$"
        case FieldType.TIMESTAMP:
            return _USUAL_TIMESTAMP
        case _:
            return None


def _moments(texts: pl.Series) -> pl.Series:
    """The moments of usual timestamps. Where all are as long, as one program writes them, they are parsed at once."""
    lengths = texts.str.len_bytes()
    form = _OF_LENGTH.get(cast("int", lengths.min())) if lengths.min() == lengths.max() else None
    if form is not None:
        local = texts.str.to_datetime(form, time_unit="us", strict=False, cache=False)
        return local.dt.replace_time_zone("UTC")  # parsed with a zone, they would take twice as long
    text = pl.col(texts.name)
    second = text.str.head(19).str.to_datetime(_SECOND, time_unit="us", time_zone="UTC", strict=False)
    fraction = text.str.slice(20).str.strip_suffix("Z").str.pad_end(6, "0").cast(pl.Int64, strict=False)
    return texts.to_frame().select(second + pl.duration(microseconds=fraction, time_unit="us")).to_series()
