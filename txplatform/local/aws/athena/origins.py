"""What a column stands for, where its query has one source and that is VALUES or a query: what looks tell of both."""

from collections.abc import Iterator

from sqlglot import exp

from txplatform.local.aws.athena.rewriting import refuse


def source(column: exp.Column) -> exp.Expr | None:
    """Return the only table of the query that a column stands in, None where there are several, or it is of another."""
    select = column.find_ancestor(exp.Select)
    found = select.args.get("from_") if select and not select.args.get("joins") else None
    table = found.this if found else None
    if table is None or (column.table and column.table.lower() != table.alias.lower()):
        return None
    return table


def of(column: exp.Column) -> list[exp.Expr] | None:
    """Return the expressions whose values a column has, None where they are not to be seen."""
    table = source(column)
    alias = table.args.get("alias") if table is not None else None
    inner = table.this if isinstance(table, exp.Subquery) else table
    names = [name.name.lower() for name in alias.columns] if isinstance(alias, exp.TableAlias) else []
    if isinstance(inner, exp.Query):
        selected = list(selects(inner))
        if any(of.is_star for of in selected):
            return None
        names = names or [item.alias_or_name.lower() for item in selected[0].expressions]
        rows = [query.expressions for query in selected]
    elif isinstance(inner, exp.Values):
        rows = [row.expressions if isinstance(row, exp.Tuple) else [row] for row in inner.expressions]
    else:
        return None
    at = names.index(column.name.lower()) if column.name.lower() in names else len(names)
    return [row[at] for row in rows] if all(at < len(row) for row in rows) else None


def require_seen(node: exp.Expr, what: str) -> None:
    """Raise StatementError where a value comes out of a table that is not the only one of its query, or by `*`."""
    table = node.find_ancestor(exp.Values, exp.Subquery, exp.CTE)
    while table is not None:
        outer = None if isinstance(table, exp.CTE) else table.parent_select
        if outer is None or outer.args.get("joins") or outer.is_star:
            raise refuse(f"{what} out of this table")
        table = table.find_ancestor(exp.Values, exp.Subquery, exp.CTE)


def selects(query: exp.Query) -> Iterator[exp.Query]:
    """Yield the queries that a set operation puts together, or the single one itself."""
    if isinstance(query, exp.SetOperation):
        yield from selects(query.this)
        yield from selects(query.expression)
    else:
        inner = query.unnest()
        yield inner if isinstance(inner, exp.Query) else query
