"""Arithmetic on decimals, through the dialect and DuckDB alone, against Python's decimals and Trino's rules."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from txplatform.local.aws.athena import dialect, functions, kinds
from txplatform.local.aws.athena.errors import QueryError, from_duckdb

exact = Context(prec=200, rounding=ROUND_HALF_UP)
Number = tuple[Decimal, int, int]


@st.composite
def numbers(draw: st.DrawFn) -> Number:
    """A value with the digits and the scale of its type."""
    digits = draw(st.integers(1, 24))
    scale = draw(st.integers(0, digits))
    return Decimal(draw(st.integers(-(10**digits) + 1, 10**digits - 1))).scaleb(-scale, exact), digits, scale


@pytest.fixture(scope="module")
def run() -> Callable[[str], tuple[object, str]]:
    connection = duckdb.connect()
    functions.register(connection)

    def run(expression: str) -> tuple[object, str]:
        sql = dialect.to_duckdb(dialect.parse(f"SELECT {expression} AS x"))
        try:
            found = connection.execute(sql)
            row = found.fetchone()
        except duckdb.Error as error:
            raise from_duckdb(error, lambda _: "line 1:1") from error
        assert row is not None
        return row[0], str(found.description[0][1])

    return run


def literal(number: Number) -> str:
    value, digits, scale = number
    return f"CAST('{value:f}' AS decimal({digits},{scale}))"


OPERATIONS: dict[str, tuple[kinds.Rule, Callable[[Decimal, Decimal], Decimal]]] = {
    "+": (kinds.total, exact.add),
    "-": (kinds.difference, exact.subtract),
    "*": (kinds.product, exact.multiply),
    "/": (kinds.quotient, exact.divide),
    "%": (kinds.remainder, exact.remainder),
}


@pytest.mark.parametrize("symbol", OPERATIONS)
@settings(deadline=None, max_examples=40)
@given(left=numbers(), right=numbers())
def test_results_are_exact_or_an_error(
    run: Callable[[str], tuple[object, str]], symbol: str, left: Number, right: Number
) -> None:
    expression = f"{literal(left)} {symbol} {literal(right)}"
    rule, operation = OPERATIONS[symbol]
    if symbol in "/%" and not right[0]:
        with pytest.raises(QueryError, match="DIVISION_BY_ZERO"):
            run(expression)
        return
    try:
        kind = rule(f"DECIMAL({left[1]},{left[2]})", f"DECIMAL({right[1]},{right[2]})")
    except kinds.RefusedError:
        with pytest.raises(QueryError, match="DECIMAL scale must be in range"):
            run(expression)
        return
    digits, scale = (int(part) for part in kind.removeprefix("DECIMAL(").removesuffix(")").split(","))
    expected = operation(left[0], right[0]).quantize(Decimal(1).scaleb(-scale), context=exact)
    if abs(expected) >= Decimal(10) ** (digits - scale):
        with pytest.raises(QueryError, match=r"NUMERIC_VALUE_OUT_OF_RANGE|INVALID_CAST_ARGUMENT"):
            run(expression)
    else:
        assert run(expression) == (expected, kind)


# https://trino.io/docs/current/functions/decimal.html
RESULTS = {
    "DECIMAL '98765.43210000' * CAST(1234.56789012 AS decimal(18,8))": ("121932631.1244871208520000", "DECIMAL(31,16)"),
    "DECIMAL '100.00' / DECIMAL '0.0001'": ("1000000.0000", "DECIMAL(11,4)"),
    "DECIMAL '1.5' + 1": ("2.5", "DECIMAL(12,1)"),
    "CAST(NULL AS decimal(10,2)) / 2": (None, "DECIMAL(10,2)"),
    "DECIMAL '1.5' * CAST(NULL AS bigint)": (None, "DECIMAL(21,1)"),
    " + ".join(f"DECIMAL '{n}.{n}'" for n in range(1, 9)): ("39.6", "DECIMAL(9,1)"),
    "2.0 * DECIMAL '2'": ("4.0", "DOUBLE"),
    "0.1 + 0.2": ("0.30000000000000004", "DOUBLE"),
    "7 / 2": ("3", "INTEGER"),
    "-7 % 3": ("-1", "INTEGER"),
    "round(DECIMAL '2.345', 2)": ("2.350", "DECIMAL(5,3)"),
    "round(DECIMAL '2.5')": ("3", "DECIMAL(2,0)"),
}


@pytest.mark.parametrize("expression", RESULTS)
def test_result(run: Callable[[str], tuple[object, str]], expression: str) -> None:
    value, kind = run(expression)
    assert (None if value is None else str(value), kind) == RESULTS[expression]


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("7 % 0", "DIVISION_BY_ZERO"),
        ("mod(DECIMAL '1.5', 0)", "DIVISION_BY_ZERO"),
        ("DECIMAL '1.5' / 0", "DIVISION_BY_ZERO"),
        ("'1' + 1", "TYPE_MISMATCH"),
        ("true * 2", "TYPE_MISMATCH"),
        ("DATE '2024-01-01' + 1", "TYPE_MISMATCH"),
    ],
)
def test_refused(run: Callable[[str], tuple[object, str]], expression: str, reason: str) -> None:
    with pytest.raises(QueryError, match=reason):
        run(expression)
