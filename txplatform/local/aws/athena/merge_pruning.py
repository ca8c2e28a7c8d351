"""Which part of its target a MERGE can match: partition fields that ON equates with columns of the source."""

from collections.abc import Iterator
from typing import Any

import duckdb
from pyiceberg.table import Table
from pyiceberg.transforms import DayTransform, HourTransform, IdentityTransform, MonthTransform, YearTransform
from sqlglot import exp

from txplatform.local.aws.athena import dialect

_UNITS = {HourTransform: "hour", DayTransform: "day", MonthTransform: "month", YearTransform: "year"}


def partition_range(table: Table, tree: exp.Merge, cursor: duckdb.DuckDBPyConnection) -> exp.Expr | None:
    """Return a condition that every matched row, and every row of its partition, meets; None where ON says nothing."""
    equated = {target: (source, null_safe) for target, source, null_safe in _equalities(tree)}
    conditions: list[exp.Expr] = []
    for field in table.spec().fields:
        name = table.schema().find_column_name(field.source_id) or ""
        unit = _UNITS.get(type(field.transform))
        if name in equated and (unit or isinstance(field.transform, IdentityTransform)):
            column = exp.column(name, table=tree.this.alias_or_name, quoted=True)
            conditions.append(_between(column, *equated[name], unit, tree, cursor))
    return exp.and_(*conditions) if conditions else None


def _equalities(tree: exp.Merge) -> Iterator[tuple[str, exp.Column, bool]]:
    """Yield (target column, source column, whether null equals null) for conjuncts of ON that equate two columns."""
    target, source = tree.this.alias_or_name.lower(), tree.args["using"].alias_or_name.lower()
    on = tree.args["on"].unnest()
    for conjunct in on.flatten() if isinstance(on, exp.And) else [on]:
        condition = conjunct.unnest()
        if not isinstance(condition, exp.EQ | exp.NullSafeEQ):
            continue
        for one, other in ((condition.this, condition.expression), (condition.expression, condition.this)):
            if not (isinstance(one, exp.Column) and isinstance(other, exp.Column)):
                continue
            if one.table.lower() == target and other.table.lower() == source:
                yield one.name.lower(), other, isinstance(condition, exp.NullSafeEQ)


def _between(
    column: exp.Column,
    source: exp.Column,
    null_safe: bool,
    unit: str | None,
    tree: exp.Merge,
    cursor: duckdb.DuckDBPyConnection,
) -> exp.Expr:
    bounds = exp.select(
        exp.alias_(exp.Min(this=source.copy()), "low"),
        exp.alias_(exp.Max(this=source.copy()), "high"),
        exp.alias_(exp.CountIf(this=source.copy().is_(exp.null())), "nulls"),
    ).from_(tree.args["using"].copy())
    lowest = f"date_trunc('{unit}', low)" if unit else "low"
    highest = f"date_trunc('{unit}', high) + INTERVAL 1 {unit}" if unit else "high"
    found = cursor.execute(
        f"SELECT {lowest}, {highest}, nulls, typeof(low) FROM ({dialect.to_duckdb(bounds)})"  # noqa: S608
    ).fetchone()
    assert found is not None
    low, high, nulls, kind = found
    conditions: list[exp.Expr] = []
    if low is not None:
        below = exp.LT if unit else exp.LTE
        conditions.append(
            exp.and_(
                exp.GTE(this=column.copy(), expression=_literal(low, kind)),
                below(this=column.copy(), expression=_literal(high, kind)),
            )
        )
    if nulls and null_safe:
        conditions.append(column.copy().is_(exp.null()))
    return exp.or_(*conditions) if conditions else exp.false()


def _literal(value: Any, kind: str) -> exp.Expr:
    names = {"TIMESTAMP WITH TIME ZONE": "timestamptz", "TIMESTAMP": "timestamp(6)"}
    return exp.cast(exp.Literal.string(str(value)), names.get(kind, kind.lower()))
