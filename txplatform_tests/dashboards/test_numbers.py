"""Numbers and times are formatted as people write them."""

from datetime import timedelta
from decimal import Decimal

import pytest

from txplatform.dashboards.html.numbers import age, compact, grouped, money, share, total
from txplatform_tests.dashboards.fabricated import NOW


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (7, "7"),
        (950, "950"),
        (999.4, "999"),
        (1000, "1k"),
        (2517, "2.52k"),
        (12_345, "12.3k"),
        (999_499, "999k"),
        (999_950, "1M"),
        (1_234_567, "1.23M"),
        (19_415_982, "19.4M"),
        (3_000_000_000, "3B"),
        (2.5e12, "2.5T"),
        (999.4e12, "999T"),
        (999.5e12, "1e15"),
        (1.2345e20, "1.23e20"),
        (-9.999e18, "-1e19"),
        (0.001, "0.001"),
        (0.00052, "5.2e-4"),
        (-1500, "-1.5k"),
    ],
)
def test_compact_keeps_three_significant_digits(value: float, text: str) -> None:
    assert compact(Decimal(str(value))) == text


def test_compact_keeps_small_fractions() -> None:
    assert compact(Decimal("0.5")) == "0.5"
    assert compact(Decimal("2.5")) == "2.5"


def test_amounts_are_grouped_and_rounded_half_even_for_display_only() -> None:
    assert money(Decimal("1234567.895"), "EUR") == "EUR 1,234,567.90"
    assert grouped(Decimal("0.125"), 2) == "0.12"
    assert grouped(Decimal("29.126032000000000000")) == "29.126032000000000000"
    assert grouped(1_234_567) == "1,234,567"


def test_sums_beyond_28_digits_stay_exact() -> None:
    values = [Decimal("99999999999999999999.999999999999999999")] * 3
    assert total(values) == Decimal("299999999999999999999.999999999999999997")
    assert grouped(total(values), 2) == "300,000,000,000,000,000,000.00"
    assert total([]) == 0


def test_shares() -> None:
    assert share(2, 3) == "67%"
    assert share(1, 50) == "2.0%"
    assert share(0, 50) == "0%"
    assert share(1, 0) == "0%"


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
