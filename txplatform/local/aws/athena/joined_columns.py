"""Columns joined by USING are compared, so their types agree: https://trino.io/docs/current/sql/select.html#using."""

import duckdb
from sqlglot import exp

from txplatform.local.aws.athena import dialect
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.kinds import RefusedError
from txplatform.local.aws.athena.portability import common_tables
from txplatform.local.aws.athena.supertypes import common


def refuse_mismatches(tree: exp.Expr, cursor: duckdb.DuckDBPyConnection) -> None:
    """Raise StatementError where a table has the column in another type than the first one that has it."""
    for select in tree.find_all(exp.Select):
        joins = select.args.get("joins") or []
        source = select.args.get("from_")
        if source is None or not any(join.args.get("using") for join in joins):
            continue
        tables = [source.this, *(join.this for join in joins)]
        for position, join in enumerate(joins, 1):
            for name in join.args.get("using") or []:
                kinds = [_kind(table, name, select, cursor) for table in tables[: position + 1]]
                _compare(name.name, [kind for kind in (*kinds[:-1], kinds[-1]) if kind])


def _compare(name: str, kinds: list[str]) -> None:
    for kind in kinds[1:]:
        try:
            common(kinds[0], kind)
        except RefusedError as error:
            reason = f"line 1:1: Column types of '{name}' do not match: {kinds[0]}, {kind}"
            raise StatementError(error.name, reason.lower()) from error


def _kind(table: exp.Expr, name: exp.Expr, select: exp.Select, cursor: duckdb.DuckDBPyConnection) -> str | None:
    """Return the type of a table's column, None where it has none, or cannot be asked alone."""
    probe = exp.select(exp.Column(this=name.copy())).from_(table.copy())
    tables = [common_table.copy() for common_table in common_tables(select)]
    if tables:
        probe.set("with_", exp.With(expressions=tables))
    try:
        return str(cursor.sql(dialect.to_duckdb(probe)).types[0])
    except duckdb.BinderException:
        return None
