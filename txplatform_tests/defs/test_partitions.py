"""Days of files: which exist, and how they form runs."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from txplatform.clock import utc_now
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.names import Lane
from txplatform.defs.files.partitions import (
    MAX_BYTES_OF_A_RUN,
    MAX_DAYS_OF_A_RUN,
    batches,
    daily,
    days_of_next_run,
    is_out_of_range,
)
from txplatform.ledger import LandedObject

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


def _object(day: date, size: int = 10) -> LandedObject:
    return LandedObject(Lane.FILES, "payments", "lake", f"raw/{day}/{size}", "v1", "etag", size, utc_now(), day)


def test_a_run_takes_all_days_oldest_first_whatever_gaps_they_have() -> None:
    days = [date(2026, 3, 3), date(2026, 2, 27), date(2026, 3, 3), date(2026, 2, 1)]
    assert days_of_next_run(map(_object, days)) == [date(2026, 2, 1), date(2026, 2, 27), date(2026, 3, 3)]


def test_a_run_takes_a_bounded_number_of_days() -> None:
    first = date(2020, 1, 1)
    days = [first + timedelta(days=place) for place in range(MAX_DAYS_OF_A_RUN + 1)]
    assert days_of_next_run(map(_object, reversed(days))) == days[:-1]


def test_a_run_takes_a_bounded_number_of_bytes_but_one_day_at_least() -> None:
    first, second, third = (date(2026, 3, day) for day in (1, 2, 3))
    half = MAX_BYTES_OF_A_RUN // 2
    sizes = [(first, half), (second, half), (third, 1)]
    assert days_of_next_run(_object(*item) for item in sizes) == [first, second]
    assert days_of_next_run([_object(first, 3 * half), _object(second)]) == [first]


def test_the_batches_of_a_run_hold_each_day_once_in_order() -> None:
    days = [date(2020, 1, 1) + timedelta(days=place) for place in range(1000)]
    found = list(batches(days))
    assert [day for batch in found for day in batch] == days
    assert max(map(len, found)) < 100
