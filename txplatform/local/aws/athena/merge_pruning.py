"""Which files of its target a MERGE has to read: those whose partition can hold a match, as far as ON tells.

ON tells it by equalities of a partition's source column with a column of the source, whose values are looked up, and
by comparisons of such a column with constants.
"""

from collections.abc import Iterator
from typing import Any

import duckdb
from pyiceberg.table import FileScanTask, Table
from sqlglot import exp

from txplatform.local.aws.athena import dialect
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.partition_predicate import Predicate, translate
from txplatform.local.aws.athena.partitions import UNITS, extents


def files_with_matches(table: Table, tree: exp.Merge, cursor: duckdb.DuckDBPyConnection) -> list[FileScanTask]:
    """Return the files that can hold a matched row; the source of `tree` is materialised already."""
    tasks = list(table.scan().plan_files())
    constant = list(_constant_conditions(tree, cursor))
    equated = dict(_equalities(tree))
    looked_up: dict[tuple[str, str | None], set[Any]] = {}

    def can_match(task: FileScanTask) -> bool:
        known = extents(table, task.file.spec_id, task.file.partition)
        if any(True not in condition(known) for condition in constant):
            return False
        for field in table.specs()[task.file.spec_id].fields:
            name = table.schema().find_column_name(field.source_id) or ""
            if name in known and name in equated:
                key = name, UNITS.get(type(field.transform))
                if key not in looked_up:
                    looked_up[key] = _firsts(tree, *equated[name], key[1], cursor)
                if known[name][0] not in looked_up[key]:
                    return False
        return True

    return [task for task in tasks if can_match(task)]


def _conjuncts(condition: exp.Expr) -> Iterator[exp.Expr]:
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        yield from (*_conjuncts(condition.this), *_conjuncts(condition.expression))
    else:
        yield condition


def _equalities(tree: exp.Merge) -> Iterator[tuple[str, tuple[exp.Column, bool]]]:
    """Yield (target column, (source column, whether null equals null)) for conjuncts of ON that equate two columns."""
    target, source = tree.this.alias_or_name.lower(), tree.args["using"].alias_or_name.lower()
    for condition in _conjuncts(tree.args["on"]):
        if not isinstance(condition, exp.EQ | exp.NullSafeEQ):
            continue
        for one, other in ((condition.this, condition.expression), (condition.expression, condition.this)):
            if not (isinstance(one, exp.Column) and isinstance(other, exp.Column)):
                continue
            if one.table.lower() == target and other.table.lower() == source:
                yield one.name.lower(), (other, isinstance(condition, exp.NullSafeEQ))


def _constant_conditions(tree: exp.Merge, cursor: duckdb.DuckDBPyConnection) -> Iterator[Predicate]:
    target = tree.this.alias_or_name.lower()
    for condition in _conjuncts(tree.args["on"]):
        columns = list(condition.find_all(exp.Column))
        if columns and all(column.table.lower() == target for column in columns):
            try:
                yield translate(condition, cursor)
            except StatementError:  # no comparison with constants: it prunes nothing
                continue


def _firsts(
    tree: exp.Merge, source: exp.Column, null_safe: bool, unit: str | None, cursor: duckdb.DuckDBPyConnection
) -> set[Any]:
    """Return the first value of each partition that the values of a source column belong to."""
    column = dialect.to_duckdb(source.copy())
    # DuckDB makes a timestamp of a date that it truncates.
    first = f"CAST(date_trunc('{unit}', {column}) AS {_type_of(column, tree, cursor)})" if unit else column
    values = {value for (value,) in cursor.execute(f"SELECT DISTINCT {first} FROM {_source(tree)}").fetchall()}  # noqa: S608
    return values if null_safe else values - {None}


def _type_of(column: str, tree: exp.Merge, cursor: duckdb.DuckDBPyConnection) -> str:
    return cursor.execute(f"DESCRIBE SELECT {column} FROM {_source(tree)}").fetchall()[0][1]  # noqa: S608


def _source(tree: exp.Merge) -> str:
    return dialect.to_duckdb(tree.args["using"].copy())
