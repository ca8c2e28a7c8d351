"""`txplatform ingest`: puts files of this machine into the RAW prefix, and reports what the lake made of each."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from txplatform.cli.days import Day
from txplatform.cli.entities import entity_among
from txplatform.cli.file_arrivals import awaited, not_done, uploaded
from txplatform.cli.file_display import outcome_document, outcome_lines
from txplatform.clock import utc_now
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract
from txplatform.settings import Settings, contracts_directory

if TYPE_CHECKING:
    from txplatform.ingest.mapping.file_mappings import FileMappings
    from txplatform.lake.file_drops import FileDrop


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--entity", required=True, help="The entity whose records the files hold.")
@click.option("--source", "system", help="The source system in whose own form the files are, such as stripe.")
@click.option("--contract-version", help="The version of the contract that the files were written for, such as 1.2.0.")
@click.option("--dt", "day", type=Day(), help="The day of all files; by default each file's own.")
@click.option(
    "--timeout", default=900, show_default=True, type=click.IntRange(0), help="Seconds to wait; 0 does not wait."
)
@click.option("--dry-run", is_flag=True, help="Only validate the files, on this machine.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
def ingest(
    files: tuple[Path, ...],
    entity: str,
    system: str | None,
    contract_version: str | None,
    day: date | None,
    timeout: int,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Put FILES into the RAW folders of --entity, wait until they are in the lake, and say what was refused and why.

    The day of a file is that of --dt, else of its folder dt=2026-11-27, else the only one in its name, written
    2026-11-27, 2026_11_27 or 20261127. A day holds all files of its folder: one of the same name takes the place of the
    former, and the same file twice changes nothing. Large files go in parts.

    With --source the files go to the folder of that system, and its mapping makes the records of them: payloads of
    other entities, and what it ignores, are neither accepted nor refused; a dry run counts them, and so does the day's
    materialisation in Dagster.

    With --contract-version the files are validated by that version of the contract, which was published, and their rows
    are brought to the present one. A dry run then reads that version in the schema registry, and nothing else of AWS.
    Of files of a source system it is the present version, or none.

    Dagster takes the files in, within seconds while it runs. An interrupted command leaves what it has sent; repeat it
    to see what became of it.

    The exit status is 0 when every row of every file is accepted, and else 1: a row or a file was refused, or a file
    was not in the lake in time.
    """
    from txplatform.cli.file_trial import mappings_of
    from txplatform.ingest.batch import FileRejected
    from txplatform.lake.file_drops import drops

    directory = contracts_directory()
    contracts = load_contracts(directory)
    contract, mappings = entity_among(contracts, entity), mappings_of(contracts, directory)
    if system is not None and contract_version not in (None, contract.version):
        raise click.UsageError(
            f"--source makes records of contract {contract.version}, the present one, and --contract-version names "
            "another. Remedy: leave it out; where the system wrote another form then, give its mapping a rule for that"
        )
    if isinstance(unusable := mappings.of(contract, system), FileRejected):
        raise click.ClickException(unusable.message)
    found = drops(files, day, contract.files_from, utc_now().date(), system, contract_version)
    documents = _tried(contract, mappings, found, as_json) if dry_run else _ingested(contract, found, timeout, as_json)
    if as_json:
        click.echo(json.dumps({"entity": entity, "dry_run": dry_run, "files": documents}))
    bad = [each for each in documents if each.get("refused") or each["state"] not in ("VALID", "DONE", "UPLOADED")]
    if bad:
        raise click.exceptions.Exit(1)


def _tried(
    contract: Contract, mappings: "FileMappings", found: Sequence["FileDrop"], as_json: bool
) -> list[dict[str, Any]]:
    """Validate the files here, one after the other."""
    from txplatform.cli.file_trial import published_versions, tried

    documents, versions = list[dict[str, Any]](), published_versions(contract)
    for drop in found:
        outcome = tried(contract, drop, mappings, versions)
        state = "REFUSED" if outcome.refused else "VALID"
        documents.append(
            {"file": str(drop.path), "day": str(drop.day), "state": state, **outcome_document(outcome)},
        )
        if not as_json:
            for line in outcome_lines(contract, drop.path, drop.system, outcome):
                click.echo(line)
    return documents


def _ingested(contract: Contract, found: Sequence["FileDrop"], timeout: int, as_json: bool) -> list[dict[str, Any]]:
    """Upload the files, wait for them, and say what became of each."""
    from txplatform.aws import AwsClients
    from txplatform.lake.catalog import Lake
    from txplatform.lake.file_outcomes import file_outcome
    from txplatform.ledger import Ledger, State

    settings, entity = Settings.from_env(), contract.name
    clients = AwsClients(settings)
    sent = uploaded(clients, settings.lake_bucket, entity, found)
    ledger, lake = Ledger(clients, settings.lake_bucket), Lake(clients, settings.lake_bucket)
    entered = awaited(ledger, entity, [item for item, _ in sent], timeout) if timeout else {}
    documents: list[dict[str, Any]] = []
    for drop, (item, is_new) in zip(found, sent, strict=True):
        state, entry = entered.get(item.sort_key, (None, item))
        document = {"file": str(drop.path), "day": str(drop.day), "object": item.uri, "uploaded": is_new}
        document["state"] = state.value if state else "UNKNOWN" if timeout else "UPLOADED"
        lines = [] if is_new else [f"{drop.path}: {item.location} has this content already"]
        if state is State.DONE:
            outcome = file_outcome(lake, item)
            document |= outcome_document(outcome)
            lines += outcome_lines(contract, drop.path, drop.system, outcome)
        else:
            document["reason"] = entry.reason
            lines.append(not_done(drop, item, entry, state, timeout))
        documents.append(document)
        if not as_json:
            for line in lines:
                click.echo(line)
    return documents
