"""Casts whole columns of texts to the types of the contract, the usual ways of writing a value first.

A form is taken by a cast of its own, which leaves null in place of other texts. These, a few as a rule, are left to the
next one, which takes more time for each. The last is that of casts.py, which decides about every form. All of them give
the same value.
"""

from collections.abc import Callable, Sequence
from functools import partial

import polars as pl

from txplatform.contracts.model import Field, FieldType
from txplatform.contracts.render.pandera import polars_type
from txplatform.ingest.even_timestamps import even_timestamps
from txplatform.ingest.nested.values import typed
from txplatform.ingest.short_numbers import short_numbers

# A leap second and the years before 1000 are left to casts.py.
_USUAL_TIMESTAMP = r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9](?:\.[0-9]{1,6})?Z$"

_Cast = Callable[[Field, pl.Series], pl.Series | None]  # None where it takes no text of the column


def cast_column(field: Field, texts: pl.Series, *, marked: bool = False) -> pl.Series:
    """The typed values of a column, null where a text has no exact one. What is inside of nested ones may be marked."""
    texts = texts.alias(field.name)
    if field.type is FieldType.STRING:
        return texts
    if texts.null_count() == texts.len():
        return pl.Series(field.name, [None], dtype=polars_type(field)).new_from_index(0, texts.len())
    values: pl.Series | None = None
    left: pl.Series | None = None  # the places of texts without a value
    for cast in (*_CASTS.get(field.type, ()), partial(_any, marked=marked)):
        found = cast(field, texts if left is None else texts.gather(left))
        if found is None:
            continue
        values = found if values is None or left is None else values.scatter(left, found)
        if values.null_count() == texts.null_count():
            break
        left = (values.is_null() & texts.is_not_null()).arg_true()
    assert values is not None
    return values


def _any(field: Field, texts: pl.Series, *, marked: bool) -> pl.Series | None:
    return texts.to_frame().select(typed(field, pl.col(field.name), marked=marked).alias(field.name)).to_series()


def _even_timestamp(_: Field, texts: pl.Series) -> pl.Series | None:
    return even_timestamps(texts)


def _number(field: Field, texts: pl.Series) -> pl.Series | None:
    """Numbers of digits, a sign and a point alone."""
    whole = (field.precision or 0) - (field.scale or 0)
    fraction = rf"(?:\.[0-9]{{1,{field.scale}}})?" if field.scale else ""
    form = r"^-?[0-9]{1,18}$" if field.type is FieldType.INTEGER else rf"^-?[0-9]{{1,{whole}}}{fraction}$"
    if field.type is FieldType.DECIMAL and not whole:
        return None
    return _of_form(form, texts).cast(polars_type(field), strict=False)


def _timestamp(_: Field, texts: pl.Series) -> pl.Series | None:
    """Timestamps in UTC, as the platform itself writes them."""
    usual = _of_form(_USUAL_TIMESTAMP, texts)
    if usual.null_count() == usual.len():
        return None
    if (even := even_timestamps(usual)) is not None:
        return even
    text = pl.col(texts.name)
    second = text.str.head(19).str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", time_zone="UTC", strict=False)
    fraction = text.str.slice(20).str.strip_suffix("Z").str.pad_end(6, "0").cast(pl.Int64, strict=False)
    return usual.to_frame().select(second + pl.duration(microseconds=fraction, time_unit="us")).to_series()


def _of_form(form: str, texts: pl.Series) -> pl.Series:
    """The texts, null in place of those that do not match."""
    fits = texts.str.contains(form)
    return texts if fits.all() else texts.set(~fits, None)


_CASTS: dict[FieldType, Sequence[_Cast]] = {
    FieldType.INTEGER: (short_numbers, _number),
    FieldType.DECIMAL: (short_numbers, _number),
    FieldType.TIMESTAMP: (_even_timestamp, _timestamp),
}
