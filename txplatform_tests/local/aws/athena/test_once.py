"""Nested calls give DuckDB a text that grows with their number, and not with a power of their depth."""

from collections.abc import Callable

import pytest

from txplatform.local.aws.athena import dialect

NESTINGS: dict[str, Callable[[str], str]] = {
    "quotients": lambda inner: f"({inner}) / sum(y)",
    "averages": lambda inner: f"coalesce({inner}, 0) + avg(x) / sum(x)",
    "roundings": lambda inner: f"round({inner} * 100, 2)",
    "casts": lambda inner: f"cast(cast({inner} AS varchar) AS decimal(18, 2))",
    "conditions": lambda inner: f"CASE WHEN {inner} > 1 THEN sum(x) ELSE sum(y) END",
}


@pytest.mark.parametrize("shape", NESTINGS)
def test_texts_grow_with_the_depth(shape: str) -> None:
    assert _length(NESTINGS[shape], "sum(x)", 8) < 4 * _length(NESTINGS[shape], "sum(x)", 4)


def test_moments_and_texts_grow_with_the_depth() -> None:
    assert _length(lambda inner: f"date_add('day', 1, {inner})", "d", 8) < 3 * _length(
        lambda inner: f"date_add('day', 1, {inner})", "d", 4
    )
    assert _length(lambda inner: f"lpad(upper(replace({inner}, s, 'x')), 9, 'y')", "s", 8) < 3 * _length(
        lambda inner: f"lpad(upper(replace({inner}, s, 'x')), 9, 'y')", "s", 4
    )


def _length(nest: Callable[[str], str], innermost: str, depth: int) -> int:
    expression = innermost
    for _ in range(depth):
        expression = nest(expression)
    return len(dialect.to_duckdb(dialect.parse(f"SELECT {expression} FROM (VALUES (1, 2, 'a', 3)) AS t(x, y, s, d)")))
