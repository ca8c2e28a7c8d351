"""The order key of file rows: `0|<record version or day>|<landing time>|<row>|<day>`. Of a key the greatest one wins.

A record of a source system's file may yield several rows: each but the first has its number after that of the row.
Where the contract breaks ties, the rank of the row stands after its version: `0|<version>|<rank>|<landing time>|…`.

It sorts as text. Change records bring theirs, `1|<generation>|<sequence number>`, so the operational store outranks
files.

No two rows of the lake have one order key by chance. Within a day the landing time is unique for each object: S3 gives
it to the second, and objects of one second are put apart in the order of their keys. Objects of two days may have
landed in the same second: the day, at the end, distinguishes their rows, and the later day wins. A key written before
the day was part of it is a prefix of the same row's key now, so it sorts just below, and all others compare as before.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import polars as pl

from txplatform.contracts.model import Contract
from txplatform.contracts.render.columns import DAY, ROW
from txplatform.lake.joined_texts import joined
from txplatform.lake.moment_text import day_text, moment_text
from txplatform.lake.tie_rank import sortable, tie_rank
from txplatform.ledger import LandedObject

LANDED_AT = "_landed_at"
_ROW_DIGITS = 12


def file_order_keys(contract: Contract, rows: pl.DataFrame, part: pl.Series | None = None) -> Any:
    """The order keys, an Arrow column, of typed rows that also have `dt`, `_landed_at` (unique for each object of a
    day) and `_row`.

    `part` numbers the rows that one record of the file yields: a later one sorts above those before it.
    """
    day, version = _shared(rows[DAY], day_text), rows.select(sortable(contract[contract.version_field])).to_series()
    if version.null_count():
        version = rows.select(pl.coalesce(pl.lit(version), day_text(pl.col(DAY)))).to_series()
    rank = tie_rank(contract)
    ranks = () if rank is None else (rows.select(rank).to_series(),)
    row = rows[ROW] if part is None else rows.select(_row_of_part(pl.lit(part))).to_series()
    return joined(["0", version, *ranks, _shared(rows[LANDED_AT], moment_text), row, day], "|", _ROW_DIGITS)


def _shared(values: pl.Series, text: Callable[[pl.Expr], pl.Expr]) -> pl.Series | str:
    """The texts of a column; one for all where they are the same, as those of an object's rows are."""
    if values.is_empty() or values.null_count() or values.min() != values.max():
        return values.to_frame().select(text(pl.col(values.name))).to_series()
    return str(values.head(1).to_frame().select(text(pl.col(values.name))).item())


def _row_of_part(part: pl.Expr) -> pl.Expr:
    row = pl.col(ROW).cast(pl.String).str.zfill(_ROW_DIGITS)
    later = pl.concat_str(row, part.cast(pl.String).str.zfill(6), separator="~")
    return pl.when(part == 0).then(row).otherwise(later)


def first_of(generation: int) -> str:
    """The smallest order key of a generation of change records: it sorts above all keys of the generations before."""
    return f"1|{generation:06d}|{0:040d}"


def in_landing_order(objects: Iterable[LandedObject]) -> list[LandedObject]:
    """The listed objects by day and, within a day, in the order in which they landed, each at a moment of its own.

    Of objects of a day that landed in the same second, each is put a microsecond after the one before it in the order
    of keys, so that the order is total and the same whenever the day is listed.
    """
    ordered: list[LandedObject] = []
    for item in sorted(objects, key=lambda item: (item.dt, *item.age_order())):
        if ordered and ordered[-1].dt == item.dt:
            earliest = ordered[-1].landed_at + timedelta(microseconds=1)
            item = replace(item, landed_at=max(item.landed_at, earliest))
        ordered.append(item)
    return ordered
