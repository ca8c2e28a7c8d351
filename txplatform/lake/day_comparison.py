"""Compares a written delivery with the rows that it replaces, a share of the keys after the other.

Both are read once, a few columns of them, and put into shares by their keys on local disk; what is held at once is one
share, however many rows a day has. Rows that stay, and those that become tombstones, are read by a second pass, and
written beside the delivered ones.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from txplatform.contracts.model import Contract
from txplatform.contracts.render.columns import DAY, DELETED, INGESTED_AT, ORDER_KEY, SOURCE
from txplatform.lake.day_files import DayFiles
from txplatform.lake.delivery import Delivery
from txplatform.lake.former_rows import FormerRows
from txplatform.lake.key_shares import KeyShares
from txplatform.lake.redelivery import (
    KEY_SCHEMA,
    POSITION,
    STATE,
    compared,
    last_rows,
    lowered,
    raised,
    tombstones,
)
from txplatform.lake.system_columns import MOMENT
from txplatform.lake.table_rows import read_files
from txplatform.lake.written_rows import WrittenRows

_ROWS_AT_ONCE = 500_000
_RETAINS = "_retains"
_ROWS = pl.Schema({**KEY_SCHEMA, ORDER_KEY: pl.String})
_STATES = pl.Schema({**_ROWS, INGESTED_AT: MOMENT, DELETED: pl.Boolean, POSITION: pl.Int64, _RETAINS: pl.Boolean})


def write_with_former(
    contract: Contract, delivery: Delivery, files: DayFiles, former: FormerRows, count: int
) -> WrittenRows:
    """The delivered rows with order keys that do not go down, the tombstones, and the former rows that stay.

    `count` is the number of former rows.
    """
    written = files.written()
    delivered = sum(tally.rows for tally in delivery.tallies.values())
    with TemporaryDirectory(prefix="txplatform-comparison-") as folder:
        shares = (count + delivered) // _ROWS_AT_ONCE + 1
        states = KeyShares(Path(folder, "former"), shares, _STATES, _states(delivery, former))
        rows = KeyShares(Path(folder, "delivered"), shares, _ROWS, _delivered(written))
        retained = pl.concat([pl.DataFrame(schema=KEY_SCHEMA), *delivery.retained_keys]).unique()
        gone, kept, below = list[pl.Series](), list[pl.Series](), list[pl.DataFrame]()
        for number in range(shares):
            last = last_rows(rows.read(number))
            found = compared(states.read(number), last, retained, pl.col(_RETAINS))
            below.append(lowered(found.decided, last))
            gone.append(found.gone)
            kept.append(found.retained)
    outranked = pl.concat(below)
    for day in outranked[DAY].unique():
        written.rewrite(day, lambda rows: raised(rows, outranked))
    _write_former(contract, delivery, files, former, pl.concat(gone).sort(), pl.concat(kept).sort())
    return files.written()


def _delivered(written: WrittenRows) -> Iterator[pl.DataFrame]:
    return read_files(written.table, [file for files in written.files.values() for file in files], list(_ROWS))


def _numbered(parts: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The frames with the positions of their rows among all of them."""
    start = 0
    for rows in parts:
        yield rows.with_columns(pl.int_range(start, start := start + rows.height, dtype=pl.Int64).alias(POSITION))


def _states(delivery: Delivery, former: FormerRows) -> Iterator[pl.DataFrame]:
    """A few columns of the former rows, and whether they stay for their object, whose name is read only if need be."""
    if not delivery.damaged:
        return (rows.with_columns(pl.lit(value=False).alias(_RETAINS)) for rows in _numbered(former.read(*STATE)))
    return (
        rows.select(*STATE, POSITION, delivery.retains().alias(_RETAINS))
        for rows in _numbered(former.read(*STATE, SOURCE))
    )


def _write_former(
    contract: Contract, delivery: Delivery, files: DayFiles, former: FormerRows, gone: pl.Series, retained: pl.Series
) -> None:
    if gone.is_empty() and retained.is_empty():
        return
    for rows in _numbered(former.read()):
        dead = tombstones(contract, _among(rows, gone))
        for day, part in dead.partition_by(DAY, as_dict=True).items():
            files.of(day[0]).add(files.complete(part))
            delivery.tally(day[0]).tombstones += part.height
        for day, part in _among(rows, retained).partition_by(DAY, as_dict=True).items():
            files.of(day[0]).add(part)
            delivery.tally(day[0]).add(contract, part)


def _among(rows: pl.DataFrame, positions: pl.Series) -> pl.DataFrame:
    """The rows at these positions, which are in order, among all former rows."""
    if rows.is_empty():
        return rows.drop(POSITION)
    first, last = rows[POSITION][0], rows[POSITION][-1]
    here = positions[positions.search_sorted(first, side="left") : positions.search_sorted(last, side="right")]
    return rows[here - first].drop(POSITION)
