"""Compares a written delivery with the rows that it replaces, a range of keys after the other.

What is held at once is a few columns of the keys of one range, however many rows a day has. The rows themselves pass
by: those that stay, and those that become tombstones, are written beside the delivered ones.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, pairwise

import polars as pl

from txplatform.contracts.model import Contract
from txplatform.contracts.render.columns import DAY, DELETED, KEY_HIGH, ORDER_KEY, SOURCE
from txplatform.lake.data_files import read_files
from txplatform.lake.day_files import DayFiles
from txplatform.lake.delivery import Delivery
from txplatform.lake.former_rows import FormerRows
from txplatform.lake.redelivery import (
    KEY,
    KEY_SCHEMA,
    STATE,
    Comparison,
    compared,
    last_rows,
    lowered,
    raised,
    tombstones,
)
from txplatform.lake.written_rows import WrittenRows

_ROWS_AT_ONCE = 500_000
_RETAINS = "_retains"
_NO_KEYS = pl.DataFrame(schema={**KEY_SCHEMA, ORDER_KEY: pl.String})
_LEAST, _MOST = -(2**63), 2**63 - 1


def write_with_former(
    contract: Contract, delivery: Delivery, files: DayFiles, former: FormerRows, count: int
) -> WrittenRows:
    """The delivered rows with order keys that do not go down, the tombstones, and the former rows that stay.

    `count` is the number of former rows.
    """
    written = files.written()
    delivered = sum(tally.rows for tally in delivery.tallies.values())
    retained = pl.concat([pl.DataFrame(schema=KEY_SCHEMA), *delivery.retained_keys]).unique()
    parts, below = list[Comparison](), list[pl.DataFrame]()
    for low, high in _ranges(count + delivered):
        here = pl.col(KEY_HIGH).is_between(low, high)
        states = _collected(_states(delivery, former), here)
        paths = [file for found in written.files.values() for file in found]
        delivered_keys = read_files(written.table, paths, [*KEY, ORDER_KEY])
        last = last_rows(_collected(chain([_NO_KEYS], delivered_keys), here))
        found = compared(states, last, retained, pl.col(_RETAINS))
        below.append(lowered(found.decided, last))
        parts.append(found)
    outranked = pl.concat(below)
    for day in outranked[DAY].unique():
        written.rewrite(day, lambda rows: raised(rows, outranked))
    _write_former(contract, delivery, files, former, parts)
    return files.written()


def _states(delivery: Delivery, former: FormerRows) -> Iterator[pl.DataFrame]:
    """A few columns of the former rows, and whether they stay for their object, whose name is read only if need be."""
    if not delivery.damaged:
        return (rows.with_columns(pl.lit(value=False).alias(_RETAINS)) for rows in former.read(*STATE, DELETED))
    return (
        rows.select(*STATE, DELETED, delivery.retains().alias(_RETAINS))
        for rows in former.read(*STATE, DELETED, SOURCE)
    )


def _write_former(
    contract: Contract, delivery: Delivery, files: DayFiles, former: FormerRows, parts: Iterable[Comparison]
) -> None:
    gone, retained = (pl.concat(getattr(part, name) for part in parts) for name in ("gone", "retained"))
    if gone.is_empty() and retained.is_empty():
        return
    for rows in former.read():
        dead = tombstones(contract, rows.join(gone, on=STATE, how="semi"))
        for day, part in dead.partition_by(DAY, as_dict=True).items():
            files.of(day[0]).add(files.complete(part))
            delivery.tally(day[0]).tombstones += part.height
        for day, part in rows.join(retained, on=STATE, how="semi").partition_by(DAY, as_dict=True).items():
            files.of(day[0]).add(part)
            delivery.tally(day[0]).add(contract, part)


def _collected(parts: Iterable[pl.DataFrame], here: pl.Expr) -> pl.DataFrame:
    return pl.concat(part.filter(here) for part in parts)


def _ranges(rows: int) -> Iterator[tuple[int, int]]:
    """Ranges of the upper half of a key's digest that hold about so many rows each, both ends included."""
    count = rows // _ROWS_AT_ONCE + 1
    step = (_MOST - _LEAST) // count
    bounds = [*(_LEAST + step * place for place in range(count)), _MOST + 1]
    return ((low, high - 1) for low, high in pairwise(bounds))
