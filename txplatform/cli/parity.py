"""`txplatform parity`: compares the lake with the operational tables on demand, and repairs what differs."""

import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from txplatform.cli.progress import progress_bar
from txplatform.clock import timestamp_text
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract
from txplatform.settings import Settings
from txplatform.wording import counted

if TYPE_CHECKING:
    from txplatform.parity.repair import RepairReport
    from txplatform.parity.report import ParityReport

_keys = click.option("--keys", help="Only these record keys, separated by commas; all records by default.")
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")


class _EntityOrCommand(click.Group):
    """A group whose first argument, if it is not one of its commands, belongs to `check`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = ["check", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_EntityOrCommand)
def parity() -> None:
    """Compare the lake with the operational tables, and repair differences.

    \b
      txplatform parity                        all entities
      txplatform parity payments               one entity
      txplatform parity payments --keys a,b    these records
      txplatform parity repair payments        write again what differs, and compare it
    """


@parity.command()
@click.argument("entity", required=False)
@_keys
@_json
def check(entity: str | None, keys: str | None, as_json: bool) -> None:
    """Compare every record of ENTITY, or of all entities. `txplatform parity payments` means the same.

    Each difference names key, field and kind; personal values are masked. Ends with status 1 if anything differs. A
    key that differs is read again for the grace period (TXP_PARITY_GRACE_SECONDS) before it counts.
    """
    from txplatform.aws import AwsClients
    from txplatform.ledger import Ledger
    from txplatform.parity.check import check_parity
    from txplatform.warehouse.athena import Athena

    settings = Settings.from_env()
    if keys is not None and entity is None:
        raise click.UsageError("--keys needs an entity")
    clients = AwsClients(settings)
    athena, ledger = Athena(clients), Ledger(clients, settings.lake_bucket)
    reports: list[ParityReport] = []
    for contract in _contracts(settings, entity):
        with progress_bar(contract.name) as progress:
            reports.append(
                check_parity(
                    contract, clients, athena, ledger, settings.parity_grace, keys=_split(keys), progress=progress
                )
            )
        if not as_json:
            _print(reports[-1])
    if as_json:
        click.echo(json.dumps({report.entity: _document(report) for report in reports}))
    if not all(report.equal for report in reports):
        sys.exit(1)


@parity.command()
@click.argument("entity")
@_keys
@_json
def repair(entity: str, keys: str | None, as_json: bool) -> None:
    """Write the differing records of ENTITY again, and compare them.

    What DynamoDB holds of a differing key goes through the change lane once more, with an order key that outranks what
    the lake has and is outranked by whatever the stream still brings; a record that is in the lake alone is deleted
    there. Then the changes are ingested and the keys compared again. DynamoDB is not written to. It may run twice, and
    beside everything else. Ends with status 1 if a key was changing all the while, or if anything still differs, such
    as an item that the data API did not write: write it through the API.
    """
    from txplatform.alerts import Alerts
    from txplatform.aws import AwsClients
    from txplatform.lake.catalog import Lake
    from txplatform.ledger import Ledger
    from txplatform.parity.repair import Repair
    from txplatform.warehouse.athena import Athena

    settings = Settings.from_env()
    clients = AwsClients(settings)
    (contract,) = _contracts(settings, entity)
    task = Repair(
        contract,
        clients,
        Lake(clients, settings.lake_bucket),
        Ledger(clients, settings.lake_bucket),
        Athena(clients),
        Alerts(clients, settings.alerts_topic_arn),
        settings.parity_grace,
    )
    with progress_bar(entity) as progress:
        report = task.run(_split(keys), progress)
    if as_json:
        click.echo(json.dumps(_repair_document(report)))
    else:
        click.echo(f"{entity}: {report.differing} differed, {report.written} written again")
        if report.in_flight:
            keys = counted(report.in_flight, "key")
            click.echo(f"  not decided, as they were changing: {keys}. Remedy: repeat this command")
        if report.after is not None:
            _print(report.after)
    if not report.equal:
        sys.exit(1)


def _contracts(settings: Settings, entity: str | None) -> list[Contract]:
    known = load_contracts(settings.contracts_dir)
    if entity is not None and entity not in known:
        raise click.ClickException(f"there is no contract '{entity}'. Known: {', '.join(known)}")
    return list(known.values()) if entity is None else [known[entity]]


def _split(keys: str | None) -> list[str] | None:
    return None if keys is None else [key.strip() for key in keys.split(",") if key.strip()]


def _print(report: "ParityReport") -> None:
    outcome = "equal" if report.equal else f"differs: {report.differences}"
    verified = f"verified through {_moment(report.verified_through) or 'no moment yet'}"
    days = f", {counted(report.days, 'day')} of files" if report.days else ""
    compared = f"{counted(report.checked, 'record')} compared{days}"
    click.echo(f"{report.entity}: {compared}, {report.in_flight} in flight; {outcome}; {verified}")
    for item in report.samples:
        values = "" if item.expected is None and item.actual is None else f"  {item.expected!r} → {item.actual!r}"
        click.echo(f"  {item.kind:<12}  {item.key}  {item.field or ''}{values}".rstrip())
    for remedy in report.remedies:
        click.echo(f"  Remedy: {remedy}")


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else timestamp_text(moment)


def _document(report: "ParityReport") -> dict[str, Any]:
    return {
        "equal": report.equal,
        "checked": report.checked,
        "counts": {str(kind): count for kind, count in report.counts.items()},
        "in_flight": report.in_flight,
        "days": report.days,
        "verified_through": _moment(report.verified_through),
        "samples": [
            {
                "kind": str(item.kind),
                "key": item.key,
                "field": item.field,
                "expected": item.expected,
                "actual": item.actual,
            }
            for item in report.samples
        ],
    }


def _repair_document(report: "RepairReport") -> dict[str, Any]:
    return {
        "entity": report.entity,
        "equal": report.equal,
        "differing": report.differing,
        "written": report.written,
        "in_flight": report.in_flight,
        "objects": list(report.objects),
        "after": None if report.after is None else _document(report.after),
    }
