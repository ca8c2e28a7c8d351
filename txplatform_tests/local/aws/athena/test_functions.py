"""The exact functions on their own, against Python's decimals and Java's texts."""

from decimal import ROUND_HALF_UP, Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from txplatform.local.aws.athena.functions import fail, quotient
from txplatform.local.aws.athena.java_numbers import java_double
from txplatform.local.aws.athena.kinds import RefusedError

decimals = st.decimals(min_value=-(10**18), max_value=10**18, allow_nan=False, allow_infinity=False, places=4)
wide = Context(prec=200, rounding=ROUND_HALF_UP)


@given(decimals, decimals.filter(bool), st.integers(0, 18))
def test_quotients_are_rounded_half_up(dividend: Decimal, divisor: Decimal, scale: int) -> None:
    expected = wide.divide(dividend, divisor).quantize(Decimal(1).scaleb(-scale), context=wide)
    assert Decimal(quotient(format(dividend, "f"), format(divisor, "f"), scale)) == expected


def test_a_quotient_has_as_many_decimals_as_asked() -> None:
    assert quotient("1", "8", 2) == "0.13"
    assert quotient("-1", "8", 2) == "-0.13"
    assert quotient("5", "2", 0) == "3"
    with pytest.raises(RefusedError, match="athena:DIVISION_BY_ZERO"):
        quotient("1", "0.00", 2)


def test_failing_carries_the_reason() -> None:
    with pytest.raises(RefusedError, match="athena:NOT_SUPPORTED: no"):
        fail("NOT_SUPPORTED: no")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (-2.5, "-2.5"),
        (1234567.0, "1234567.0"),
        (1e7, "1.0E7"),
        (12345678.9, "1.23456789E7"),
        (1e-3, "0.001"),
        (1e-4, "1.0E-4"),
        (1.5e300, "1.5E300"),
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
    ],
)
def test_doubles_are_written_as_java_writes_them(value: float, text: str) -> None:
    assert java_double(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_double_survives_its_text(value: float) -> None:
    assert float(java_double(value)) == value
