"""Replaces the rows of some days by what their RAW prefixes hold: written, compared with the former rows, committed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
from txplatform.lake.delivery import Delivery, days_over_budget, listed_objects, write_delivery
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
    """What became of some days: reports on those replaced, and the live rows of those left for want of delivered rows.

    `over_budget` are days that are left because too many rows of theirs were refused, each with what was counted.
    `snapshot_id` is None where no commit was needed. `reopened` are objects to be marked done, see reopening.py.
    """

    delivery: Delivery
    reports: list[DayReport]
    snapshot_id: int | None
    emptied: Mapping[date, int]
    reopened: Sequence[LandedObject] = ()
    over_budget: Mapping[date, str] = field(default_factory=dict[date, str])

    @property
    def excess(self) -> dict[str, str]:
        """What was counted of the days, and of files of replaced days, that are over the error budget."""
        replaced = {report.day for report in self.reports}
        files = {item.location for item in self.delivery.objects if item.dt in replaced}
        excess = {place: counted for place, counted in self.delivery.over_budget.items() if place in files}
        return excess | {str(day): counted for day, counted in self.over_budget.items()}


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
    over_budget = days_over_budget(contract.quality.day_limit, delivery, left)
    left = [day for day in left if day not in over_budget]
    if not delete_emptied:
        emptied |= {day: summary.live[day] for day in left if _is_cut(contract, delivery, day, summary.live[day])}
        left = [day for day in left if day not in emptied]
    if not left:
        return DayReplacement(delivery, [], None, emptied, (), over_budget)
    files.leave_out(delivery.counts.keys() - set(left))
    former = FormerRows(base, left, schema)
    written = write_with_former(contract, delivery, files, former, summary.rows) if summary.rows else files.written()
    reopened += reopen_quarantined(contract.name, lake, ledger, delivery.objects, left)
    quarantined = [file for day in left for file in delivery.quarantined.get(day, ())]
    replace_refused(lake, names.quarantine_table(contract.name), Lane.FILES, quarantined, left)
    commit = replace_days(lake, base, name, written, left)
    if commit is None:
        return None
    over = delivery.over_budget
    reports = [
        day_report(day, delivery.tally(day), delivery.refused, delivery.objects, ignored, over, ingested_at)
        for day in left
    ]
    return DayReplacement(delivery, reports, commit.snapshot_id, emptied, reopened, over_budget)


def _is_cut(contract: Contract, delivery: Delivery, day: date, live: int) -> bool:
    """Whether a day that has live rows was delivered without any, or with less than the contract's share of them."""
    share = contract.quality.least_redelivery
    return live > 0 and (delivery.is_empty(day) or (share is not None and delivery.is_short(day, share * live)))
