"""Makes the reports of a run from its frames: what became of a day, and which rules refused rows break."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

import polars as pl

from txplatform.contracts.model import Contract, FieldType
from txplatform.ingest.row_gate import REFUSED_SCHEMA
from txplatform.ingest.tally import Tally, total
from txplatform.ingest.unknown_names import add_counts
from txplatform.lake.reports import DayReport
from txplatform.ledger import HeldDay, LandedObject

_SUMMED_BY_POLARS = 29  # digits: a billion values of so many have a sum of 38


@dataclass(frozen=True, slots=True)
class Refused:
    """What an object had refused: how many rows, of which day as the lane counts it, and why (`field:rule`).

    `trace_ids` are the correlation ids of refused changes, as far as they have any.
    """

    item: LandedObject
    day: date
    rows: int
    reasons: Counter[str]
    trace_ids: tuple[str, ...] = ()


@dataclass(slots=True)
class DayTally:
    """Counts of one day of files, taken while its rows pass. `sums` are those of the decimals of live rows.

    `mapped` are the counts of what was read of files of source systems, `unknown` those of rows with a value under
    each name that the contract does not know, `deprecated` of those with a value in each field that goes out of use.
    """

    rows: int = 0
    tombstones: int = 0
    live: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict[str, Decimal])
    mapped: list[Tally] = field(default_factory=list[Tally])
    unknown: Counter[str] = field(default_factory=Counter[str])
    deprecated: Counter[str] = field(default_factory=Counter[str])

    def add(self, contract: Contract, rows: pl.DataFrame) -> None:
        """Count live rows that the day holds."""
        self.live += rows.height
        for item in contract.fields:
            if item.type is FieldType.DECIMAL:
                self.sums[item.name] = self.sums.get(item.name, Decimal(0)) + exact_sum(rows[item.name])

    def merge(self, other: "DayTally") -> None:
        """Add the counts of some of the day's rows."""
        self.rows += other.rows
        self.tombstones += other.tombstones
        self.live += other.live
        self.mapped += other.mapped
        add_counts(self.unknown, other.unknown)
        self.deprecated.update(other.deprecated)
        for name, value in other.sums.items():
            self.sums[name] = self.sums.get(name, Decimal(0)) + value


def exact_sum(values: pl.Series) -> Decimal:
    """The sum of decimals, whatever its digits."""
    scale = values.dtype.scale if isinstance(values.dtype, pl.Decimal) else 0
    if isinstance(values.dtype, pl.Decimal) and (values.dtype.precision or 38) <= _SUMMED_BY_POLARS:
        total = values.cast(pl.Decimal(38, scale)).sum()
        return total if isinstance(total, Decimal) else Decimal(0)
    return sum(values.drop_nulls().to_list(), Decimal(0))


def count_reasons(frames: Iterable[pl.DataFrame]) -> Counter[str]:
    """How many refused rows broke each rule, under `field:rule`."""
    rows = pl.concat([pl.DataFrame(schema=REFUSED_SCHEMA), *frames])
    counted = (
        rows.select(pl.col("reasons").explode(empty_as_null=False))
        .unnest("reasons")
        .group_by(pl.concat_str("field", pl.lit(":"), "rule").alias("name"))
        .len()
    )
    return Counter(dict(counted.iter_rows()))


def most_frequent(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The sum of counts of reasons, the most frequent first."""
    summed = Counter[str]()
    for count in counts:
        summed.update(count)
    return dict(sorted(summed.items(), key=lambda item: (-item[1], item[0])))


def day_report(
    day: date,
    tally: DayTally,
    refused: Iterable[Refused],
    objects: Collection[LandedObject],
    ignored: Iterable[LandedObject],
    over_budget: Collection[str],
    recorded_at: datetime,
) -> DayReport:
    """What became of one day among the refusals and objects of a delivery."""
    found = [item for item in refused if item.day == day]
    return DayReport(
        day=day,
        rows=tally.rows,
        refused=sum(item.rows for item in found),
        tombstones=tally.tombstones,
        reasons=most_frequent(item.reasons for item in found),
        objects=tuple(item.uri for item in objects if item.dt == day),
        ignored=tuple(item.location for item in ignored if item.dt == day),
        held=HeldDay(day, tally.live, tally.sums, recorded_at),
        mapped=total(tally.mapped) if tally.mapped else None,
        over_budget=tuple(item.location for item in objects if item.dt == day and item.location in over_budget),
        unknown=dict(tally.unknown),
        deprecated=dict(tally.deprecated),
    )
