"""What a re-delivered day means for the rows it replaces.

A key that the day no longer holds becomes a tombstone. A damaged delivery deletes nothing: a key with a refused row,
and a key whose state came from a refused object, keep their state until a newer row of them is delivered. For all other
keys of a day the order keys never go down, neither for rows nor for tombstones: whatever an earlier fold took into the
snapshot, the newest delivery of the day decides.

Only the day itself is compared. A key that files of two days hold is the state of the newer row; when that row's day no
longer holds the key, its tombstone outranks the row of the other day too, until the other day is delivered again with
a version of it no older. A source should keep a key under one day.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

import polars as pl

from txplatform.contracts.model import Contract
from txplatform.contracts.render.columns import DAY, DELETED, INGESTED_AT, OCCURRED_AT, ORDER_KEY, ROW, SOURCE

LOCATION = pl.col(SOURCE).str.replace(r"\?versionId=.*$", "")  # of the object a row came from, whatever its version

_FORMER = "_former"
_LAST = "_last"


def replaced(
    contract: Contract,
    former: pl.DataFrame,
    rows: pl.DataFrame,
    retained_keys: pl.DataFrame,
    retained_sources: Collection[str],
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The day's new rows with order keys that do not go down, its tombstones, and the former rows that stay.

    `former` and `rows` are rows of the files table; those in `rows` lack the batch columns. `retained_keys` (day and
    key) and `retained_sources` (objects by URI, without their version) name what the delivery had to say but could not:
    the former rows of these keys, and from these objects, stay.
    """
    by = [DAY, *contract.key]
    newest = former.sort(ORDER_KEY, INGESTED_AT).group_by(by, maintain_order=True).last()
    live = newest.filter(~pl.col(DELETED))
    of_source = live.filter(LOCATION.is_in(list(retained_sources)))
    retained = pl.concat([of_source, live.join(retained_keys, on=by, how="semi")]).unique(by)
    decided = newest.join(retained, on=by, how="anti")
    gone = decided.join(rows, on=by, how="anti")
    return _raised(contract, decided, rows), _tombstones(contract, gone), retained


def later_than(former: pl.DataFrame, moment: datetime) -> datetime:
    """The moment, or just after the newest former row where clocks disagree: a replacement is always the later one."""
    newest = former[INGESTED_AT].max() if former.height else None
    return max(moment, newest + timedelta(microseconds=1)) if isinstance(newest, datetime) else moment


def _raised(contract: Contract, newest: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows, the last one of each key at least as high as the former state of the key."""
    by = [DAY, *contract.key]
    last = pl.col(ORDER_KEY) == pl.col(ORDER_KEY).max().over(by)
    former = newest.select(*by, pl.col(ORDER_KEY).alias(_FORMER))
    return (
        rows.with_columns(last.alias(_LAST))
        .join(former, on=by, how="left", maintain_order="left")
        .with_columns(
            pl.when(pl.col(_LAST))
            .then(pl.max_horizontal(ORDER_KEY, _FORMER))
            .otherwise(pl.col(ORDER_KEY))
            .alias(ORDER_KEY)
        )
        .drop(_LAST, _FORMER)
    )


def _tombstones(contract: Contract, gone: pl.DataFrame) -> pl.DataFrame:
    """Rows that keep the key, the partition field and the order key alone."""
    kept = {*contract.key, contract.partition_field, DAY, ORDER_KEY, OCCURRED_AT, SOURCE}
    blank = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in gone.schema.items() if name not in kept]
    return gone.with_columns(blank).with_columns(pl.lit(value=True).alias(DELETED), pl.lit(0, pl.Int64).alias(ROW))
