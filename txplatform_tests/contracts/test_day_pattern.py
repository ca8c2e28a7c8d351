"""The pattern of days has exactly the days of the calendar, in the years of the bounds."""

import re
from datetime import date, timedelta

import pytest

from txplatform.contracts.render.day_pattern import day_pattern


@pytest.mark.parametrize(
    ("earliest", "latest", "first", "last"),
    [
        ("1980-01-01", "2099-12-31", 1980, 2099),
        ("1999-06-30T00:00:00.000000Z", "2001-02-28T00:00:00.000000Z", 1999, 2001),
        ("1999-01-01", "1999-12-31", 1999, 1999),
        ("1997-01-01", "1999-12-31", 1997, 1999),
        ("1880-01-01", None, 1880, 9999),
        (None, "2100-01-01", 1, 2100),
        (None, None, 1, 9999),
    ],
)
def test_a_bounded_day_is_of_its_years(earliest: str | None, latest: str | None, first: int, last: int) -> None:
    pattern = re.compile(day_pattern(earliest, latest))
    for year in {1, 99, 400, 1879, 1880, 1900, *range(1976, 2013), 2096, 2099, 2100, 2101, 2400, 9996, 9999}:
        for text in (f"{year:04}-01-01", f"{year:04}-12-31", f"{year:04}-02-28"):
            assert bool(pattern.fullmatch(text)) is (first <= year <= last), text
        leap = (date(year, 3, 1) - timedelta(days=1)).day == 29
        assert bool(pattern.fullmatch(f"{year:04}-02-29")) is (leap and first <= year <= last), year
        for text in (f"{year:04}-02-30", f"{year:04}-04-31", f"{year:04}-13-01"):
            assert not pattern.fullmatch(text)
