"""The exact texts of values in the types of polars, and which types have none."""

from typing import Any

import polars as pl

from txplatform.ingest.nested.marks import BARE, TEXT, begins_like_a_mark
from txplatform.ingest.nested.series import of_elements, where
from txplatform.ingest.readers.doubles import exact_texts
from txplatform.ingest.years import within_years

_ABOUT = "≈"  # before a double that stands for no decimal, inside of a nested value: no field takes it


def unusable(dtype: pl.DataType) -> str | None:
    """Why values have no text form, None if they have one."""
    if dtype.is_nested() or dtype in (pl.Binary, pl.Object, pl.Time, pl.Duration):
        return f"a column of type {dtype} has no text form"
    return None


def unusable_inside(dtype: pl.DataType) -> str | None:
    """Why nested values cannot be read exactly, None if they can be."""
    inner: list[Any]
    match dtype:
        case pl.Struct() if any(begins_like_a_mark(item.name) for item in dtype.fields):
            return "a name inside begins with U+FDD0 or U+FDD1, which are no characters"
        case pl.Struct():
            inner = [item.dtype for item in dtype.fields]
        case pl.List() | pl.Array():
            inner = [dtype.inner]
        case pl.Map():
            inner = [dtype.key, dtype.value]
        case _:
            return unusable(dtype)
    return next((reason for item in inner if (reason := unusable_inside(item))), None)


def in_texts(values: pl.Series) -> pl.Series:
    """Nested values whose scalars are marked texts."""
    match values.dtype:
        case pl.Struct():
            members = [in_texts(values.struct.field(item.name)) for item in values.dtype.fields]
            return where(values.is_not_null(), pl.DataFrame(members).to_struct(values.name))
        case pl.Array(inner=inner):
            return in_texts(values.cast(pl.List(inner)))
        case pl.List():
            return of_elements(values, in_texts)
        case pl.Map(key=key, value=value):
            entries = values.cast(pl.List(pl.Struct({"key": key, "value": value})))
            return of_elements(entries, in_texts).cast(pl.Map(pl.String, pl.String))
        case dtype if dtype.is_float():
            text, inexact = exact_texts(values)
            marks = pl.when(inexact).then(pl.lit(BARE + _ABOUT)).otherwise(pl.lit(BARE))
            return pl.select((marks + pl.lit(text)).alias(values.name)).to_series()
        case dtype:
            text = text_of(values.name, dtype)
            if isinstance(dtype, pl.String):
                text = pl.when(text.str.contains(f"^[{BARE}{TEXT}]")).then(TEXT + text).otherwise(text)
            elif dtype.is_numeric() or isinstance(dtype, pl.Boolean):
                text = BARE + text
            return values.to_frame().select(text.alias(values.name)).to_series()


def text_of(name: str, dtype: pl.DataType) -> pl.Expr:
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
