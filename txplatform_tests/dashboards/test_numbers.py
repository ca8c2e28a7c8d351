"""Numbers and times are formatted as people write them."""

from datetime import timedelta

import pytest

from txplatform.dashboards.html.numbers import age, grouped
from txplatform_tests.dashboards.fabricated import NOW


def test_thousands_are_separated() -> None:
    assert grouped(1_234_567) == "1,234,567"


@pytest.mark.parametrize(
    ("elapsed", "text"),
    [
        (timedelta(0), "just now"),
        (-timedelta(seconds=2), "just now"),
        (timedelta(seconds=38), "38 s ago"),
        (timedelta(seconds=119), "1 min ago"),
        (timedelta(hours=3, minutes=59), "3 h ago"),
        (timedelta(days=2), "2 d ago"),
    ],
)
def test_age(elapsed: timedelta, text: str) -> None:
    assert age(NOW - elapsed, NOW) == text
