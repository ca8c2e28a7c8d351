"""Renames and rewrites the columns and values of a source to those of the contract, by the rules of the contract.

In this order: another name, numbers since 1970, whole values before and after folding their case, then the default
where a value is absent. Validation comes after. The Lambda `source` applies the same rules to messages: of a batch that
tells what was bare, numbers alone count time, whole numbers and booleans alone are replaced beside texts, and texts
alone are folded.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import polars as pl

from txplatform.contracts.model import Contract, Field
from txplatform.ingest.batch import RawBatch
from txplatform.ingest.casts import without_exponents
from txplatform.ingest.kinds import replaced_as_bare
from txplatform.ingest.renaming import renamed, replaced
from txplatform.ingest.years import within_years

_EPOCH_DIGITS = {"seconds": 6, "milliseconds": 3}  # decimal places down to the microsecond
_NUMBER = r"^\s*-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?\s*$"
_REPLACED = r"^(?:-?[0-9]{1,18}|true|false)$"  # of what was bare
_MOMENT = pl.Datetime("us", "UTC")
_MASK = "bare\x00"  # before the name of a column, that of its mask


@dataclass(frozen=True, slots=True)
class Aligned:
    """A text column for each of the contract's fields, in their order; null where the source has no value.

    `bare` says of fields which values stand for a number or a boolean; None if all are texts of a delimited file.
    """

    texts: pl.DataFrame
    bare: Mapping[str, pl.Series] | None = None


@dataclass(frozen=True, slots=True)
class _Cells:
    """The values of a field and, where any can be, which are bare."""

    text: pl.Expr
    bare: pl.Expr | None = None


def align(contract: Contract, batch: RawBatch) -> Aligned:
    """The rows of a batch under the contract's names and values."""
    columns = batch.frame.columns
    masks = {} if batch.bare is None else batch.bare
    frame = batch.frame.with_columns(mask.alias(_MASK + name) for name, mask in masks.items())
    cells = {
        field.name: _aligned(field, present_names(field, columns), masks.keys(), typed=batch.bare is not None)
        for field in contract.fields
    }
    texts = frame.select(cell.text.alias(name) for name, cell in cells.items())
    if batch.bare is None:
        return Aligned(texts)
    bare = frame.select(cell.bare.alias(name) for name, cell in cells.items() if cell.bare is not None)
    return Aligned(texts, {mask.name: mask for mask in bare.iter_columns()})


def present_names(field: Field, columns: list[str]) -> list[str]:
    """The columns that may carry a field, its own name first, in upper or lower case."""
    names = dict.fromkeys(name.casefold() for name in field.names)
    return [column for name in names for column in columns if column.casefold() == name]


def _aligned(field: Field, sources: Sequence[str], masked: Collection[str], *, typed: bool) -> _Cells:
    rules, as_bare = field.alignment, replaced_as_bare(field)
    value = pl.coalesce(pl.col(sources)) if sources else pl.repeat(None, pl.len(), dtype=pl.String)
    bare, other = _bare(sources, masked), value
    if rules.epoch and not (typed and bare is None):
        counted = value if bare is None else pl.when(bare).then(value)
        digits = _EPOCH_DIGITS[rules.epoch]
        moments = counted.map_batches(lambda texts: _with_moments(texts, digits), pl.String)
        other = pl.when(~counted.str.contains(_NUMBER).fill_null(value=False)).then(value)
        bare = None if bare is None else bare & (moments == counted).fill_null(value=False)
        value = pl.coalesce(moments, value)
    if bare is None and not as_bare and not rules.epoch:
        if rules.values or rules.case:
            value = value.map_batches(partial(renamed, field), pl.String)
    elif rules.values or rules.case:
        whole = replaced(field, other if bare is None else _replaceable(other, bare))
        rewritten, folded = whole, other if bare is None else pl.when(~bare).then(other)
        if rules.case:
            folded = folded.str.to_uppercase() if rules.case == "upper" else folded.str.to_lowercase()
            rewritten = pl.coalesce(whole, replaced(field, folded))
        value = pl.coalesce(rewritten, folded, value)
        if as_bare or bare is not None:
            unreplaced = pl.lit(value=False) if bare is None else bare
            bare = pl.when(rewritten.is_not_null()).then(rewritten.is_in(as_bare)).otherwise(unreplaced)
    if field.filler is not None:
        if field.filler in as_bare:
            bare = value.is_null() | (pl.lit(value=False) if bare is None else bare)
        value = value.fill_null(field.filler)
    return _Cells(value, bare)


def _bare(sources: Sequence[str], masked: Collection[str]) -> pl.Expr | None:
    """Which values are bare, each in the first source that has one; None where none is."""
    if not set(sources) & set(masked):
        return None
    masks = [pl.col(_MASK + name) if name in masked else pl.lit(value=False) for name in sources]
    first = pl.coalesce(
        pl.when(pl.col(name).is_not_null()).then(mask) for name, mask in zip(sources, masks, strict=True)
    )
    return first.fill_null(value=False)


def _replaceable(value: pl.Expr, bare: pl.Expr) -> pl.Expr:
    whole_or_text = pl.when(~bare | value.str.contains(_REPLACED)).then(value)
    return pl.when(bare & (value == "-0")).then(pl.lit("0")).otherwise(whole_or_text)


def _with_moments(texts: pl.Series, digits: int) -> pl.Series:
    """The texts, with the timestamp in place of each number; most columns hold none, but times of the day."""
    if (
        texts.str.ends_with("Z").all()
        or texts.str.contains(":", literal=True).all()
        or not texts.str.contains(_NUMBER).any()
    ):
        return texts
    numbers = without_exponents(texts).alias("number")
    return pl.DataFrame([texts.alias("text"), numbers]).select(_from_epoch(digits).alias(texts.name)).to_series()


def _from_epoch(digits: int) -> pl.Expr:
    """The timestamp of a `number`, cut to the microsecond as sources count finer; any other `text` as it is.

    A number of more than 15 digits, or beyond the supported years, stays as it is too: it counts another unit.
    """
    value = pl.col("number")
    number = value.str.extract(rf"^\s*(-?[0-9]{{1,15}}(?:\.[0-9]{{1,{digits}}})?)\s*$")
    finer = value.str.extract(rf"^\s*(-?[0-9]{{1,15}}\.[0-9]{{{digits}}})[0-9]+\s*$")
    number = pl.coalesce(number, finer)
    micros = number.cast(pl.Decimal(38, digits)) * 10**digits
    moment = micros.cast(pl.Int64, strict=False).cast(_MOMENT).map_batches(within_years, _MOMENT)
    return pl.coalesce(moment.dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ"), "text")
