"""`txplatform bootstrap`: loads an entity's table into the lake, and proves it by parity."""

import sys

import click

from txplatform.cli.entities import checked_entity
from txplatform.settings import Settings
from txplatform.wording import counted


@click.command()
@click.argument("entity")
@click.option("--segments", default=4, show_default=True, type=click.IntRange(1, 64), help="Parts read at a time.")
def bootstrap(entity: str, segments: int) -> None:
    """Load the whole table of ENTITY into the lake, while writes go on.

    Do this

    \b
      - once, for a table that held records before its stream was connected,
      - after changes were lost: the stream was not read for more than 24 hours,
        or records were dropped (the alarms of the entity say so),
      - whenever parity finds differences that you cannot explain.

    It starts a new generation of change records, reads the table in a parallel scan, and lands what it reads as change
    records, which the changes lane takes in like any others: with ledger, validation, quarantine and exactly-once.
    Changes that are made meanwhile outrank what was read. Rows of the lake whose items are gone become tombstones; rows
    of files stay. At the end parity is checked, and the exit status is 1 while it is red.

    It can be interrupted and repeated at any time: each run starts over, and what an interrupted one has landed is
    true. A scan reads the table once, at the price of its read units. There is no reading from an export of the table
    to S3 (ExportTableToPointInTime) yet.

    It calls the function cdc, and needs leave to invoke it, to scan the entity's table and get items of it, and to
    write the registry, besides what Dagster's role has.
    """
    from txplatform.alerts import Alerts
    from txplatform.aws import AwsClients
    from txplatform.lake.bootstrap import Bootstrap
    from txplatform.lake.catalog import Lake
    from txplatform.ledger import Ledger
    from txplatform.parity.check import check_parity
    from txplatform.warehouse.athena import Athena

    settings = Settings.from_env()
    contract = checked_entity(settings, entity)
    clients = AwsClients(settings)
    lake = Lake(clients, settings.lake_bucket)
    ledger, athena = Ledger(clients, settings.lake_bucket), Athena(clients)
    line = _Line()
    report = Bootstrap(contract, lake, ledger, athena, Alerts(clients, settings.alerts_topic_arn), line.show).run(
        segments
    )
    line.end()
    click.echo(
        f"{entity}: {counted(report.items, 'item')} read, "
        f"{counted(report.tombstones, 'tombstone')} for rows without an item, generation {report.generation}"
    )
    if report.refused:
        click.echo(f"{counted(report.refused, 'item')} did not fit the contract: see {entity}_quarantine")
    proof = check_parity(contract, clients, athena, ledger, settings.parity_grace, progress=line.show)
    line.end()
    click.echo(f"parity: {counted(proof.checked, 'record')} compared, {proof.differences or '0 differences'}")
    if not proof.equal:
        raise click.ClickException(f"{entity} differs from its table. Remedy: {'; '.join(proof.remedies)}")


class _Line:
    """Progress: a line that changes on a terminal, a line for each step elsewhere."""

    def __init__(self) -> None:
        self._moves = sys.stderr.isatty()
        self._what = ""

    def show(self, what: str, done: int, total: int) -> None:
        """Show how many of something are done, and of how many where that is known."""
        text = f"{what}: {done:,}" + (f" of {total:,}" if total else "")
        if self._moves:
            bar = "█" * (24 * done // total) if total else ""
            click.echo(f"\r\033[K{text} {bar}", nl=False, err=True)
        elif what != self._what:
            click.echo(f"{what} …", err=True)
        self._what = what

    def end(self) -> None:
        """End the line."""
        if self._moves:
            click.echo(err=True)
