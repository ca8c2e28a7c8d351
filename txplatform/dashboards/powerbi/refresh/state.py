"""How far a refresh is, as Power BI says."""

from dataclasses import dataclass
from typing import Any, Literal, cast

from txplatform.dashboards.powerbi.errors import PowerBiError

_UNDER_WAY = ("Unknown", "NotStarted", "InProgress")
_ENDED = ("Completed", "Failed", "Cancelled", "Disabled", "TimedOut")


@dataclass(frozen=True, slots=True)
class RefreshState:
    """`tables` is each table's number of partitions; `failed` what is said of each table that is not complete."""

    status: Literal["under way", "Completed", "Failed", "Cancelled", "Disabled", "TimedOut"]
    tables: dict[str, int]
    failed: dict[str, str]
    messages: tuple[str, ...]


def read_state(document: dict[str, Any]) -> RefreshState:
    """Read the details of a refresh; raise PowerBiError for a status that is not documented."""
    status = document.get("status")
    if status not in (*_UNDER_WAY, *_ENDED):
        raise PowerBiError(f"Power BI names the status {status!r} of a refresh, which is not documented")
    tables: dict[str, int] = {}
    failed: dict[str, list[str]] = {}
    for part in document.get("objects") or ():
        table = str(part.get("table"))
        tables[table] = tables.get(table, 0) + 1
        if part.get("status") != "Completed":
            failed.setdefault(table, []).append(f"{part.get('partition')} is {part.get('status')}")
    return RefreshState(
        status="under way" if status in _UNDER_WAY else cast("Any", status),
        tables=tables,
        failed={table: ", ".join(parts) for table, parts in failed.items()},
        messages=tuple(str(item.get("message")) for item in document.get("messages") or () if item.get("message")),
    )
