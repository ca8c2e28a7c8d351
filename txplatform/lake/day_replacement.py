"""Replaces the rows of some days by what their RAW prefixes hold: written, compared with the former rows, committed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from txplatform.clock import utc_now
from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.contracts.render.arrow import lake_schema
from txplatform.errors import CommitConflictError
from txplatform.ingest.mapping.file_mappings import FileMappings
from txplatform.lake.catalog import Lake
from txplatform.lake.commit import replace_days, replace_refused
from txplatform.lake.day_comparison import write_with_former
from txplatform.lake.day_files import DayFiles
from txplatform.lake.delivery import Delivery, listed_objects, write_delivery
from txplatform.lake.former_rows import FormerRows
from txplatform.lake.redelivery import later_than
from txplatform.lake.reopening import reopen_quarantined
from txplatform.lake.reporting import day_report
from txplatform.lake.reports import DayReport
from txplatform.lake.table_types import as_wide_as
from txplatform.ledger import LandedObject, Ledger

_MOST_READINGS = 5


@dataclass(frozen=True, slots=True)
class DayReplacement:
    """What became of some days: reports on those replaced, and the live rows of those left because no row is delivered.

    `snapshot_id` is None where no commit was needed. `reopened` are objects to be marked done, see reopening.py.
    """

    delivery: Delivery
    reports: list[DayReport]
    snapshot_id: int | None
    emptied: Mapping[date, int]
    reopened: Sequence[LandedObject] = ()


def replace_with_delivery(
    contract: Contract,
    lake: Lake,
    ledger: Ledger,
    days: Sequence[date],
    mappings: FileMappings,
    *,
    delete_emptied: bool,
) -> DayReplacement:
    """Read and replace until no other run replaced one of the days in between.

    Raise CommitConflictError when that never happens.
    """
    reopened = list[LandedObject]()
    for _ in range(_MOST_READINGS):
        replacement = _replace(contract, lake, ledger, days, mappings, reopened, delete_emptied=delete_emptied)
        if replacement is not None:
            return replacement
    raise CommitConflictError(f"{names.files_table(contract.name)}: other runs keep replacing the same days")


def _replace(
    contract: Contract,
    lake: Lake,
    ledger: Ledger,
    days: Sequence[date],
    mappings: FileMappings,
    reopened: list[LandedObject],
    *,
    delete_emptied: bool,
) -> DayReplacement | None:
    """Replace quarantined rows first, then the days; None if the days have to be read and replaced again.

    What is made pending for that is added to `reopened`.
    """
    name = names.files_table(contract.name)
    base = lake.table(name)  # before the objects are listed, see replace_days
    schema = as_wide_as(lake_schema(contract, Lane.FILES), base)
    objects, ignored = listed_objects(contract, ledger.landing_area, days)
    summary = FormerRows(base, days, schema).summary()
    held = {item.dt for item in objects}
    emptied = {} if delete_emptied else {day: rows for day, rows in summary.live.items() if day not in held}
    left = [day for day in days if day not in emptied]
    if not left:
        return DayReplacement(Delivery([], ignored), [], None, emptied)
    ingested_at = later_than(summary.newest, utc_now())
    batch_id = f"files-{contract.name}-{left[0]}-{left[-1]}-{ingested_at:%Y%m%dT%H%M%S%f}"
    files = DayFiles(contract, base, batch_id, ingested_at)
    delivery = write_delivery(contract, lake, objects, mappings, files, ingested_at)
    delivery.ignored = ignored
    if not delete_emptied:
        emptied |= {day: summary.live[day] for day in left if summary.live[day] and delivery.is_empty(day)}
        left = [day for day in left if day not in emptied]
    if not left:
        return DayReplacement(delivery, [], None, emptied)
    former = FormerRows(base, left, schema)
    written = write_with_former(contract, delivery, files, former, summary.rows) if summary.rows else files.written()
    reopened += reopen_quarantined(contract.name, lake, ledger, delivery.objects, left)
    replace_refused(lake, names.quarantine_table(contract.name), Lane.FILES, delivery.quarantined, left)
    commit = replace_days(lake, base, name, written, left)
    if commit is None:
        return None
    reports = [
        day_report(day, delivery.tally(day), delivery.refused, delivery.objects, ignored, ingested_at) for day in left
    ]
    return DayReplacement(delivery, reports, commit.snapshot_id, emptied, reopened)
