"""Draws the dashboard: values → charts → one self-contained HTML page. Pure; the same data gives the same bytes."""

from dataclasses import dataclass
from datetime import timedelta

from txplatform.dashboards.html.cards import sides
from txplatform.dashboards.html.data import DashboardData, DayValue, NotComputed
from txplatform.dashboards.html.numbers import as_of_text, compact, grouped, total
from txplatform.dashboards.html.periods import roll_up
from txplatform.dashboards.html.templates import template

_MOST_TILE_CURRENCIES = 2
_STALE_AFTER = timedelta(minutes=15)  # three refreshes


@dataclass(frozen=True, slots=True)
class Tile:
    """A key figure. `state` is good, bad or neutral."""

    label: str
    value: str
    note: str
    state: str = "neutral"


def render(data: DashboardData) -> str:
    """Return the page for `data`."""
    return template("dashboard.html.j2").render(
        data=data,
        tiles=tiles(data),
        sides=sides(data),
        attention=attention(data),
        healthy=healthy(data),
        compared=_compared(data),
        stale_after_seconds=int(_STALE_AFTER.total_seconds()),
    )


def healthy(data: DashboardData) -> bool:
    """True when every entity was compared and equal, and everything on the page could be computed."""
    return _equal(data) and not problems(data)


def _equal(data: DashboardData) -> bool:
    return not data.unreadable and all(item.proven for item in data.health)


def _compared(data: DashboardData) -> int:
    return sum(item.parity.checked for item in data.health if item.parity)


def problems(data: DashboardData) -> tuple[str, ...]:
    """Name the entities that could not be read and the sections that could not be computed, with Athena's reasons."""
    unreadable = (f"{entity} could not be read: {reason}" for entity, reason in data.unreadable.items())
    sections = (f"{section} could not be computed: {reason}" for section, reason in data.not_computed.items())
    return (*unreadable, *sections)


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
    moment = data.as_of.get(entity)
    return f"{as_of_text(moment)}, when they were last proven" if moment else "withheld"


def tiles(data: DashboardData) -> tuple[Tile, ...]:
    """Key figures: rows and value per entity, refusals, parity."""
    values = {"payments": data.payments_by_day, "trades": data.trades_by_day}
    result = [
        Tile(item.title, grouped(item.rows), _value_note(values.get(item.entity)) or "current records")
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


def _value_note(days: tuple[DayValue, ...] | NotComputed | None) -> str:
    if days is None or isinstance(days, NotComputed):
        return ""
    currencies = roll_up(days).currencies
    shown = [
        f"{currency} {compact(total(day.value for day in days if day.currency == currency))}"
        for currency in currencies[:_MOST_TILE_CURRENCIES]
    ]
    hidden = len(currencies) - len(shown)
    return " · ".join([*shown, f"{hidden} more"] if hidden else shown)
