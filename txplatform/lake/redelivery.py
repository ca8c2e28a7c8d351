"""What a re-delivered day means for the rows it replaces.

A key that the day no longer holds becomes a tombstone. A damaged delivery deletes nothing: a key whose state came from
an object that was refused, or of which a row was, keeps its state until something newer is said of it. For all other
keys of a day the order keys never go down, neither for rows nor for tombstones: with what an earlier fold took into the
snapshot, the newest delivery of the day has the last word.

A day is all that is looked at. A key that files of two days hold is the state of the newer row; when that row's day no
longer holds the key, its tombstone outranks the row of the other day too, until the other day is delivered again with
a version of it no older. A source should keep a key under one day.
"""

# pyarrow carries no types, polars and pyiceberg some.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false

from collections.abc import Collection
from datetime import date, datetime, timedelta

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
    spared_keys: pl.DataFrame,
    spared_sources: Collection[str],
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The day's new rows with their order keys kept from falling, its tombstones, and the former rows that stay.

    `former` and `rows` are rows of the files table, complete but for the batch in `rows`. `spared_keys` (day and key)
    and `spared_sources` (objects by URI, without their version) tell what the delivery had to say but could not.
    """
    by = [DAY, *contract.key]
    newest = former.sort(ORDER_KEY, INGESTED_AT).group_by(by, maintain_order=True).last()
    live = newest.filter(~pl.col(DELETED))
    of_source = live.filter(LOCATION.is_in(list(spared_sources)))
    spared = pl.concat([of_source, live.join(spared_keys, on=by, how="semi")]).unique(by)
    settled = newest.join(spared, on=by, how="anti")
    gone = settled.join(rows, on=by, how="anti")
    return _raised(contract, settled, rows), _tombstones(contract, gone), spared


def vanished(former: pl.DataFrame, listed: Collection[str], days: Collection[date]) -> set[str]:
    """The objects that the days' former rows came from and that are no longer among those listed."""
    return set(former.filter(pl.col(DAY).is_in(list(days))).select(LOCATION).to_series()) - set(listed)


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
