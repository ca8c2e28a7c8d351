"""Which kinds of JSON value a field takes, as the functions have it: a text, or what was bare, a number or a boolean.

A file whose values have types, JSON or Parquet, is held to this. In delimited text each cell is a text, and stands for
the value that it would be in JSON. docs/concepts/two-engines.md has both as a table.
"""

import polars as pl

from txplatform.contracts.model import Field, FieldType
from txplatform.ingest.casts import PLAIN
from txplatform.ingest.nested.marks import UNFIT


def fitting(field: Field, texts: pl.Series, bare: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The texts that may be cast, null where the field does not take the kind; and all, with UNFIT there."""
    unfit = _unfit(field, texts, bare)
    if unfit is None or not unfit.any():
        return texts, texts
    fit = pl.when(~pl.lit(unfit)).then(pl.lit(texts))
    left = pl.select(fit.alias(texts.name)).to_series()
    return left, pl.select(pl.when(unfit).then(pl.lit(UNFIT)).otherwise(pl.lit(texts)).alias(texts.name)).to_series()


def _unfit(field: Field, texts: pl.Series, bare: pl.Series) -> pl.Series | None:
    match field.type:
        case FieldType.STRING:
            return bare
        case FieldType.INTEGER | FieldType.BOOLEAN:
            return ~bare & texts.is_not_null()
        case FieldType.DECIMAL:
            return None if bare.all() else ~bare & ~texts.str.contains(PLAIN)
        case FieldType.DATE | FieldType.TIMESTAMP:
            return bare | (texts.str.strip_chars() != texts)
        case _:
            return None


def replaced_as_bare(field: Field) -> list[str]:
    """Which texts of the contract, in place of a source's value, stand for a number or a boolean."""
    texts = {*(field.alignment.values or {}).values(), *([] if field.filler is None else [field.filler])}
    if field.type is FieldType.BOOLEAN:
        return sorted(texts & {"true", "false"})
    if field.type is FieldType.INTEGER:
        return sorted(text for text in texts if text.removeprefix("-").isdecimal())
    return []
