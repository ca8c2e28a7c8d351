"""Renders the dashboard: values → one self-contained HTML page. Pure; the same data gives the same bytes."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from txplatform.contracts.model import Contract
from txplatform.dashboards.html.data import DashboardData
from txplatform.dashboards.html.document import document, packed
from txplatform.dashboards.html.numbers import as_of_text, grouped
from txplatform.dashboards.html.script import page_script
from txplatform.dashboards.html.templates import style, template

_STALE_AFTER = timedelta(minutes=15)  # three refreshes


@dataclass(frozen=True, slots=True)
class Tile:
    """A key figure. `state` is good, bad or neutral."""

    label: str
    value: str
    note: str
    state: str = "neutral"


def render(data: DashboardData, contracts: Mapping[str, Contract], dagster_url: str = "") -> str:
    """Return the page for `data`; figures lead to their assets under the address of Dagster's UI, if there is one."""
    return template("dashboard.html.j2").render(
        data=data,
        tiles=tiles(data),
        attention=attention(data),
        healthy=healthy(data),
        compared=_compared(data),
        stale_after_seconds=int(_STALE_AFTER.total_seconds()),
        figures=packed(document(data, contracts)),
        dagster_url=dagster_url.rstrip("/"),
        style=style(),
        script=page_script(),
        policy=_policy(page_script(), style()),
    )


def _policy(script: str, style: str) -> str:
    """What the page may do: run its own script, have its own style, and ask nothing of anybody."""
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (script, style)]
    sources = f"script-src 'sha256-{hashes[0]}'; style-src 'sha256-{hashes[1]}'; img-src data:"
    return f"default-src 'none'; {sources}; base-uri 'none'; form-action 'none'"


def healthy(data: DashboardData) -> bool:
    """True when every entity was compared and equal, and everything on the page could be computed."""
    return _equal(data) and not problems(data)


def _equal(data: DashboardData) -> bool:
    return not data.unreadable and all(item.proven for item in data.health)


def _compared(data: DashboardData) -> int:
    return sum(item.parity.checked for item in data.health if item.parity)


def problems(data: DashboardData) -> tuple[str, ...]:
    """Name the entities that could not be read and the views that could not be computed, with Athena's reasons."""
    unreadable = (f"{entity} could not be read: {reason}" for entity, reason in data.unreadable.items())
    views = (f"{view} could not be computed: {reason}" for view, reason in data.not_computed.items())
    return (*unreadable, *views)


def attention(data: DashboardData) -> tuple[str, ...]:
    """Name in sentences what needs the attention of a reader."""
    found = list(problems(data))
    for item in data.health:
        if item.parity is None:
            found.append(f"{item.entity}: parity was not checked yet, its figures are {_shown(data, item.entity)}")
        elif not item.parity.equal:
            found.append(
                f"{item.entity}: {item.parity.differences} of {grouped(item.parity.checked)} records; "
                f"its figures are {_shown(data, item.entity)}"
            )
    return tuple(found)


def _shown(data: DashboardData, entity: str) -> str:
    """What is shown of an entity that is not proven."""
    moment = data.figures[entity].as_of if entity in data.figures else None
    return f"{as_of_text(moment)}, when they were last proven" if moment else "withheld"


def tiles(data: DashboardData) -> tuple[Tile, ...]:
    """Key figures: records of each entity, refusals, parity."""
    result = [
        Tile(item.title, grouped(item.rows), "current records")
        if item.proven
        else Tile(item.title, "not proven", f"its figures are {_shown(data, item.entity)}", "bad")
        for item in data.health
    ]
    refused = sum(item.refused_rows for item in data.health)
    result.append(Tile("In quarantine", grouped(refused), "rows, each with its reasons"))
    equal = sum(1 for item in data.health if item.proven)
    result.append(
        Tile(
            "Parity",
            f"{equal} of {len(data.health) + len(data.unreadable)} equal",
            f"{grouped(_compared(data))} records compared",
            "good" if _equal(data) else "bad",
        )
    )
    return tuple(result)
