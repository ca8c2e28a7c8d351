"""Names that a SELECT brings in sight: of columns joined by USING, of its own columns in ORDER BY, of unnamed ones.

https://trino.io/docs/current/sql/select.html. Functions that change the tree in place.
"""

from collections.abc import Iterator, Sequence

from sqlglot import exp

from txplatform.local.aws.athena.errors import UNRESOLVED, StatementError
from txplatform.local.aws.athena.rewriting import refuse

UNNAMED = "?column"  # begins the name of a column without one: no identifier of Trino


def _of_query(select: exp.Select, kind: type[exp.Expr]) -> Iterator[exp.Expr]:
    """Yield the nodes of a kind in a select, without those of queries inside of it."""
    for node in select.walk(prune=lambda node: isinstance(node, exp.Query) and node is not select):
        if isinstance(node, kind):
            yield node


def joined(tree: exp.Expr) -> exp.Expr:
    """Columns joined by USING come first in *, and belong to neither table."""
    for select in list(tree.find_all(exp.Select)):
        using = [
            item.name for join in reversed(select.args.get("joins") or []) for item in join.args.get("using") or []
        ]
        if not using:
            continue
        names = {name.lower() for name in using}
        for column in _of_query(select, exp.Column):
            if column.args.get("table") and isinstance(column.this, exp.Star):
                raise refuse(f"{column.sql('trino')} beside USING")
            if column.args.get("table") and column.name.lower() in names:
                raise StatementError("COLUMN_NOT_FOUND", f"line 1:1: {UNRESOLVED.format(column.sql('trino'))}")
        unique = [exp.to_identifier(name, quoted=True) for name in dict.fromkeys(using)]
        rest = exp.Star(except_=unique)
        items: list[exp.Expr] = []
        for item in select.expressions:
            items += (
                [*(exp.Column(this=name.copy()) for name in unique), rest] if isinstance(item, exp.Star) else [item]
            )
        select.set("expressions", items)
    return tree


def ordered(tree: exp.Expr) -> exp.Expr:
    """A name in ORDER BY is that of a column selected, before one of the tables: DuckDB sees it so standing alone."""
    for select in list(tree.find_all(exp.Select)):
        order = select.args.get("order")
        if order is None:
            continue
        _refuse_unselected(select, order)
        meant = {item.alias.lower(): item.this for item in select.expressions if isinstance(item, exp.Alias)}
        for item in order.expressions:
            for column in list(item.find_all(exp.Column)):
                alone = column.parent is item or column.find_ancestor(exp.AggFunc, exp.Query) is not select
                if alone or column.args.get("table") or column.name.lower() not in meant:
                    continue
                column.replace(exp.paren(meant[column.name.lower()].copy()))
    return tree


def _refuse_unselected(select: exp.Select, order: exp.Expr) -> None:
    """Distinct rows are ordered by what is selected."""
    if not select.args.get("distinct") or any(item.is_star for item in select.expressions):
        return
    names = {item.alias_or_name.lower() for item in select.expressions}
    meant = [item.unalias() for item in select.expressions]
    for item in order.expressions:
        by = item.this
        known = by.name.lower() in names if isinstance(by, exp.Column) else isinstance(by, exp.Literal) or by in meant
        if not known and not any(column.name.lower() in names for column in by.find_all(exp.Column)):
            raise StatementError(
                "EXPRESSION_NOT_IN_DISTINCT",
                "line 1:1: For SELECT DISTINCT, ORDER BY expressions must appear in select list",
            )


def unambiguous(tree: exp.Expr) -> exp.Expr:
    """A name that a subquery gives to two columns cannot be used outside of it: DuckDB takes the first."""
    for table in tree.find_all(exp.Subquery):
        inner, outer = table.this, table.parent_select
        if not isinstance(inner, exp.Select) or outer is None or table.alias_column_names:
            continue
        names = [item.alias_or_name.lower() for item in inner.expressions if not item.is_star]
        repeated = {name for name in names if name and names.count(name) > 1}
        for column in _of_query(outer, exp.Column) if repeated else ():
            if column.name.lower() in repeated and column.args.get("table") is None:
                raise StatementError("AMBIGUOUS_NAME", f"line 1:1: Column '{column.name}' is ambiguous")
    return tree


def listed(tree: exp.Expr) -> exp.Expr:
    """A table has as many columns as its list of names."""
    for table in tree.find_all(exp.Values, exp.Subquery, exp.CTE):
        alias = table.args.get("alias")
        wanted = len(alias.columns) if isinstance(alias, exp.TableAlias) else 0
        found = _width(table)
        if wanted and found and wanted != found:
            raise StatementError(
                "MISMATCHED_COLUMN_ALIASES",
                f"line 1:1: Column alias list has {wanted} entries but '{table.alias}' has {found} columns available",
            )
    return tree


def _width(table: exp.Expr) -> int:
    if isinstance(table, exp.Values):
        first = table.expressions[0] if table.expressions else None
        return len(first.expressions) if isinstance(first, exp.Tuple) else 1
    inner = table.this.unnest() if isinstance(table.this, exp.Subquery) else table.this
    if isinstance(inner, exp.Values):
        return _width(inner)
    if isinstance(inner, exp.Select) and not any(item.is_star for item in inner.expressions):
        return len(inner.expressions)
    return 0


def require_names(columns: Sequence[tuple[str, str]]) -> None:
    """Raise StatementError where a column of a view, or of a table made from a query, lacks name or type."""
    names = [name for name, _ in columns]
    for position, (name, kind) in enumerate(columns, 1):
        if name.startswith(UNNAMED):
            reason = f"line 1:1: Column name not specified at position {position}"
            raise StatementError("COLUMN_NAME_NOT_SPECIFIED", reason)
        if names.count(name) > 1:
            raise StatementError("DUPLICATE_COLUMN_NAME", f"line 1:1: Column name '{name}' specified more than once")
        if not kind:
            raise StatementError("COLUMN_TYPE_UNKNOWN", f"line 1:1: Column type is unknown: {name}")


ALL = (unambiguous, listed, joined, ordered)
