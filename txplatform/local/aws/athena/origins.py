"""What columns stand for, where a query's sources are VALUES, queries and common tables: what looks tell of them."""

from collections.abc import Iterator, Sequence
from itertools import chain

from sqlglot import exp

from txplatform.local.aws.athena.rewriting import refuse

Columns = dict[str, list[exp.Expr]]  # the expressions whose values a column has, by its name in lower case


def source(column: exp.Column) -> exp.Expr | None:
    """Return the only table of the query that a column stands in, None where there are several, or it is of another."""
    select = column.find_ancestor(exp.Select)
    tables = _sources(select) if select else []
    if len(tables) != 1 or (column.table and column.table.lower() != _name(tables[0])):
        return None
    return tables[0]


def of(column: exp.Column) -> list[exp.Expr] | None:
    """Return the expressions whose values a column has, None where they are not to be seen."""
    select = column.find_ancestor(exp.Select)
    for table in _sources(select) if select else ():
        if column.table and _name(table) != column.table.lower():
            continue
        columns = _columns(table)
        if columns is None:
            return None
        if column.name.lower() in columns:
            return columns[column.name.lower()]
    return None


def outputs(query: exp.Expr) -> list[list[exp.Expr]] | None:
    """Return the expressions that each column of a query has, None where they are not to be seen."""
    if isinstance(query, exp.Values):
        rows = [row.expressions if isinstance(row, exp.Tuple) else [row] for row in query.expressions]
        return [list(column) for column in zip(*rows, strict=False)]
    found = [_selected(select) for select in selects(query)] if isinstance(query, exp.Query) else [None]
    if any(columns is None for columns in found):
        return None
    return [list(chain.from_iterable(column)) for column in zip(*(of or [] for of in found), strict=False)]


def _selected(query: exp.Query) -> list[list[exp.Expr]] | None:
    if not isinstance(query, exp.Select):
        return outputs(query) if isinstance(query, exp.Values) else None
    made: list[list[exp.Expr]] = []
    for item in query.expressions:
        star = item.this if isinstance(item, exp.Column) else item
        if not isinstance(star, exp.Star):
            made.append([item])
            continue
        of_table = item.table.lower() if isinstance(item, exp.Column) else ""
        tables = [table for table in _sources(query) if of_table in ("", _name(table))]
        columns = [_columns(table) for table in tables]
        if star.args.get("except_") or _uses_names(query) or any(of is None for of in columns):
            return None
        made += [expressions for of in columns for expressions in (of or {}).values()]
    return made


def _uses_names(select: exp.Select) -> bool:
    return any(join.args.get("using") for join in select.args.get("joins") or [])


def _sources(select: exp.Select) -> list[exp.Expr]:
    first = select.args.get("from_")
    joined = [*(select.args.get("joins") or []), *(select.args.get("laterals") or [])]
    return [*([first.this] if first else []), *(join.this if isinstance(join, exp.Join) else join for join in joined)]


def _name(table: exp.Expr) -> str:
    return table.alias_or_name.lower()


def _columns(table: exp.Expr) -> Columns | None:
    """Return the columns of a source in their order, None where they are not to be seen."""
    common = _common(table) if isinstance(table, exp.Table) else None
    inner = table.this if isinstance(table, exp.Subquery) else common.this if common is not None else table
    if not isinstance(inner, exp.Query | exp.Values):
        return None
    found = outputs(inner)
    if found is None:
        return None
    names = _listed(table) or (_listed(common) if common is not None else []) or _names(inner)
    return dict(zip(names, found, strict=True)) if len(names) == len(found) == len(set(names)) else None


def _listed(table: exp.Expr) -> list[str]:
    alias = table.args.get("alias")
    return [name.name.lower() for name in alias.columns] if isinstance(alias, exp.TableAlias) else []


def _names(query: exp.Expr) -> list[str]:
    """Return the names of a query's columns, made up for those without one."""
    first = next(selects(query)) if isinstance(query, exp.Query) else query
    if not isinstance(first, exp.Select):
        return []
    names: list[str] = []
    for position, item in enumerate(first.expressions):
        star = item.this if isinstance(item, exp.Column) else item
        if isinstance(star, exp.Star):
            of_table = item.table.lower() if isinstance(item, exp.Column) else ""
            tables = [_columns(table) for table in _sources(first) if of_table in ("", _name(table))]
            names += [name for columns in tables for name in columns or ()]
        else:
            names.append(item.alias_or_name.lower() or f"?{position}")
    return names


def _common(table: exp.Table) -> exp.CTE | None:
    """Return the common table that a name stands for."""
    outer: exp.Expr | None = table
    while outer is not None and not table.db:
        clause = outer.args.get("with_")
        for common in clause.expressions if isinstance(clause, exp.With) else ():
            if common.alias.lower() == table.name.lower() and table.find_ancestor(exp.CTE) is not common:
                return common
        outer = outer.parent
    return None


def require_seen(node: exp.Expr, what: str) -> None:
    """Raise StatementError where a value comes out of a table whose columns are not to be seen outside of it."""
    table = node.find_ancestor(exp.Values, exp.Subquery, exp.CTE)
    while table is not None:
        for outer in _users(table):
            if outer is None or _uses_names(outer) or any(_columns(of) is None for of in _sources(outer)):
                raise refuse(f"{what} out of this table")
        table = table.find_ancestor(exp.Values, exp.Subquery, exp.CTE)


def _users(table: exp.Expr) -> Sequence[exp.Select | None]:
    """Return the queries that have a table among their sources, None for a query that is no source."""
    if isinstance(table, exp.CTE):
        named = (of for of in table.root().find_all(exp.Table) if _common(of) is table)
        return [_reader(of) for of in named]
    if isinstance(table, exp.Values) and isinstance(table.parent, exp.Subquery):
        return []  # that of the subquery
    return [_reader(table)]


def _reader(table: exp.Expr) -> exp.Select | None:
    select = table.parent_select
    return select if isinstance(select, exp.Select) and any(table is of for of in _sources(select)) else None


def selects(query: exp.Query) -> Iterator[exp.Query]:
    """Yield the queries that a set operation puts together, or the single one itself."""
    if isinstance(query, exp.SetOperation):
        yield from selects(query.this)
        yield from selects(query.expression)
    else:
        inner = query.unnest()
        yield inner if isinstance(inner, exp.Query) else query
