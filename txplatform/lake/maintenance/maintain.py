"""One run of maintenance over an entity, table by table."""

from dataclasses import replace
from datetime import datetime

from botocore.exceptions import BotoCoreError, ClientError
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.expressions import GreaterThan
from pyiceberg.table import Table

from txplatform.clock import utc_now
from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.render.columns import EPOCH
from txplatform.errors import PlatformError
from txplatform.lake.catalog import Lake
from txplatform.lake.maintenance.compaction import compact
from txplatform.lake.maintenance.expiry import is_due, vacuum
from txplatform.lake.maintenance.former_marts import drop_former_tables, shown_tables
from txplatform.lake.maintenance.glue_versions import delete_old_versions, table_versions
from txplatform.lake.maintenance.layout import Partition, partitions
from txplatform.lake.maintenance.report import MaintenanceReport, TableReport
from txplatform.ledger import Ledger
from txplatform.warehouse.athena import Athena
from txplatform.warehouse.further_views import further_views
from txplatform.warehouse.marts.files import mart_names

TABLES = (names.changes_table, names.files_table, names.snapshot_table, names.quarantine_table)
_OF_ONE_TABLE = (PlatformError, OSError, BotoCoreError, ClientError, CommitFailedException)
_WITH_EPOCHS = (names.changes_table, names.files_table)


def maintain(
    contract: Contract, lake: Lake, athena: Athena, ledger: Ledger, *, dry_run: bool = False
) -> MaintenanceReport:
    """Compact, expire and clean up what is due; with `dry_run` only report it.

    A table's error is a problem of the report and holds up no other table.
    """
    lake.ensure(contract)
    now = utc_now()
    fold = ledger.folded(contract.name)
    folded = fold.epoch if fold else 0
    reports: list[TableReport] = []
    problems: list[str] = []
    with_epochs = [table_name(contract.name) for table_name in _WITH_EPOCHS]
    for name in (*(table_name(contract.name) for table_name in TABLES), *shown_tables(contract, ledger)):
        try:
            table = lake.table(name)
            found = partitions(table, folded)
            reports.append(_described(name, table, found, folded if name in with_epochs else None))
            if not dry_run:
                reports[-1] = _work(lake, athena, name, table, found, reports[-1], now)
        except _OF_ONE_TABLE as error:
            problems.append(f"{name}: {error}")
    if not dry_run:
        try:
            drop_former_tables(contract, athena, ledger, now)
        except _OF_ONE_TABLE as error:
            problems.append(f"former tables of marts: {error}")
    kept = deleted = 0
    for name in _in_glue(contract):
        try:
            versions = table_versions(lake.clients, name)
            kept += len(versions)
            deleted += 0 if dry_run else delete_old_versions(lake.clients, name, versions)
        except _OF_ONE_TABLE as error:
            problems.append(f"{name}: {error}")
    return MaintenanceReport(contract.name, tuple(reports), kept, deleted, tuple(problems))


def _described(name: str, table: Table, found: list[Partition], folded: int | None) -> TableReport:
    unfolded: int | None = None
    if folded is not None:
        unfolded = table.scan(GreaterThan(EPOCH, folded)).count()  # pyright: ignore[reportCallIssue]
    return TableReport(
        table=name,
        data_files=sum(part.data_files for part in found),
        small_files=sum(part.small_files for part in found),
        delete_files=sum(part.delete_files for part in found),
        snapshots=len(table.metadata.snapshots),
        metadata_bytes=len(table.io.new_input(table.metadata_location)),
        unfolded_rows=unfolded,
        due=sum(part.due for part in found),
    )


def _work(
    lake: Lake, athena: Athena, name: str, table: Table, found: list[Partition], report: TableReport, now: datetime
) -> TableReport:
    compacted = compact(table, name, [part for part in found if part.due], athena)
    if not is_due(table, now):
        return replace(report, compacted=compacted)
    removed = vacuum(lake, name, athena, now)
    return replace(report, compacted=compacted, vacuumed=True, removed=removed)


def _in_glue(contract: Contract) -> list[str]:
    tables = [table_name(contract.name) for table_name in TABLES]
    return [*tables, contract.name, *mart_names(contract), *(view.name for view in further_views(contract))]
