"""What the RAW prefixes of some days hold now: read, validated, and written to data files that no table names yet."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table

from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.contracts.render.arrow import stored
from txplatform.contracts.render.columns import DAY, LANE
from txplatform.ingest.batch import FileRejected
from txplatform.ingest.mapping.file_mappings import FileMappings
from txplatform.ingest.readers import read_file
from txplatform.ingest.row_gate import Gated
from txplatform.lake.catalog import Lake
from txplatform.lake.data_files import PartitionFiles
from txplatform.lake.day_files import DayFiles
from txplatform.lake.delivered_rows import numbered_rows
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
    are the objects that are no files by their names.
    """

    objects: list[LandedObject]
    ignored: list[LandedObject] = field(default_factory=list[LandedObject])
    refused: list[Refused] = field(default_factory=list[Refused])
    retained_keys: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    damaged: set[str] = field(default_factory=set[str])
    tallies: dict[date, DayTally] = field(default_factory=dict[date, DayTally])
    quarantined: list[DataFile] = field(default_factory=list[DataFile])

    def tally(self, day: date) -> DayTally:
        """The counts of a day."""
        return self.tallies.setdefault(day, DayTally())

    def is_empty(self, day: date) -> bool:
        """Whether nothing was read of a day: no row, and nothing that was refused. It may have files all the same."""
        return not self.tally(day).rows and all(found.day != day for found in self.refused)

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
            delivery.quarantined += [] if refused is None else refused.finish()
            day = found.item.dt
            refused = _quarantine_files(quarantine, day)
        _write_object(contract, found, delivery, files, refused, quarantined_at)
        refused.end_object()
    delivery.quarantined += [] if refused is None else refused.finish()
    return delivery


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

    for outcome in found.outcomes:
        if isinstance(outcome, FileRejected):
            rejected = outcome
            break
        _, gated = outcome
        rows.add(numbered_rows(gated, number))
        tally.add(contract, gated.good)
        tally.rows += gated.good.height
        if gated.tally is not None:
            tally.mapped.append(gated.tally)
        if gated.refused.height:
            refuse(gated.refused)
            keys.append(_digests(contract, item, gated))
            keyless += gated.keyless
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
