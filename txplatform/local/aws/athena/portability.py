"""Names that DuckDB resolves and Athena does not: refused here, before they fail in production.

Trino resolves names in SELECT, WHERE, GROUP BY and HAVING in the tables alone; DuckDB also takes the aliases of the
select list.
"""

from collections.abc import Iterator

import duckdb
from sqlglot import exp

from txplatform.local.aws.athena import dialect
from txplatform.local.aws.athena.errors import UNRESOLVED, StatementError

_CLAUSES = ("expressions", "where", "group", "having")
_SOURCES = ("from_", "joins", "laterals")


def refuse_aliases(tree: exp.Expr, sql: str, cursor: duckdb.DuckDBPyConnection) -> None:
    """Raise StatementError where a bound statement refers to an alias as if it were a column."""
    for select in tree.find_all(exp.Select):
        used = sorted(_alias_uses(select))
        if not used or _is_correlated(select):
            continue
        probe = exp.select(*(exp.column(name, quoted=True) for name in used))
        for source in _SOURCES:
            if select.args.get(source):
                given = select.args[source]
                probe.set(source, [part.copy() for part in given] if isinstance(given, list) else given.copy())
        common = [part.copy() for part in common_tables(select)]
        if common:
            probe.set("with_", exp.With(expressions=common))
        try:
            cursor.sql(dialect.to_duckdb(probe))
        except duckdb.BinderException as error:
            for name in used:
                if f'"{name}"' in str(error):
                    raise StatementError(
                        "COLUMN_NOT_FOUND", f"{dialect.place(sql, name)}: {UNRESOLVED.format(name)}"
                    ) from error
            raise


def _alias_uses(select: exp.Select) -> set[str]:
    """Return names that are aliases of the select list and stand unqualified in a clause that may not use them."""
    aliases = {item.alias.lower() for item in select.expressions if isinstance(item, exp.Alias)}
    aliases -= {item.name.lower() for item in select.expressions if isinstance(item, exp.Column)}
    used = {
        column.name.lower()
        for clause in _CLAUSES
        for part in _parts(select, clause)
        for column in part.walk(prune=lambda node: isinstance(node, exp.Query))
        if isinstance(column, exp.Column) and not column.table
    }
    return used & aliases


def _parts(select: exp.Select, clause: str) -> list[exp.Expr]:
    value = select.args.get(clause)
    if clause == "expressions":  # a bare column is what the alias stands for, e.g. a AS b
        return [item for item in value or [] if not isinstance(item, exp.Column)]
    return [value] if value is not None else []


def _is_correlated(select: exp.Select) -> bool:
    """Say whether the query stands in an expression, where it may see columns from outside."""
    return (
        select.find_ancestor(exp.Exists, exp.In, exp.Binary, exp.Where, exp.Having, exp.Lateral, exp.Alias) is not None
    )


def common_tables(select: exp.Expr) -> Iterator[exp.CTE]:
    """Yield the common table expressions that a select sees, outermost first."""
    found: list[list[exp.CTE]] = []
    inside: exp.Expr | None = select
    while inside is not None:
        clause = inside.parent if isinstance(inside, exp.CTE) else inside.args.get("with_")
        if isinstance(clause, exp.With):
            before: list[exp.CTE] = []
            for common in clause.expressions:
                if common is inside:
                    break
                before.append(common)
            found.append(before)
            inside = clause.parent.parent if isinstance(inside, exp.CTE) and clause.parent else inside.parent
        else:
            inside = inside.parent
    for group in reversed(found):
        yield from group
