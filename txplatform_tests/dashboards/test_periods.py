"""The time axis has no gaps, loses no value and stays short enough to draw."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from txplatform.dashboards.html.data import DayValue
from txplatform.dashboards.html.periods import roll_up

FIRST = date(1997, 1, 1)


def history(days: int, step: int = 1) -> list[DayValue]:
    return [DayValue(FIRST + timedelta(days=back), "USD", 2, Decimal("0.10")) for back in range(0, days, step)]


@pytest.mark.parametrize(("days", "unit"), [(1, "day"), (45, "day"), (46, "week"), (420, "week"), (546, "month")])
def test_long_histories_are_rolled_up_without_losing_value(days: int, unit: str) -> None:
    series = roll_up(history(days))
    assert series.unit == unit
    assert len(series.periods) <= 62
    assert sum(period.counts["USD"] for period in series.periods) == 2 * days
    assert sum(period.values["USD"] for period in series.periods) == Decimal("0.10") * days


def test_missing_days_are_drawn_as_nothing() -> None:
    series = roll_up(history(7, step=3))
    assert [period.start.day for period in series.periods] == [1, 2, 3, 4, 5, 6, 7]
    assert [period.counts.get("USD", 0) for period in series.periods] == [2, 0, 0, 2, 0, 0, 2]


def test_currencies_come_in_order_of_their_number_of_records() -> None:
    rows = [DayValue(FIRST, "EUR", 1, Decimal(9000)), DayValue(FIRST, "CHF", 1, Decimal(1)), *history(2)]
    assert roll_up(rows).currencies == ("USD", "CHF", "EUR")


def test_nothing_gives_an_empty_axis() -> None:
    assert roll_up([]).periods == ()
