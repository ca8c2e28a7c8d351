"""The WHERE of an OPTIMIZE, tested on partitions: it has to be true for all rows of a partition or for none.

What a condition can be in a partition is a set of SQL's three truth values. A column is known there by the first and
the last value that its partition can hold; both are None where the partition is that of nulls.
"""

import operator
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from itertools import product
from typing import Any

import duckdb
from sqlglot import exp

from txplatform.local.aws.athena import dialect
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.rewriting import refuse

Extent = tuple[Any, Any]
Truths = frozenset[bool | None]
Predicate = Callable[[Mapping[str, Extent]], Truths]

_ANY: Truths = frozenset((True, False, None))
_COMPARISONS: dict[type[exp.Expr], Callable[[Any, Any], bool]] = {
    exp.EQ: operator.eq,
    exp.NEQ: operator.ne,
    exp.GT: operator.gt,
    exp.GTE: operator.ge,
    exp.LT: operator.lt,
    exp.LTE: operator.le,
}
_MIRRORED = {exp.GT: exp.LT, exp.GTE: exp.LTE, exp.LT: exp.GT, exp.LTE: exp.GTE}


def translate(node: exp.Expr, cursor: duckdb.DuckDBPyConnection) -> Predicate:
    """Translate comparisons of columns with constants; raise StatementError for anything else."""
    match node:
        case exp.Paren():
            return translate(node.this, cursor)
        case exp.And() | exp.Or():
            one, other = translate(node.this, cursor), translate(node.expression, cursor)
            join = _and if isinstance(node, exp.And) else _or
            return lambda extents: frozenset(join(*pair) for pair in product(one(extents), other(extents)))
        case exp.Not():
            inner = translate(node.this, cursor)
            return lambda extents: frozenset(None if truth is None else not truth for truth in inner(extents))
        case exp.Boolean():
            return lambda _: frozenset((bool(node.this),))
        case exp.Is(this=exp.Column() as column, expression=exp.Null()):
            return lambda extents: (
                frozenset((extents[column.name.lower()][0] is None,)) if column.name.lower() in extents else _ANY
            )
        case exp.Between():
            lowest = exp.GTE(this=node.this.copy(), expression=node.args["low"].copy())
            highest = exp.LTE(this=node.this.copy(), expression=node.args["high"].copy())
            return translate(exp.And(this=lowest, expression=highest), cursor)
        case exp.In() if node.expressions:
            return translate(exp.or_(*(node.this.copy().eq(value.copy()) for value in node.expressions)), cursor)
        case _ if type(node) in _COMPARISONS:
            return _comparison(node, cursor)
    raise refuse(f"in WHERE of OPTIMIZE: {node.sql('trino')[:60]}")


def _and(one: bool | None, other: bool | None) -> bool | None:
    return False if one is False or other is False else None if one is None or other is None else True


def _or(one: bool | None, other: bool | None) -> bool | None:
    return True if one or other else None if one is None or other is None else False


def _comparison(node: exp.Expr, cursor: duckdb.DuckDBPyConnection) -> Predicate:
    kind, one, other = type(node), node.this, node.expression
    if other.find(exp.Column):
        kind, one, other = _MIRRORED.get(kind, kind), other, one
    column = one.this if isinstance(one, exp.Date) or (isinstance(one, exp.Cast) and one.to.is_type("date")) else one
    value = None if other.find(exp.Column, exp.Query) else _value(other, cursor)
    if value is None or not isinstance(column, exp.Column):
        raise refuse(f"in WHERE of OPTIMIZE: {node.sql('trino')[:60]}")
    name, is_day = column.name.lower(), column is not one

    def test(extents: Mapping[str, Extent]) -> Truths:
        if name not in extents:
            return _ANY
        first, last = (_day(end) if is_day else end for end in extents[name])
        if first is None:
            return frozenset((None,))
        constant = _like(value, first)
        if type(constant) is not type(first):
            reason = f"line 1:1: Cannot apply operator: {type(first).__name__} = {type(value).__name__}"
            raise StatementError("TYPE_MISMATCH", reason)
        if kind in (exp.EQ, exp.NEQ) and first <= constant <= last and first != last:
            return frozenset((True, False))
        return frozenset((_COMPARISONS[kind](first, constant), _COMPARISONS[kind](last, constant)))

    return test


def _like(value: Any, column: Any) -> Any:
    """Coerce a constant to a moment where the column is one."""
    if isinstance(column, datetime) and type(value) is date:
        value = datetime.combine(value, time(), UTC)
    return (
        value.replace(tzinfo=column.tzinfo) if isinstance(column, datetime) and isinstance(value, datetime) else value
    )


def _day(value: Any) -> Any:
    return value.date() if isinstance(value, datetime) else value


def _value(constant: exp.Expr, cursor: duckdb.DuckDBPyConnection) -> Any:
    row = cursor.execute(dialect.to_duckdb(exp.select(constant.copy()))).fetchone()
    value = row[0] if row else None
    return value.astimezone(UTC) if isinstance(value, datetime) and value.tzinfo else value
