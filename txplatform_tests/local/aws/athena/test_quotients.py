"""Quotients of decimals: whichever way a row takes, it has the digits that integers give."""

from collections.abc import Callable
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from txplatform.local.aws.athena import dialect
from txplatform.local.aws.athena.functions import quotient
from txplatform_tests.local.aws.athena import without_tables

Pair = tuple[int, int]  # the digits of two decimals, without their points
Divide = Callable[[list[Pair], int, int], list[Decimal]]


@st.composite
def pairs(draw: st.DrawFn, scales: tuple[int, int]) -> Pair:
    """Any numbers, or such whose quotient lies in the middle between two results, or one unit beside it."""
    divisor = draw(st.integers(1, 10 ** draw(st.integers(1, 18)) - 1)) * draw(st.sampled_from((1, -1)))
    if draw(st.booleans()):
        return draw(st.integers(-(10**18) + 1, 10**18 - 1)), divisor
    middle = 2 * draw(st.integers(0, 10 ** draw(st.integers(1, 12)))) + 1
    shift = max(scales) + scales[1] - scales[0]
    dividend = middle * divisor // (2 * 10**shift) + draw(st.integers(-1, 1))
    return max(-(10**18) + 1, min(dividend, 10**18 - 1)), divisor


@pytest.fixture(scope="module")
def divide() -> Divide:
    connection = without_tables.connect()

    def divide(rows: list[Pair], one: int, other: int) -> list[Decimal]:
        columns = zip(*rows, strict=True)
        typed = [
            pa.array([Decimal(digits).scaleb(-scale) for digits in column], pa.decimal128(18, scale))
            for column, scale in zip(columns, (one, other), strict=True)
        ]
        connection.register("t", pa.table(typed, names=["a", "b"]))
        found = connection.execute(dialect.to_duckdb(dialect.parse("SELECT a / b FROM t"))).fetchall()
        return [value for (value,) in found]

    return divide


@pytest.mark.parametrize("scales", [(2, 2), (0, 0), (2, 0), (0, 4), (9, 3)])
@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_quotients_are_those_of_integers(divide: Divide, scales: tuple[int, int], data: st.DataObject) -> None:
    rows = data.draw(st.lists(pairs(scales), min_size=20, max_size=20))
    one, other = scales
    expected = [
        Decimal(quotient(f"{Decimal(a).scaleb(-one):f}", f"{Decimal(b).scaleb(-other):f}", max(scales)))
        for a, b in rows
    ]
    assert divide(rows, *scales) == expected


@pytest.mark.parametrize("half", [3 * 10**8, 3 * 10**14, 3 * 10**17 - 1])
def test_one_unit_decides_beside_the_middle(divide: Divide, half: int) -> None:
    """By the way of doubles, of whole numbers in doubles, and of Python's integers."""
    rows = [(half + unit, 2 * half) for unit in (-1, 0, 1)] + [(-half - unit, 2 * half) for unit in (-1, 0, 1)]
    assert divide(rows, 0, 0) == [0, 1, 1, 0, -1, -1]
