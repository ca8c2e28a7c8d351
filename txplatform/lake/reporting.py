"""Makes the reports of a run from its frames: what became of a day, and which rules refused rows break."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

import polars as pl

from txplatform.contracts.model import Contract, FieldType
from txplatform.contracts.render.columns import DAY, DELETED
from txplatform.ingest.row_gate import REFUSED_SCHEMA
from txplatform.ingest.tally import Tally, total
from txplatform.lake.reports import DayReport
from txplatform.ledger import HeldDay, LandedObject

Refused = tuple[LandedObject, date, pl.DataFrame]  # what an object had refused, and its day as the lane counts it


def count_reasons(frames: Iterable[pl.DataFrame]) -> dict[str, int]:
    """How many refused rows broke each rule, under `field:rule`, the most frequent first."""
    rows = pl.concat([pl.DataFrame(schema=REFUSED_SCHEMA), *frames])
    counted = (
        rows.select(pl.col("reasons").explode(empty_as_null=False))
        .unnest("reasons")
        .group_by(pl.concat_str("field", pl.lit(":"), "rule").alias("name"))
        .len()
        .sort("len", "name", descending=[True, False])
    )
    return dict(counted.iter_rows())


def day_report(
    day: date,
    rows: pl.DataFrame,
    tombstones: pl.DataFrame,
    refused: Iterable[Refused],
    objects: Iterable[LandedObject],
    ignored: Iterable[LandedObject],
    tallies: Iterable[tuple[date, Tally]],
    held: HeldDay,
) -> DayReport:
    """What became of one day among the rows, tombstones, refusals, objects and counts of a delivery."""
    counted = [tally for dt, tally in tallies if dt == day]
    frames = [frame for _, dt, frame in refused if dt == day]
    return DayReport(
        day=day,
        rows=rows.filter(pl.col(DAY) == day).height,
        refused=sum(map(len, frames)),
        tombstones=tombstones.filter(pl.col(DAY) == day).height,
        reasons=count_reasons(frames),
        objects=tuple(item.uri for item in objects if item.dt == day),
        ignored=tuple(item.location for item in ignored if item.dt == day),
        held=held,
        mapped=total(counted) if counted else None,
    )


def held_day(contract: Contract, day: date, rows: pl.DataFrame, recorded_at: datetime) -> HeldDay:
    """What live rows of a day there are among rows of the files table, with the exact sum of each decimal field."""
    live = rows.filter((pl.col(DAY) == day) & ~pl.col(DELETED))
    decimals = [field.name for field in contract.fields if field.type is FieldType.DECIMAL]
    sums = {name: sum(live[name].drop_nulls().to_list(), Decimal(0)) for name in decimals}
    return HeldDay(day, live.height, sums, recorded_at)
