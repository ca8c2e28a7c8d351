"""The business day of a moment: the SQL that marts have, held against Python's own calendar."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from txplatform.contracts.business_day import BusinessDay
from txplatform.warehouse.business_days import day_of, today
from txplatform_tests.local.aws.athena.without_tables import answer, connect
from txplatform_tests.warehouse.lake_in_memory import translated

FIRST, LAST = datetime.fromisoformat("1980-01-01"), datetime.fromisoformat("2099-12-31 23:59:59")
ZONES = ("UTC", "Asia/Tokyo", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca")


def expected(moment: datetime, days: BusinessDay) -> date:
    wall = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(days.time_zone)).replace(tzinfo=None)
    if days.cut_off < time(12):
        return wall.date() if wall.time() >= days.cut_off else wall.date() - timedelta(days=1)
    return wall.date() + timedelta(days=1) if wall.time() >= days.cut_off else wall.date()


@cache
def engine() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def day(moment: datetime, days: BusinessDay) -> date:
    sql = f"SELECT {day_of('at', days)} FROM (SELECT TIMESTAMP '{moment}' AS at)"
    return engine().execute(translated(sql)).fetchall()[0][0]


@given(
    moment=st.datetimes(FIRST, LAST),
    zone=st.sampled_from(ZONES),
    cut_off=st.sampled_from([time(0), time(4), time(11, 59), time(12), time(17)]),
)
def test_the_day_is_that_of_the_zone_and_cut_off(moment: datetime, zone: str, cut_off: time) -> None:
    days = BusinessDay(zone, cut_off)
    assert day(moment, days) == expected(moment, days)


@pytest.mark.parametrize(
    ("moment", "zone", "cut_off", "found"),
    [
        ("2026-03-28 22:59:59", "Europe/Berlin", time(0), date(2026, 3, 28)),
        ("2026-03-28 23:00:00", "Europe/Berlin", time(0), date(2026, 3, 29)),
        ("2026-03-29 21:59:59", "Europe/Berlin", time(0), date(2026, 3, 29)),
        ("2026-03-29 22:00:00", "Europe/Berlin", time(0), date(2026, 3, 30)),
        ("2026-11-02 21:59:59", "America/New_York", time(17), date(2026, 11, 2)),
        ("2026-11-02 22:00:00", "America/New_York", time(17), date(2026, 11, 3)),
        ("2026-11-02 03:59:59", "UTC", time(4), date(2026, 11, 1)),
    ],
)
def test_days_change_at_the_second(moment: str, zone: str, cut_off: time, found: date) -> None:
    assert day(datetime.fromisoformat(moment), BusinessDay(zone, cut_off)) == found


def test_days_of_utc_are_the_plain_cast() -> None:
    assert day_of("at", BusinessDay()) == "CAST(at AS date)"


def test_the_local_athena_takes_the_day_of_a_zone_that_changes_its_clock() -> None:
    days = BusinessDay("Europe/Berlin", time(17))
    sql = f"SELECT {day_of('at', days)}, {today(days)} FROM (VALUES TIMESTAMP '2026-01-05 16:00:00') t(at)"
    [[found, now]] = answer(connect(), sql)
    assert found == "2026-01-06"
    assert abs(date.fromisoformat(now or "") - datetime.now(UTC).date()) <= timedelta(days=1)
