"""Days of files: which exist, and how they form runs."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from txplatform.clock import utc_now
from txplatform.contracts.loader import load_contracts
from txplatform.defs.files.partitions import daily, is_out_of_range, ranges

CONTRACT = load_contracts()["payments"]


def test_today_is_a_partition_and_tomorrow_is_not() -> None:
    today = utc_now().date()
    days = daily(CONTRACT)
    assert days.has_partition_key(CONTRACT.files_from.isoformat())
    assert days.has_partition_key(today.isoformat())
    assert not days.has_partition_key((today + timedelta(days=1)).isoformat())


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 5, 1), False),
        (date(2019, 12, 31), True),
        (date(2026, 5, 20), False),
        (date(2026, 5, 21), False),
        (date(2026, 5, 22), True),
    ],
)
def test_a_day_is_out_of_range_before_the_first_and_after_tomorrow(day: date, expected: bool) -> None:
    contract = replace(CONTRACT, files_from=date(2020, 1, 1))
    assert is_out_of_range(contract, day, today=date(2026, 5, 20)) is expected


def test_consecutive_days_form_one_range() -> None:
    days = [date(2026, 3, 1), date(2026, 2, 28), date(2026, 2, 27), date(2026, 3, 1), date(2026, 3, 3)]
    assert ranges(days) == [(date(2026, 2, 27), date(2026, 3, 1)), (date(2026, 3, 3), date(2026, 3, 3))]
    assert ranges([]) == []
