"""`txplatform quarantine`: lists, shows and exports refused rows, redrives those that pass by now, or deletes rows."""

import json
from typing import IO, TYPE_CHECKING, Any

import click

from txplatform.cli.quarantine_desk import Desk, say_redriven, say_trials
from txplatform.cli.quarantine_display import Summary, row_document, row_line, whole_lines
from txplatform.cli.quarantine_filters import filtered
from txplatform.clock import utc_now
from txplatform.wording import counted

if TYPE_CHECKING:
    from txplatform.lake.quarantine_filter import QuarantineFilter

_entity = click.argument("entity")
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
_dry_run = click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
_yes = click.option("--yes", is_flag=True, help="Do it without asking.")
_personal = click.option("--personal", is_flag=True, help="Show personal fields, and lines that are no JSON.")


@click.group()
def quarantine() -> None:
    """List, show, export, redrive and delete the rows that were refused on their way into the lake.

    They are in the table ENTITY_quarantine, each with its payload, its origin and every rule that it broke; a view,
    ENTITY_quality, counts them by day, lane, rule and field.
    """


@quarantine.command("list")
@_entity
@filtered
@click.option("--rows", "with_rows", is_flag=True, help="List every row too.")
@_json
def list_rows(entity: str, chosen: "QuarantineFilter", with_rows: bool, as_json: bool) -> None:
    """Count the rows of ENTITY by lane, rule and field. A row with several reasons counts under each of them."""
    desk, summary, documents = Desk(entity), Summary(), list[dict[str, Any]]()
    lines: list[str] = []
    for batch in desk.rows(chosen):
        summary.add(batch)
        if with_rows:
            lines += map(row_line, batch)
            documents += [_listed(row_document(row, desk.contract, personal=False)) for row in batch]
    if as_json:
        click.echo(json.dumps(summary.document() | ({"listed": documents} if with_rows else {})))
        return
    for line in (*summary.lines(entity), *lines):
        click.echo(line)


@quarantine.command()
@_entity
@click.argument("quarantine_id")
@_personal
@_json
def show(entity: str, quarantine_id: str, personal: bool, as_json: bool) -> None:
    """Show one row of ENTITY whole: its reasons, its origin, its payload.

    QUARANTINE_ID may be the first characters of it that tell it from others. Values of personal fields are masked, and
    payloads that are no JSON, such as lines of CSV.
    """
    desk = Desk(entity)
    ids = [row.quarantine_id for batch in desk.rows(_every()) for row in batch]
    matching = [each for each in ids if each.startswith(quarantine_id)]
    if len(matching) != 1:
        problem = f"{len(matching)} rows have ids that begin with" if matching else "there is no row"
        raise click.ClickException(f"{problem} '{quarantine_id}'. Remedy: txplatform quarantine list {entity} --rows")
    for batch in desk.rows(_of_id(matching[0]), payloads=True):
        for row in batch:
            if as_json:
                click.echo(json.dumps(row_document(row, desk.contract, personal=personal)))
            else:
                for line in whole_lines(row, desk.contract, personal=personal):
                    click.echo(line)


@quarantine.command()
@_entity
@filtered
@click.option("--to-file", "file", type=click.File("w", encoding="utf-8"), default="-", help="Where to write them.")
@_personal
def export(entity: str, chosen: "QuarantineFilter", file: IO[str], personal: bool) -> None:
    """Write rows of ENTITY as JSON lines, to standard output or a file: one object a row, with reasons and payload."""
    desk, count = Desk(entity), 0
    for batch in desk.rows(chosen, payloads=True):
        for row in batch:
            file.write(f"{json.dumps(row_document(row, desk.contract, personal=personal))}\n")
        count += len(batch)
    click.echo(f"{counted(count, 'row')} written", err=True)


@quarantine.command()
@_entity
@filtered
@_dry_run
@_yes
@_json
def redrive(entity: str, chosen: "QuarantineFilter", dry_run: bool, yes: bool, as_json: bool) -> None:
    """Validate rows of ENTITY again, by today's contract, and bring those that pass into the lake.

    Each comes in once, and as what it always was: what is newer stays. A change is validated by its payload. A row of
    a file comes in with its day, which is replaced by what its folder holds now; rows whose file is gone, or was
    delivered again in another version, stay where they are.

    Interrupted at any point, or done twice, it loses and doubles nothing: repeat it. Correct the contract first, and
    restart Dagster's code location. The exit status is 1 while rows that pass are still in quarantine.
    """
    if as_json and not (dry_run or yes):
        raise click.UsageError("--json needs --yes or --dry-run: nobody is asked then")
    desk = Desk(entity)
    trials = desk.trials(chosen)
    document = say_trials(trials, entity, as_json)
    if dry_run or not document["passing"]:
        if as_json:
            click.echo(json.dumps({**document, "redriven": 0, "skipped_days": []}))
        return
    if not yes:
        click.confirm(f"Bring {counted(document['passing'], 'row')} into the lake?", abort=True)
    say_redriven(document, *desk.redrive(trials), as_json)


@quarantine.command()
@_entity
@filtered
@click.option("--all", "everything", is_flag=True, help="Delete all rows of the entity, when no filter is named.")
@_dry_run
@_yes
@_json
def purge(entity: str, chosen: "QuarantineFilter", everything: bool, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Delete rows of ENTITY from quarantine for good: those that filters match, or with --all all of them.

    Who deleted which is written to the lake bucket, under audit/quarantine/, before. A row of a file comes back when
    its day is taken again with the same file.
    """
    from txplatform.lake.quarantine_purge import purge_quarantined

    if (chosen == _every()) != everything:
        raise click.UsageError("say which rows: either by filters, or --all for all of the entity")
    if as_json and not (dry_run or yes):
        raise click.UsageError("--json needs --yes or --dry-run: nobody is asked then")
    desk, summary = Desk(entity), Summary()
    rows = [row for batch in desk.rows(chosen) for row in batch]
    summary.add(rows)
    if not as_json:
        for line in summary.lines(entity):
            click.echo(line)
    audit = None
    if rows and not dry_run:
        if not yes:
            click.confirm(f"Delete {counted(len(rows), 'row')} for good?", abort=True)
        audit = purge_quarantined(desk.contract, desk.lake, rows, str(chosen), utc_now())
    if as_json:
        click.echo(json.dumps({**summary.document(), "deleted": len(rows) if audit else 0, "audit": audit}))
    elif audit:
        click.echo(f"{counted(len(rows), 'row')} deleted, see {audit}")


def _every() -> "QuarantineFilter":
    from txplatform.lake.quarantine_filter import EVERY_ROW

    return EVERY_ROW


def _of_id(quarantine_id: str) -> "QuarantineFilter":
    from txplatform.lake.quarantine_filter import QuarantineFilter

    return QuarantineFilter(ids=frozenset((quarantine_id,)))


def _listed(document: dict[str, Any]) -> dict[str, Any]:
    """A row as a list has it, which does not read payloads."""
    return {name: value for name, value in document.items() if name != "payload"}
