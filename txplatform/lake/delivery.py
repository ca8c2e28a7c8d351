"""What the RAW prefixes of some days hold now: read, validated, and written to data files that no table names yet."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

import polars as pl
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table

from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.contracts.quality import Limit
from txplatform.contracts.render.arrow import stored
from txplatform.contracts.render.columns import DAY, LANE
from txplatform.ingest.batch import FileRejected
from txplatform.ingest.deprecated_fields import count_deprecated
from txplatform.ingest.mapping.file_mappings import FileMappings
from txplatform.ingest.readers import read_file
from txplatform.ingest.row_gate import Gated
from txplatform.ingest.unique_keys import with_unique_keys
from txplatform.ingest.unknown_names import add_counts
from txplatform.lake.catalog import Lake
from txplatform.lake.data_files import PartitionFiles
from txplatform.lake.day_files import DayFiles
from txplatform.lake.delivered_rows import numbered_rows
from txplatform.lake.error_budget import Counts, over_budget
from txplatform.lake.key_digest import with_key_digest
from txplatform.lake.order_key import in_landing_order
from txplatform.lake.quarantine import quarantine_rows, quarantine_table, refusal
from txplatform.lake.reading import GatedObject, gate_objects, refused_object
from txplatform.lake.redelivery import KEY, LOCATION
from txplatform.lake.reporting import DayTally, Refused
from txplatform.ledger import LandedObject, LandingArea


@dataclass(slots=True)
class Delivery:
    """The objects of some days, what became of them, and how many rows each day has.

    `retained_keys` (KEY, a frame for each batch) and `damaged` (objects by URI, without their version) name what the
    delivery had to say but could not: a refused row with a readable key, and an object with other refusals. `ignored`
    are the objects that are no files by their names. `counts` are what was read of each day, and `over_budget` says
    what was counted of the damaged objects, by URI, of which more was refused than the error budget bears.
    """

    objects: list[LandedObject]
    ignored: list[LandedObject] = field(default_factory=list[LandedObject])
    refused: list[Refused] = field(default_factory=list[Refused])
    retained_keys: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    damaged: set[str] = field(default_factory=set[str])
    tallies: dict[date, DayTally] = field(default_factory=dict[date, DayTally])
    quarantined: dict[date, list[DataFile]] = field(default_factory=dict[date, list[DataFile]])
    counts: dict[date, Counts] = field(default_factory=dict[date, Counts])
    over_budget: dict[str, str] = field(default_factory=dict[str, str])

    def tally(self, day: date) -> DayTally:
        """The counts of a day."""
        return self.tallies.setdefault(day, DayTally())

    def is_empty(self, day: date) -> bool:
        """Whether nothing was read of a day: no row, and nothing that was refused. It may have files all the same."""
        return not self.tally(day).rows and all(found.day != day for found in self.refused)

    def is_short(self, day: date, least: Decimal) -> bool:
        """Whether fewer rows than `least` were read of a day; with a damaged object nobody knows how many it has."""
        counts = self.counts.get(day, Counts())
        damaged = any(item.dt == day and item.location in self.damaged for item in self.objects)
        return not damaged and counts.accepted + counts.refused < least

    def retains(self) -> pl.Expr:
        """Whether a former row stays for its object: a damaged one, or one that is gone of a damaged one's day.

        An object that is gone may be a damaged one, delivered again under another name.
        """
        days = {item.dt for item in self.objects if item.location in self.damaged}
        there = {item.location for item in self.objects}
        return LOCATION.is_in(list(self.damaged)) | (
            pl.col(DAY).is_in(pl.Series(list(days), dtype=pl.Date).implode()) & ~LOCATION.is_in(list(there))
        )


def listed_objects(
    contract: Contract, landing_area: LandingArea, days: Sequence[date]
) -> tuple[list[LandedObject], list[LandedObject]]:
    """The objects that the days hold now, in the order in which they landed, and those that are no files."""
    ignored = list[LandedObject]()
    return in_landing_order(landing_area.objects(Lane.FILES, contract.name, days, ignored)), ignored


def days_over_budget(limit: Limit, delivery: Delivery, days: Sequence[date]) -> dict[date, str]:
    """The days of whose rows more were refused than the limit bears, each with what was counted."""
    counted = {day: delivery.counts[day].excess(limit) for day in days if day in delivery.counts}
    return {day: excess for day, excess in counted.items() if excess is not None}


def write_delivery(
    contract: Contract,
    lake: Lake,
    objects: Sequence[LandedObject],
    mappings: FileMappings,
    files: DayFiles,
    quarantined_at: datetime,
) -> Delivery:
    """Read, validate and write these objects: their rows to the files of their days, what is refused beside them."""
    delivery = Delivery([])
    quarantine = lake.table(names.quarantine_table(contract.name))
    refused: PartitionFiles | None = None
    day: date | None = None
    for found in gate_objects(contract, lake, objects, read_file, mappings):
        if found.item.dt != day or refused is None:
            _keep(delivery, day, refused)
            day = found.item.dt
            refused = _quarantine_files(quarantine, day)
        _write_object(contract, found, delivery, files, refused, quarantined_at)
        refused.end_object()
    _keep(delivery, day, refused)
    return delivery


def _keep(delivery: Delivery, day: date | None, refused: PartitionFiles | None) -> None:
    if day is not None and refused is not None:
        delivery.quarantined.setdefault(day, []).extend(refused.finish())


def _quarantine_files(table: Table, day: date) -> PartitionFiles:
    values = {LANE: str(Lane.FILES), DAY: day}
    return PartitionFiles(table, values, lambda rows: stored(quarantine_table(rows)))


def _write_object(
    contract: Contract,
    found: GatedObject,
    delivery: Delivery,
    files: DayFiles,
    refused: PartitionFiles,
    quarantined_at: datetime,
) -> None:
    """Write one object. What is noted of it counts when it has been read to its end."""
    item = found.item
    rows, number, tally = files.of(item.dt), files.number(item), DayTally()
    parts, keys, keyless = list[Refused](), list[pl.DataFrame](), 0
    rejected: FileRejected | None = None
    rows.begin_object()
    refused.begin_object()

    def refuse(frame: pl.DataFrame) -> None:
        refused.add(quarantine_rows(Lane.FILES, item, item.dt, frame, files.batch_id, quarantined_at))
        parts.append(refusal(Lane.FILES, item, item.dt, frame))

    unique = contract.quality.unique_keys
    for outcome in with_unique_keys(contract, found.outcomes) if unique else found.outcomes:
        if isinstance(outcome, FileRejected):
            rejected = outcome
            break
        raw, gated = outcome
        add_counts(tally.unknown, raw.unknown)
        tally.deprecated.update(count_deprecated(contract, gated.good))
        rows.add(numbered_rows(contract, gated, number))
        tally.add(contract, gated.good)
        tally.rows += gated.good.height
        if gated.tally is not None:
            tally.mapped.append(gated.tally)
        if gated.refused.height:
            refuse(gated.refused)
            keys.append(_digests(contract, item, gated))
            keyless += gated.keyless
    counts = Counts.of(tally.rows, parts)
    delivery.counts.setdefault(item.dt, Counts()).add(counts)
    if rejected is None and (rejected := over_budget(counts, contract.quality.file_limit)) is not None:
        delivery.over_budget[item.location] = rejected.message
    if rejected is not None:
        rows.take_back_object()
        refused.take_back_object()
        parts, keys, tally = [], [], DayTally()
        refuse(refused_object(item, rejected))
    rows.end_object()
    delivery.objects.append(item)
    delivery.refused += parts
    delivery.retained_keys += keys
    if rejected is not None or keyless:
        delivery.damaged.add(item.location)
    delivery.tally(item.dt).merge(tally)


def _digests(contract: Contract, item: LandedObject, gated: Gated) -> pl.DataFrame:
    """The readable keys of refused rows."""
    return with_key_digest(gated.refused_keys, contract.key).select(pl.lit(item.dt).alias(DAY), *KEY[1:])
