"""The pattern of a bounded decimal takes exactly the canonical texts of the numbers between its bounds."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Field
from txplatform.contracts.render.decimal_range import bounded_decimal_pattern
from txplatform.contracts.render.registry import decimal_pattern

AMOUNT = load_contracts()["payments"]["amount"]
TYPES = [(1, 0), (3, 0), (3, 1), (2, 2), (3, 2)]


def decimals(precision: int, scale: int, low: int | None, high: int | None) -> Field:
    """A field of so many digits, with bounds in smallest steps."""
    bounds = [None if bound is None else Decimal(f"{bound}E-{scale}") for bound in (low, high)]
    return replace(AMOUNT, precision=precision, scale=scale, minimum=bounds[0], maximum=bounds[1])


def taken(field: Field, scale: int) -> list[int]:
    """The numbers of about three digits, in smallest steps, whose canonical text the field's pattern takes."""
    pattern = re.compile(bounded_decimal_pattern(field))
    return [number for number in range(-1010, 1011) if pattern.search(f"{Decimal(number).scaleb(-scale):f}")]


@pytest.mark.parametrize(("precision", "scale"), TYPES)
@settings(max_examples=15)
@given(st.data())
def test_exactly_the_numbers_between_the_bounds_are_taken(precision: int, scale: int, data: st.DataObject) -> None:
    most = 10**precision - 1
    bound = st.integers(-most, most)
    low, high = sorted(data.draw(st.tuples(bound, bound)))
    for least, greatest in ((low, high), (low, None), (None, high)):
        expected = range(-most if least is None else least, (most if greatest is None else greatest) + 1)
        assert taken(decimals(precision, scale, least, greatest), scale) == list(expected)


@pytest.mark.parametrize("text", ["-0.00", "00.10", "01.00", "+1.00", "1", "1.0", "1.000", ".50", "1.00\n", " 1.00"])
def test_other_spellings_are_not_taken(text: str) -> None:
    assert not re.search(bounded_decimal_pattern(decimals(18, 2, -500, 99_999)).replace("$", r"\Z"), text)


def test_without_bounds_it_is_the_pattern_of_the_registry() -> None:
    assert bounded_decimal_pattern(decimals(18, 2, None, None)) == decimal_pattern(18, 2)


def test_a_bound_of_38_digits_keeps_them_all() -> None:
    bound = 10**38 - 2
    pattern = re.compile(bounded_decimal_pattern(decimals(38, 18, bound, None)))
    texts = [f"{number // 10**18}.{number % 10**18:018}" for number in (bound - 1, bound, bound + 1)]
    assert [bool(pattern.search(text)) for text in texts] == [False, True, True]
