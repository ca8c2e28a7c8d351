"""Renames and rewrites the columns and values of a source to those of the contract, by the rules of the contract.

In this order: another name, numbers since 1970, whole values before and after folding their case, then the default
where a value is absent. Validation comes after. The Lambda `source` applies rules of its own to messages; what differs
is listed in docs/concepts/two-engines.md.
"""

from functools import partial

import polars as pl

from txplatform.contracts.model import Contract, Field
from txplatform.ingest.renaming import renamed
from txplatform.ingest.years import within_years

_EPOCH_DIGITS = {"seconds": 6, "milliseconds": 3}  # decimal places down to the microsecond
_NUMBER = r"^\s*-?[0-9]+(?:\.[0-9]+)?\s*$"
_MOMENT = pl.Datetime("us", "UTC")


def align(contract: Contract, frame: pl.DataFrame) -> pl.DataFrame:
    """A text column for each of the contract's fields, in their order; null where the source has no value."""
    return frame.select(_aligned(field, frame.columns).alias(field.name) for field in contract.fields)


def present_names(field: Field, columns: list[str]) -> list[str]:
    """The columns that may carry a field, its own name first, in upper or lower case."""
    names = dict.fromkeys(name.casefold() for name in (field.name, *field.alignment.aliases))
    return [column for name in names for column in columns if column.casefold() == name]


def _aligned(field: Field, columns: list[str]) -> pl.Expr:
    rules = field.alignment
    sources = present_names(field, columns)
    value = pl.coalesce(pl.col(sources)) if sources else pl.repeat(None, pl.len(), dtype=pl.String)
    if rules.epoch:
        digits = _EPOCH_DIGITS[rules.epoch]
        value = value.map_batches(lambda texts: _with_moments(texts, digits), pl.String)
    if rules.case or rules.values:
        value = value.map_batches(partial(renamed, field), pl.String)
    return value if rules.default is None else value.fill_null(rules.default)


def _with_moments(texts: pl.Series, digits: int) -> pl.Series:
    """The texts, with the timestamp in place of each number; most columns hold none, but times of the day."""
    if texts.str.contains(":", literal=True).all() or not texts.str.contains(_NUMBER).any():
        return texts
    return texts.to_frame().select(_from_epoch(pl.first(), digits)).to_series()


def _from_epoch(value: pl.Expr, digits: int) -> pl.Expr:
    """The timestamp of a number, cut to the microsecond as sources count finer; any other text as it is.

    A number of more than 15 digits, or beyond the supported years, stays as it is too: it counts another unit.
    """
    number = value.str.extract(rf"^\s*(-?[0-9]{{1,15}}(?:\.[0-9]{{1,{digits}}})?)\s*$")
    finer = value.str.extract(rf"^\s*(-?[0-9]{{1,15}}\.[0-9]{{{digits}}})[0-9]+\s*$")
    number = pl.coalesce(number, finer)
    micros = number.cast(pl.Decimal(38, digits)) * 10**digits
    moment = micros.cast(pl.Int64, strict=False).cast(_MOMENT).map_batches(within_years, _MOMENT)
    return pl.coalesce(moment.dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ"), value)
