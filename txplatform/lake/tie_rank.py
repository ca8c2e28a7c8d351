"""The rank of a file row among those of its version, as a text that sorts in the order of `lambdas.shared.ties`.

It stands in the order key after the version: `~1002.0.`, a part for each tie-breaker. A part is `1` and the value, or
`0` where there is none, and ends with a full stop. The full stop sorts below all that a value is written with, so a
text sorts below its continuations. A tilde comes first: it sorts above every landing time, so a row that was read when
the contract had no tie-breakers is below all those of its version that have a rank.
"""

import polars as pl

from txplatform.contracts.model import Contract, Field, FieldType, TieBreaker
from txplatform.lake.moment_text import day_text, moment_text

_RANK_DIGITS = 4
_ABSENT = "0."
_MAX = 2**63 - 1


def tie_rank(contract: Contract) -> pl.Expr | None:
    """The rank of a typed row; None where the contract breaks no ties."""
    marks = ("~", *[""] * len(contract.tie_breakers))
    parts = [_part(contract[item.field], item, mark) for item, mark in zip(contract.tie_breakers, marks, strict=False)]
    return pl.concat_str(parts) if parts else None


def sortable(field: Field) -> pl.Expr:
    """A field's value as a text that sorts as the value does, null where it is null."""
    column = pl.col(field.name)
    match field.type:
        case FieldType.TIMESTAMP:
            return moment_text(column)
        case FieldType.DATE:
            return day_text(column)
        case FieldType.INTEGER:
            shifted = pl.when(column < 0).then(column + _MAX + 1).otherwise(column)  # negative numbers sort lowest
            half = pl.when(column < 0).then(pl.lit("0")).otherwise(pl.lit("1"))
            return half + shifted.cast(pl.String).str.zfill(19)
        case _:
            return column.cast(pl.Binary).bin.encode("hex")


def _part(field: Field, item: TieBreaker, mark: str) -> pl.Expr:
    """The part of a tie-breaker, after a mark."""
    if not item.ranks:
        return pl.coalesce(pl.lit(f"{mark}1") + sortable(field) + pl.lit("."), pl.lit(mark + _ABSENT))
    texts = pl.Series([f"{mark}1{place:0{_RANK_DIGITS}d}." for place in range(len(item.ranks))])
    places = pl.col(item.field).cast(pl.Enum(item.ranks), strict=False).to_physical()
    return pl.lit(texts).gather(places).fill_null(mark + _ABSENT)
