"""The files lane, days at a time: a day of the files table is replaced by what the day's RAW prefix holds now."""

from collections.abc import Sequence
from datetime import date

from txplatform.alerts import Alerts
from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.ingest.mapping.file_mappings import FileMappings
from txplatform.lake.catalog import Lake
from txplatform.lake.completion import fail_left, mark_done
from txplatform.lake.day_chunks import chunks
from txplatform.lake.day_replacement import replace_with_delivery
from txplatform.lake.preparation import prepare
from txplatform.lake.quarantine import alert_refused
from txplatform.lake.reporting import Refused
from txplatform.lake.reports import DayReport, FilesReport
from txplatform.ledger import LandedObject, Ledger


def ingest_files(
    contract: Contract,
    days: Sequence[date],
    lake: Lake,
    ledger: Ledger,
    alerts: Alerts,
    mappings: FileMappings | None = None,
    *,
    delete_emptied: bool = False,
) -> FilesReport:
    """Replace each of the days with what its RAW prefix holds now, then mark its objects done, also abandoned ones.

    Files of source systems are mapped by `mappings`; a file of a system that is not among them is refused.

    A day whose prefix holds no row, or less than the contract's share, while the table holds live rows of it stays as
    it is: the report names it, and its objects count as failed. With `delete_emptied` its rows become tombstones. A day
    or a file of which more rows are refused than the error budget bears fails too: nothing of it is committed.

    Days are committed together up to a bound. Objects that are not done when one of these commits fails are counted in
    the ledger, where they back off, and the error goes on to the caller; what was committed before stays.
    """
    days = sorted(set(days))
    mappings = mappings or FileMappings()
    table = names.files_table(contract.name)
    reports: list[DayReport] = []
    snapshot_ids: list[int] = []
    emptied: dict[date, int] = {}
    over_budget: dict[str, str] = {}
    # Read before the days are listed: what lands after that stays pending and is taken by the next run.
    pending = [item for item in ledger.pending(Lane.FILES, contract.name) if item.dt in days]
    with ledger.counted_attempt(alerts, contract.name, pending) as tried:
        prepare(contract, lake, table)
        for chunk in chunks(days, ledger.landing_area.objects(Lane.FILES, contract.name, days)):
            abandoned = ledger.abandoned_between(Lane.FILES, contract.name, chunk[0], chunk[-1])
            replacement = replace_with_delivery(contract, lake, ledger, chunk, mappings, delete_emptied=delete_emptied)
            ledger.record_days(contract.name, (report.held for report in replacement.reports))
            mark_done(ledger, replacement, [*tried, *abandoned, *replacement.reopened])
            refused = [found for found in replacement.delivery.refused if found.day not in replacement.over_budget]
            alert_refused(alerts, contract.name, Lane.FILES, _news(refused, [*tried, *abandoned]))
            reports += replacement.reports
            emptied |= replacement.emptied
            over_budget |= replacement.excess
            fail_left(ledger, alerts, contract.name, replacement, tried)
            if replacement.snapshot_id is not None:
                snapshot_ids.append(replacement.snapshot_id)
    columns = lake.columns(table)
    return FilesReport(contract.name, table, tuple(reports), tuple(snapshot_ids), columns, emptied, over_budget)


def _news(refused: Sequence[Refused], new: Sequence[LandedObject]) -> list[Refused]:
    """What no alert has named yet: of a day that was read again for new objects, theirs; of one read by hand, all."""
    days = {item.dt for item in new}
    contents = {(item.object_key, item.etag) for item in new}
    return [
        found for found in refused if found.item.dt not in days or (found.item.object_key, found.item.etag) in contents
    ]
