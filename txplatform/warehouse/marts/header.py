"""The header of a mart's file: comment lines that declare what the view is, in a fixed order.

-- Payments a business day and currency: how many, and what was paid
-- Reads: refunds, disputes          (further entities; only where there are any)
-- Grain: day, currency              (what a row is one value of; nothing where the mart has one row)
-- Dimensions: day, currency
-- Measures: payments, value         (a list goes on in lines that begin with `--   `)
-- Personal data: none               (or the columns that show personal values in part: `masked customer`)
-- Freshness: live                   (a view, as current as what it reads; or a table as of its last refresh, of which a
                                      refresh replaces the days that have changed: `table by day`)
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from txplatform.errors import ContractError

_KEYS = ("Grain", "Dimensions", "Measures", "Personal data", "Freshness")
_FRESHNESS = re.compile(r"live|table by (\w+)")


@dataclass(frozen=True, slots=True)
class Header:
    """What a header says, and the statement after it; `lines` are where each key stands in the file.

    `table_by` is the day by whose values a table is replaced, empty of a view.
    """

    description: str
    reads: tuple[str, ...]
    grain: tuple[str, ...]
    dimensions: tuple[str, ...]
    measures: tuple[str, ...]
    masked: tuple[str, ...]
    table_by: str
    body: str
    lines: dict[str, int]


@cache
def read_header(path: Path) -> Header:
    """Read a mart's file; raise ContractError with file and line."""
    return parse_header(path, path.read_text(encoding="utf-8"))


def parse_header(path: Path, text: str) -> Header:
    """Read the text of a mart; `path` is named in errors."""
    lines = text.splitlines()
    size = next((number for number, line in enumerate(lines) if not line.startswith("--")), len(lines))
    if not size or not lines[0].removeprefix("--").strip():
        raise ContractError(f"{path}:1", None, "has no description", "describe the mart in a comment on its first line")
    entries: dict[str, str] = {}
    places: dict[str, int] = {}
    for number, line in enumerate(lines[1:size], start=2):
        if line.startswith("--   ") and entries:
            entries[next(reversed(entries))] += f" {line[5:].strip()}"
            continue
        key, colon, value = line.removeprefix("--").strip().partition(":")
        if not colon or key in entries or key not in ("Reads", *_KEYS):
            problem = f"'{line}' is no line of a header"
            raise ContractError(f"{path}:{number}", None, problem, f"write each once: Reads, {', '.join(_KEYS)}")
        entries[key], places[key] = value.strip(), number
    if [key for key in entries if key != "Reads"] != list(_KEYS) or "Reads" in list(entries)[1:]:
        problem = f"the header has {', '.join(entries) or 'no keys'}"
        raise ContractError(f"{path}:{size}", None, problem, f"write, in this order: {', '.join(_KEYS)}; Reads first")
    freshness = _FRESHNESS.fullmatch(entries["Freshness"])
    if freshness is None:
        problem, remedy = f"freshness is '{entries['Freshness']}'", "write 'live', or 'table by' and the day"
        raise ContractError(f"{path}:{places['Freshness']}", None, problem, remedy)
    personal = entries["Personal data"]
    if personal != "none" and not personal.startswith("masked "):
        remedy = "write 'none', or 'masked' and the columns"
        raise ContractError(f"{path}:{places['Personal data']}", None, f"personal data are '{personal}'", remedy)
    return Header(
        description=lines[0].removeprefix("--").strip(),
        reads=_names(entries.get("Reads", "")),
        grain=_names(entries["Grain"]),
        dimensions=_names(entries["Dimensions"]),
        measures=_names(entries["Measures"]),
        masked=_names(personal.removeprefix("masked ")) if personal != "none" else (),
        table_by=freshness[1] or "",
        body="\n".join(lines[size:]).strip(),
        lines=places,
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
