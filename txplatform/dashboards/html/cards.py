"""The cards of the dashboard: the rows of each section become charts with title, notes and legend."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from txplatform.dashboards.html.charts import Bar, BarChart, TimeChart, bars, columns, line
from txplatform.dashboards.html.data import (
    CustomerValue,
    DashboardData,
    DayValue,
    NotComputed,
    StatusCount,
    SymbolVolume,
    Withheld,
)
from txplatform.dashboards.html.numbers import as_of_text, compact, day_label, grouped, money, share, total
from txplatform.dashboards.html.periods import Period, Series, roll_up

_STATUS_PALETTE = {"settled": 1, "captured": 0, "authorised": 4, "refunded": 2, "failed": 3}
_MOST_CURRENCIES = 4
_MOST_LINES = 3
_MOST_SYMBOLS = 8
_MOST_SYMBOL_CURRENCIES = 2
_MOST_CUSTOMERS = 10
_WIDE, _NARROW = 560, 340  # pixels of a chart; the style sheet shows one or the other
_LONGEST_FIGURE, _LONGEST_COUNT = 14, 10_000_000  # beside a bar: characters, records


@dataclass(frozen=True, slots=True)
class Legend:
    series: int
    text: str


@dataclass(frozen=True, slots=True)
class ChartGroup:
    """A chart under a small heading of its own, e.g. one currency among several; drawn for wide and narrow windows."""

    heading: str
    note: str
    wide: TimeChart | BarChart
    narrow: TimeChart | BarChart


@dataclass(frozen=True, slots=True)
class Card:
    """One framed section of the page. `problem` is the reason when it has no charts."""

    title: str
    subtitle: str
    groups: tuple[ChartGroup, ...]
    legend: tuple[Legend, ...] = ()
    problem: str = ""


def sides(data: DashboardData) -> tuple[tuple[Card, ...], tuple[Card, ...]]:
    """The charts that have something to show: left column, right column, each in reading order."""
    payments, trades = (data.as_of.get(entity) for entity in ("payments", "trades"))
    left = (
        _card("Payments", data.payments_by_day, _volume, payments),
        _card("Payments by status", data.payments_by_status, _statuses, payments),
        _card("Trades by symbol", data.trades_by_symbol, _symbols, trades),
    )
    right = (
        _card("Paid value", data.payments_by_day, partial(_value, "paid: captured and settled"), payments),
        _card("Top customers", data.top_customers, _customers, payments),
        _card("Traded notional", data.trades_by_day, partial(_value, "price × quantity"), trades),
    )
    return tuple(card for card in left if card), tuple(card for card in right if card)


def _card(
    title: str, rows: tuple[Any, ...] | NotComputed, draw: Callable[[str, Any], Card], as_of: datetime | None
) -> Card | None:
    if isinstance(rows, Withheld):
        return Card(title, "", (), problem=f"withheld: {rows.reason}")
    if isinstance(rows, NotComputed):
        return Card(title, "", (), problem=f"could not be computed: {rows.reason}")
    card = draw(title, rows) if rows else None
    return replace(card, subtitle=f"{as_of_text(as_of)}; {card.subtitle}") if card and as_of else card


def _volume(title: str, days: Sequence[DayValue]) -> Card:
    series = roll_up(days)
    shown = series.currencies[:_MOST_CURRENCIES]
    stacks = [[period.counts.get(currency, 0) for period in series.periods] for currency in shown]
    others = series.currencies[_MOST_CURRENCIES:]
    if others:
        stacks.append([sum(period.counts.get(currency, 0) for currency in others) for period in series.periods])
    names = [*shown, *(["others"] if others else [])]

    def hover(index: int) -> str:
        parts = ", ".join(
            f"{name} {grouped(stack[index])}" for name, stack in zip(names, stacks, strict=True) if stack[index]
        )
        return f"{_period_title(series.periods[index])}: {grouped(sum(s[index] for s in stacks))} ({parts or 'none'})"

    return Card(
        f"{title} per {series.unit}",
        "number of records by currency and business day",
        (_group("", "", lambda width: columns(_starts(series), stacks, hover, series.unit, width=width)),),
        tuple(Legend(index, name) for index, name in enumerate(names)),
    )


def _value(note: str, title: str, days: Sequence[DayValue]) -> Card:
    series = roll_up(days)
    shown = series.currencies[:_MOST_LINES]
    height = 230 if len(shown) == 1 else 112
    groups = tuple(_line(series, place, height) for place in range(len(shown)))
    more = _more(len(series.currencies) - len(shown), "currency", "currencies")
    return Card(f"{title} per {series.unit}", f"{note}; each currency on its own scale{more}", groups)


def _line(series: Series, place: int, height: int) -> ChartGroup:
    """The value of one currency over time; its place gives the colour."""
    currency = series.currencies[place]
    values = [period.values.get(currency, Decimal(0)) for period in series.periods]

    def hover(index: int) -> str:
        return f"{_period_title(series.periods[index])}: {money(values[index], currency)}"

    def draw(width: int) -> TimeChart:
        return line(_starts(series), values, hover, series.unit, series=place, width=width, height=height)

    return _group(currency, f"{grouped(total(values), 2)} in total", draw)


def _statuses(title: str, rows: Sequence[StatusCount]) -> Card:
    payments = sum(row.count for row in rows)
    ordered = sorted(rows, key=lambda row: (-row.count, row.status))
    drawn = [
        Bar(
            row.status,
            f"{_count(row.count)} · {share(row.count, payments)}",
            ((Decimal(row.count), _STATUS_PALETTE.get(row.status, 5), f"{row.status}: {grouped(row.count)}"),),
        )
        for row in ordered
    ]
    return Card(title, f"{grouped(payments)} payments, all time", (_bars("", "", drawn),))


def _customers(title: str, rows: Sequence[CustomerValue]) -> Card:
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.currency] = counts.get(row.currency, 0) + row.count
    currency = max(counts, key=lambda name: (counts[name], name))
    ordered = sorted((row for row in rows if row.currency == currency), key=lambda row: row.place)
    drawn = [
        Bar(
            f"{row.place}. {row.customer}",
            _figure(row.value),
            ((row.value, 0, f"{row.customer}: {money(row.value, currency)} in {grouped(row.count)} payments"),),
        )
        for row in ordered[:_MOST_CUSTOMERS]
    ]
    more = _more(len(counts) - 1, "currency", "currencies")
    note = f"paid in {currency}: captured and settled; identities masked{more}"
    return Card(title, note, (_bars("", "", drawn),))


def _symbols(title: str, rows: Sequence[SymbolVolume]) -> Card:
    volumes: dict[str, Decimal] = {}
    trades: dict[str, int] = {}
    for row in rows:
        trades[row.currency] = trades.get(row.currency, 0) + row.trades
        volumes[row.currency] = total((volumes.get(row.currency, Decimal(0)), row.bought, row.sold))
    shown = sorted(trades, key=lambda name: (-trades[name], name))[:_MOST_SYMBOL_CURRENCIES]
    groups: list[ChartGroup] = []
    for currency in shown:
        ordered = sorted((row for row in rows if row.currency == currency), key=lambda row: (-_both(row), row.symbol))
        drawn = [
            Bar(
                row.symbol,
                f"{compact(_both(row))} · {_count(row.trades)}",
                (
                    (row.bought, 1, f"{row.symbol} bought: {money(row.bought, currency)}"),
                    (row.sold, 2, f"{row.symbol} sold: {money(row.sold, currency)}"),
                ),
            )
            for row in ordered[:_MOST_SYMBOLS]
        ]
        more = _more(len(ordered) - len(drawn), "symbol", "symbols")
        groups.append(_bars(currency, f"{grouped(volumes[currency], 2)} in total{more}", drawn))
    more = _more(len(trades) - len(shown), "currency", "currencies")
    legend = (Legend(1, "bought"), Legend(2, "sold"))
    return Card(title, f"notional · number of trades{more}", tuple(groups), legend)


def _both(row: SymbolVolume) -> Decimal:
    return total((row.bought, row.sold))


def _group(heading: str, note: str, draw: Callable[[int], TimeChart | BarChart]) -> ChartGroup:
    return ChartGroup(heading, note, draw(_WIDE), draw(_NARROW))


def _bars(heading: str, note: str, rows: Sequence[Bar]) -> ChartGroup:
    return _group(heading, note, lambda width: bars(rows, width=width))


def _figure(value: Decimal) -> str:
    """An amount to the cent where there is room for it, else its size; the hover text has all digits."""
    exact = grouped(value, 2)
    return exact if len(exact) <= _LONGEST_FIGURE else compact(value)


def _count(number: int) -> str:
    """A number of records in full where there is room for it, else its size."""
    return grouped(number) if number < _LONGEST_COUNT else compact(number)


def _more(hidden: int, one: str, several: str) -> str:
    """The number of those that are left out, in words; empty when all are shown."""
    return f"; {hidden} more {one if hidden == 1 else several} not shown" if hidden else ""


def _starts(series: Series) -> list[date]:
    return [period.start for period in series.periods]


def _period_title(period: Period) -> str:
    return f"{day_label(period.start)} {period.start.year}"
