"""Prepares daily values for charts: gaps are filled with zero, and long histories are rolled up to weeks or months."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from txplatform.dashboards.html.data import DayValue
from txplatform.dashboards.html.numbers import total

Unit = Literal["day", "week", "month"]
_MOST_DAYS = 45
_MOST_WEEKS = 60


@dataclass(frozen=True, slots=True)
class Period:
    """One step of the time axis: per currency, the number of records and their value."""

    start: date
    counts: dict[str, int]
    values: dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class Series:
    """A gapless run of periods; `currencies` are ordered by number of records, greatest first."""

    unit: Unit
    periods: tuple[Period, ...]
    currencies: tuple[str, ...]


def roll_up(days: Iterable[DayValue]) -> Series:
    """Lay the days on a gapless axis of at most about sixty steps."""
    rows = list(days)
    if not rows:
        return Series("day", (), ())
    first, last = min(row.day for row in rows), max(row.day for row in rows)
    unit = _unit((last - first).days + 1)
    counts: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    values: dict[date, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    totals: dict[str, int] = defaultdict(int)
    for row in rows:
        start = _start(row.day, unit)
        counts[start][row.currency] += row.count
        values[start][row.currency] = total((values[start][row.currency], row.value))
        totals[row.currency] += row.count
    steps = dict.fromkeys(_start(first + timedelta(days=offset), unit) for offset in range((last - first).days + 1))
    periods = tuple(Period(start, dict(counts[start]), dict(values[start])) for start in steps)
    return Series(unit, periods, tuple(sorted(totals, key=lambda currency: (-totals[currency], currency))))


def _unit(days: int) -> Unit:
    if days <= _MOST_DAYS:
        return "day"
    return "week" if days <= _MOST_WEEKS * 7 else "month"


def _start(day: date, unit: Unit) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day
