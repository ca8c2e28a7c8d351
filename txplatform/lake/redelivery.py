"""What a re-delivered day means for the rows it replaces.

A key that the day no longer holds becomes a tombstone. A damaged delivery deletes nothing: a key with a refused row,
and a key whose state came from a refused object, keep their state until a newer row of them is delivered. For all other
keys of a day the order keys never go down, neither for rows nor for tombstones: whatever an earlier fold took into the
snapshot, the newest delivery of the day decides.

Only the day itself is compared. A key that files of two days hold is the state of the newer row; when that row's day no
longer holds the key, its tombstone outranks the row of the other day too, until the other day is delivered again with
a version of it no older. A source should keep a key under one day.

Keys are compared by their digests, so that a comparison needs a few columns of each row.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from txplatform.contracts.model import Contract
from txplatform.contracts.render.columns import (
    DAY,
    DELETED,
    INGESTED_AT,
    KEY_HIGH,
    KEY_LOW,
    OCCURRED_AT,
    ORDER_KEY,
    ROW,
    SOURCE,
)

KEY = (DAY, KEY_HIGH, KEY_LOW)
KEY_SCHEMA = pl.Schema({DAY: pl.Date, KEY_HIGH: pl.Int64, KEY_LOW: pl.Int64})
POSITION = "_position"  # of a former row among all that are read
STATE = (*KEY, ORDER_KEY, INGESTED_AT, DELETED)  # what is read of a former row
LOCATION = pl.col(SOURCE).str.replace(r"\?versionId=.*$", "")  # of the object a row came from, whatever its version

_FORMER = "_former"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What becomes of keys. `gone` and `retained` are former rows (POSITION): the ones get tombstones, the others stay.

    `decided` are the former states (KEY and ORDER_KEY) that delivered rows follow.
    """

    gone: pl.Series
    retained: pl.Series
    decided: pl.DataFrame


def compared(former: pl.DataFrame, rows: pl.DataFrame, retained_keys: pl.DataFrame, retains: pl.Expr) -> Comparison:
    """Compare former rows (STATE and POSITION) with delivered ones (KEY), all of the same keys.

    `retained_keys` (KEY) and the former rows that `retains` holds of are what the delivery had to say but could not.
    """
    newest = former.sort(ORDER_KEY, INGESTED_AT).group_by(KEY, maintain_order=True).last()
    live = newest.filter(~pl.col(DELETED))
    retained = pl.concat([live.filter(retains), live.join(retained_keys, on=KEY, how="semi")]).unique(KEY)
    decided = newest.join(retained, on=KEY, how="anti")
    gone = decided.join(rows, on=KEY, how="anti")
    return Comparison(gone[POSITION], retained[POSITION], decided.select(*KEY, ORDER_KEY))


def later_than(newest: datetime | None, moment: datetime) -> datetime:
    """The moment, or just after the newest former row where clocks disagree: a replacement is always the later one."""
    return moment if newest is None else max(moment, newest + timedelta(microseconds=1))


def lowered(decided: pl.DataFrame, last: pl.DataFrame) -> pl.DataFrame:
    """The last delivered rows (KEY, ORDER_KEY) that a former state outranks, with its order key as `_former`."""
    former = decided.select(*KEY, pl.col(ORDER_KEY).alias(_FORMER))
    return last.join(former, on=KEY, how="inner").filter(pl.col(_FORMER) > pl.col(ORDER_KEY))


def raised(rows: pl.DataFrame, below: pl.DataFrame) -> pl.DataFrame:
    """The rows, those in `below` (see `lowered`) with the order key of the former state."""
    return (
        rows.join(below, on=[*KEY, ORDER_KEY], how="left", maintain_order="left")
        .with_columns(pl.coalesce(_FORMER, ORDER_KEY).alias(ORDER_KEY))
        .drop(_FORMER)
    )


def last_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """The greatest order key of each key among delivered rows (KEY, ORDER_KEY)."""
    return rows.group_by(KEY).agg(pl.col(ORDER_KEY).max())


def tombstones(contract: Contract, gone: pl.DataFrame) -> pl.DataFrame:
    """Rows that keep the key, the partition field and the order key alone."""
    kept = {*contract.key, contract.partition_field, DAY, ORDER_KEY, OCCURRED_AT, SOURCE, KEY_HIGH, KEY_LOW}
    blank = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in gone.schema.items() if name not in kept]
    return gone.with_columns(blank).with_columns(pl.lit(value=True).alias(DELETED), pl.lit(0, pl.Int64).alias(ROW))
