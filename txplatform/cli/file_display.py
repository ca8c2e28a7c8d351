"""What became of files, as lines in colour and as JSON: never a value of a row, which may be personal."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from txplatform.cli.printable import printable
from txplatform.contracts.model import Contract
from txplatform.lake.file_outcomes import FileOutcome
from txplatform.wording import counted

_MOST_LINES = 20
_REMEDIES = {
    "file.missing_column": "add the column to the file, or its name there to the field's aliases in the contract",
    "file.unknown_column": "rename the column, add its name to the contract, or set unknownFields to ignore or keep",
    "unknown_field": "rename the member, add its name to the contract, or set unknownFields to ignore or keep",
    "file.unrecognised": "name the system that wrote the file, or correct its 'match' so that it takes such records",
    "file.": "export the file again",
    "row.": "correct the line",
    "required": "fill the field in, or make it optional in the contract",
    "enum": "correct the value, or map or add it in the contract",
}
_OTHERWISE = "correct the value, or the rule in the contract"
# Of a file of a source system, where a rule may be that of its mapping.
_MAPPED = {
    "required": "fill the field in, map it from elsewhere, or make it optional in the contract",
    "enum": "correct the value, or list it in the mapping or the contract",
    "unmapped": "map such records, or ignore them by a rule with a reason",
    "unrecognised": "correct 'match' of the source system so that it takes such records, or take them out",
}
_MAPPED_OTHERWISE = "correct the value, or what the mapping or the contract says of it"


def outcome_lines(contract: Contract, path: Path, system: str | None, outcome: FileOutcome) -> Iterator[str]:
    """A line for the file, one for each unknown name, deprecated field and refused row, of these at most twenty, and
    one for each rule with its remedy: of the contract, and in a file of a source system of its mapping.
    """
    colour = "red" if outcome.refused else "green"
    counts = f"{counted(outcome.accepted, 'row')} accepted, {outcome.refused} refused"
    if outcome.passed_over:
        reasons = ", ".join(f"{number} {reason}" for reason, number in sorted(outcome.passed_over.items()))
        counts += f"; neither: {reasons}"
    yield f"{click.style(printable(str(path)), bold=True)}: {click.style(counts, fg=colour)}"
    for name, count in outcome.unknown.items():
        yield click.style(f"  {unknown_line(contract, name, count)}", fg="yellow")
    for name, count in outcome.deprecated.items():
        why = printable(contract[name].evolution.deprecated or "")
        yield click.style(f"  {name} is deprecated: {counted(count, 'value')} given. {why}", fg="yellow")
    for row in outcome.rows[:_MOST_LINES]:
        for reason in row.reasons:
            place = f"{path.name}:{row.row}" if row.row else path.name
            field = click.style(printable(reason["field"] or "-"), fg="yellow")
            rule = click.style(reason["rule"], fg="red")
            yield f"  {printable(place)}  {field}  {rule}  {printable(reason['message'])}"
    if outcome.refused > _MOST_LINES:
        yield f"  and {counted(outcome.refused - _MOST_LINES, 'row')} more"
    mapped = (system or contract.default_source) is not None
    for name, count in outcome.reasons.items():
        field, _, rule = name.rpartition(":")
        yield click.style(
            f"  {count:>7,} × {printable(field or 'the whole row')} {rule}: {_remedy(rule, mapped)}", dim=True
        )


def unknown_line(contract: Contract, name: str, count: int) -> str:
    """What became of the values under a name that the contract does not know."""
    from txplatform.ingest.unknown_names import described

    became = "kept in rest" if contract.unknown_fields == "keep" else "left out"
    return f"{printable(described(contract, name))} is no name of the contract: {counted(count, 'value')} {became}"


def outcome_document(outcome: FileOutcome) -> dict[str, Any]:
    """An outcome as JSON-able values, with the reasons of a thousand rows at most."""
    return {
        "accepted": outcome.accepted,
        "refused": outcome.refused,
        "reasons": dict(outcome.reasons),
        **({"passed_over": dict(outcome.passed_over)} if outcome.passed_over else {}),
        **({"unknown": dict(outcome.unknown)} if outcome.unknown else {}),
        **({"deprecated": dict(outcome.deprecated)} if outcome.deprecated else {}),
        "rows": [{"row": row.row, "reasons": list(row.reasons)} for row in outcome.rows],
    }


def _remedy(rule: str, mapped: bool) -> str:
    remedies, otherwise = ({**_REMEDIES, **_MAPPED}, _MAPPED_OTHERWISE) if mapped else (_REMEDIES, _OTHERWISE)
    return next((remedy for start, remedy in remedies.items() if rule.startswith(start)), otherwise)
