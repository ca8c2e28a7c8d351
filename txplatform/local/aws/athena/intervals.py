"""Intervals: of months, or of milliseconds, which Trino has as two types and DuckDB as one.

https://trino.io/docs/current/functions/datetime.html#date-and-time-operators; literals as trino's DateTimeUtils reads
them. Which of the two an expression is shows in its looks.
"""

import re

from sqlglot import exp

from txplatform.local.aws.athena import origins
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.rewriting import call, each, refuse

MONTHS, MILLISECONDS = "interval year to month", "interval day to second"
_UNITS = ("year", "month", "day", "hour", "minute", "second")
_IN_MONTHS = ("year", "month")
_FACTORS = {"year": 12, "month": 1, "day": 86_400_000, "hour": 3_600_000, "minute": 60_000, "second": 1000}
_DIGITS = {
    "day": r"(?P<day>\d+)", "hour": r"(?P<hour>\d+)", "minute": r"(?P<minute>\d+)",
    "second": r"(?P<second>\d+)(?:\.(?P<fraction>\d{1,3})\d*)?", "year": r"(?P<year>\d+)", "month": r"(?P<month>\d+)",
}  # fmt: skip
_BEFORE = {"hour": " ", "minute": ":", "second": ":", "month": "-"}
_OF_FIRST = (exp.Paren, exp.Neg, exp.Alias, exp.Min, exp.Max, exp.Coalesce, exp.Nullif)


def count(text: str, first: str, last: str) -> int | None:
    """Return the months or milliseconds of a literal's text, None for another text; parts at its end may lack."""
    units = _UNITS[_UNITS.index(first) : _UNITS.index(last) + 1]
    looks = ""
    for unit in reversed(units):
        looks = f"{_BEFORE[unit] if unit != first else ''}{_DIGITS[unit]}{looks}"
        looks = f"(?:{looks})?" if unit != first else looks
    found = re.fullmatch(rf"(?P<sign>[+-]?){looks}", text)
    if found is None or not units or (first in _IN_MONTHS) != (last in _IN_MONTHS):
        return None
    parts = sum(int(found[unit] or 0) * _FACTORS[unit] for unit in units)
    fraction = (found["fraction"] or "") if last == "second" else ""
    return (parts + int(fraction.ljust(3, "0"))) * (-1 if found["sign"] == "-" else 1)


def kind(expression: exp.Expr) -> str | None:
    """Say whether an expression is an interval of months or of milliseconds by its looks, None where it is neither."""
    match expression:
        case exp.Interval():
            unit = expression.args["unit"]
            first = unit.this if isinstance(unit, exp.IntervalSpan) else unit
            return MONTHS if first.name.lower() in _IN_MONTHS else MILLISECONDS
        case exp.Add() | exp.Sub():
            left = kind(expression.this)
            return left if left and left == kind(expression.expression) else None
        case exp.Mul() | exp.Div():
            return kind(expression.this) or kind(expression.expression)
        case exp.Column():
            found = {kind(origin) for origin in origins.of(expression) or ()}
            return found.pop() if len(found) == 1 else None
        case _:
            return kind(expression.this) if isinstance(expression, _OF_FIRST) else None


def milliseconds(interval: exp.Interval) -> int:
    """Return those of a literal; raise StatementError for one of months."""
    unit = interval.text("unit").lower()
    if kind(interval) == MONTHS:
        raise StatementError("TYPE_MISMATCH", f"line 1:1: expected {MILLISECONDS}, found {MONTHS}")
    return int(interval.name) if unit == "millisecond" else count(interval.name, unit, unit) or 0


def is_one(expression: exp.Expr) -> bool:
    """Say whether an expression is a literal interval, or the negative of one."""
    inner = expression.unnest()
    return isinstance(inner, exp.Interval) or (isinstance(inner, exp.Neg) and is_one(inner.this))


def spans(tree: exp.Expr) -> exp.Expr:
    """Write an interval from one unit to another as one of months or milliseconds."""

    def written(node: exp.Interval) -> exp.Expr | None:
        span = node.args.get("unit")
        if not isinstance(span, exp.IntervalSpan):
            return None
        first, last = span.name.lower(), span.expression.name.lower()
        number = count(node.name, first, last)
        unit = "MONTH" if first in _IN_MONTHS else "MILLISECOND"
        return exp.Interval(this=exp.Literal.string(str(number)), unit=exp.Var(this=unit))

    return each(tree, exp.Interval, written)


def operators(tree: exp.Expr) -> exp.Expr:
    """An interval of months neither meets one of milliseconds, nor is it written like one."""

    def met(node: exp.Expr) -> None:
        found = {kind(side) for side in node.iter_expressions()} - {None}
        if len(found) > 1:
            raise StatementError("TYPE_MISMATCH", f"line 1:1: Cannot apply operator: {' to '.join(sorted(found))}")  # type: ignore[type-var]

    def written(node: exp.Cast) -> exp.Expr | None:
        own = kind(node.this)
        if own is None or node.to.this not in exp.DataType.TEXT_TYPES:
            return None
        if node.to.expressions:
            raise refuse(f"a cast of an interval to {node.to.sql('trino')}")
        return call("athena_interval_text", node.this.copy(), exp.Boolean(this=own == MONTHS))

    def named(node: exp.Typeof) -> exp.Expr | None:
        own = kind(node.this)
        return exp.Literal.string(own) if own else None

    if tree.find(exp.Interval) is None:
        return tree
    tree = each(tree, (exp.Add, exp.Sub, exp.Predicate), met)
    tree = each(tree, exp.Typeof, named)
    return each(tree, (exp.Cast, exp.TryCast), written)


ALL = (spans, operators)
