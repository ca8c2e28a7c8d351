"""`txplatform maintain`: shows how the tables of an entity lie, and does what is due."""

import click

from txplatform.contracts.loader import load_contracts
from txplatform.errors import LakeError
from txplatform.settings import Settings

_COLUMNS = ("data_files", "small_files", "delete_files", "snapshots", "metadata_bytes", "unfolded_rows", "due")


@click.command()
@click.argument("entity", required=False)
@click.option("--dry-run", is_flag=True, help="Only show what is due.")
def maintain(entity: str | None, dry_run: bool) -> None:
    """Compact and expire what is due in the tables of ENTITY, or of all entities.

    Dagster does it every half hour. The figures are those before the work: `due` counts partitions with many small
    files or deletes. No row is removed.
    """
    from txplatform.aws import AwsClients
    from txplatform.lake.catalog import Lake
    from txplatform.lake.maintenance import maintain as maintain_tables
    from txplatform.ledger import Ledger
    from txplatform.warehouse.athena import Athena

    settings = Settings.from_env()
    contracts = load_contracts(settings.contracts_dir)
    if entity is not None and entity not in contracts:
        raise click.ClickException(f"there is no contract '{entity}'. Known: {', '.join(contracts)}")
    clients = AwsClients(settings)
    lake, ledger = Lake(clients, settings.lake_bucket), Ledger(clients, settings.lake_bucket)
    problems: list[str] = []
    for name in contracts if entity is None else (entity,):
        report = maintain_tables(contracts[name], lake, Athena(clients), ledger, dry_run=dry_run)
        problems += report.problems
        click.echo(f"{'table':<24}" + "".join(f"{column:>15}" for column in _COLUMNS))
        for table in report.tables:
            values = (getattr(table, column) for column in _COLUMNS)
            click.echo(f"{table.table:<24}" + "".join(f"{'-' if value is None else value:>15}" for value in values))
            if table.compacted or table.vacuumed:
                done = f"VACUUM, {table.removed} metadata files removed" if table.vacuumed else "no VACUUM due"
                click.echo(f"  {table.compacted} of {table.due} partitions compacted; {done}")
        deleted = f", {report.glue_versions_deleted} deleted" if report.glue_versions_deleted else ""
        click.echo(f"  {report.glue_versions} versions of tables and views in Glue{deleted}")
    if problems:
        raise LakeError("; ".join(problems))
