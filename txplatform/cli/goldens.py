"""Compares what the payloads beside a source system yield with what is expected of them.

The folder of a system, named after its file, holds payloads and files as they came, and beside each
`<name>.expected.json`.
"""

import json
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Any

from txplatform.cli.mapping_trial import Trial
from txplatform.cli.record_trial import read_payload
from txplatform.contracts.mapping.model import SourceSystem
from txplatform.errors import ContractError

_EXPECTED = ".expected.json"
_MOST_LINES = 40  # of a difference


def check_goldens(system: SourceSystem, trial: Trial, *, update: bool = False) -> int:
    """Read every payload, and return how many there are; raise ContractError where one yields something else.

    With `update`, what is expected becomes what they yield.
    """
    count = 0
    for payload, expected in _goldens(system):
        text = json.dumps(_read(trial, payload), indent=2, ensure_ascii=False) + "\n"
        former = _text(expected) if expected.exists() else ""
        if update and former != text:
            expected.write_text(text, encoding="utf-8")
        elif former != text:
            lines = unified_diff(former.splitlines(), text.splitlines(), "expected", "yields", lineterm="", n=2)
            shown = "\n".join(list(lines)[:_MOST_LINES])
            remedy = "correct the mapping, or see what --update-goldens changes"
            raise ContractError(payload, None, f"yields something else than {expected.name}\n{shown}\n", remedy)
        count += 1
    return count


def _goldens(system: SourceSystem) -> Iterator[tuple[Path, Path]]:
    folder = system.path.with_suffix("")
    names: dict[str, Path] = {}
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    for path in files:
        if path.name.endswith(_EXPECTED):
            continue
        if path.stem in names:
            problem = f"shares its expected file with {names[path.stem].name}"
            raise ContractError(path, None, problem, "rename one of the two payloads")
        names[path.stem] = path
        yield path, folder / f"{path.stem}{_EXPECTED}"
    for path in files:
        if path.name.endswith(_EXPECTED) and path.name.removesuffix(_EXPECTED) not in names:
            raise ContractError(path, None, "expects something of a payload that is not there", "remove it")


def _read(trial: Trial, path: Path) -> dict[str, Any]:
    try:
        return read_payload(trial, path.name, path.read_bytes())
    except UnicodeDecodeError as error:
        raise ContractError(path, None, "is not UTF-8 text", "store the payload as UTF-8, as SQS has it") from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ContractError(path, None, "is not UTF-8 text", "remove it, and let --update-goldens write it") from error
