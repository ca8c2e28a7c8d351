"""`txplatform sources`: try what a source system's mapping makes of a payload."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import click

from txplatform.cli.folder import directory_option
from txplatform.cli.mapping_trial import Trial, load_all
from txplatform.cli.printable import printable, printable_json
from txplatform.cli.record_trial import read_payload
from txplatform.contracts.mapping.loader import FOLDER


@click.group()
def sources() -> None:
    """Try the mappings of source systems.

    A source system is one YAML file that says how its payloads become records of entities.
    """


@sources.command("try")
@click.argument("system")
@click.argument("file", type=click.File("rb"))
@directory_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of tables.")
def try_payload(system: str, file: IO[bytes], directory: Path | None, as_json: bool) -> None:
    """Show what SYSTEM makes of the payload in FILE, or of standard input for '-'.

    SYSTEM is the name of a source system, such as stripe. The payload may be in its envelopes. Of a file such as
    CSV or Parquet, each record is a payload. The exit status is 1 where anything of it is refused. Needs no AWS.
    """
    contracts, systems = load_all(directory)
    if system not in systems:
        place = "the shipped contracts" if directory is None else directory
        known = f"use one of: {', '.join(systems)}" if systems else f"write {FOLDER}/{system}.yaml there"
        raise click.ClickException(f"{place}: there is no source system '{system}'. Remedy: {known}")
    name = getattr(file, "name", "-")  # a stream may have none
    try:
        result = read_payload(Trial(systems[system], contracts), name, file.read())
    except UnicodeDecodeError as error:
        problem = "the payload is not UTF-8 text, which is all that a queue takes"
        raise click.ClickException(f"{name}: {problem}. Remedy: send it as UTF-8") from error
    click.echo(printable_json(result) if as_json else _shown(result), nl=as_json)
    if result["refused"]:
        raise click.exceptions.Exit(1)


def _text(value: object) -> str:
    """A value as a line shows it: objects and lists as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _source(item: Mapping[str, Any], several: bool) -> str:
    """From which row of a file, or which of several payloads of a message, a record or a reason comes."""
    parts = [f"row {item['row']}"] if "row" in item else []
    return " ".join([*parts, f"payload {item['payload']}"] if several else parts)


def _shown(result: dict[str, Any]) -> str:
    """Return the result as tables, in colour on a terminal."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    def shown(value: object) -> str:
        return escape(printable(str(value)))

    several = any(item["payload"] for item in (*result["records"], *result["refused"]))
    console = Console()
    with console.capture() as capture:
        for envelope in result["envelopes"]:
            console.print(f"[dim]{envelope['envelope']}[/] {shown(envelope['id'])}", highlight=False)
        for record in result["records"]:
            source = _source(record, several)
            rule = f"{record['record']} of {source}" if source else record["record"]
            title = f"{record['operation']} {record['entity']} [dim]({rule})[/]"
            table = Table(title=title, title_justify="left", title_style="bold green", show_header=False)
            for name, value in record["fields"].items():
                table.add_row(name, "[dim]removed[/]" if value is None else shown(_text(value)))
            console.print(table)
        for reason in result["ignored"]:
            console.print(f"[bold yellow]ignored[/] {reason}", highlight=False)
        if result["refused"]:
            table = Table(title="refused", title_justify="left", title_style="bold red")
            for column in ("record", "field", "place", "rule", "reason"):
                table.add_column(column, overflow="fold")
            for reason in result["refused"]:
                place = f"{_source(reason, several)} {shown(reason['pointer'])}".strip() or "the payload"
                table.add_row(reason["record"], reason["field"], place, reason["rule"], shown(reason["message"]))
            console.print(table)
        if "further_refused" in result:
            console.print(f"and {result['further_refused']:,} more", highlight=False)
    return capture.get()
