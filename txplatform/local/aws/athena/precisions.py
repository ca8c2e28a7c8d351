"""How many digits of a second a timestamp has, by its looks: DuckDB always has six, Trino as many as were written.

https://trino.io/docs/current/functions/datetime.html: current_timestamp and what reads or makes moments have three,
a literal those that it is written with. What comes out of a table has six, as Iceberg's have.
"""

from collections.abc import Iterator

from sqlglot import exp

from txplatform.local.aws.athena.rewriting import call, each

MICROSECONDS, _MILLISECONDS = 6, 3
MILLISECONDS = "milliseconds"  # marks a table whose timestamps have three digits
_MOST_COLUMNS = 1000  # of such tables
_MAKING = ("now", "date_parse", "from_iso8601_timestamp", "from_unixtime")
_KEEPING = ("at_timezone", "with_timezone")
_OF_FIRST = (
    exp.Add, exp.Sub, exp.DateAdd, exp.DateTrunc, exp.TimestampTrunc, exp.AtTimeZone, exp.Paren, exp.Alias, exp.Min,
    exp.Max, exp.AnyValue, exp.ArrayAgg, exp.Nullif, exp.Try,
)  # fmt: skip
_MOMENTS = (exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIMESTAMPTZ)


def digits_of(node: exp.Expr) -> int:
    """Return the digits of a timestamp expression, six where nothing tells of fewer."""
    match node:
        case exp.CurrentTimestamp() | exp.Localtimestamp():
            return _MILLISECONDS
        case exp.Cast() if node.to.this == exp.DataType.Type.DATE:
            return 0
        case exp.Cast() if node.to.this in _MOMENTS:
            given = [int(parameter.name) for parameter in node.to.expressions]
            return given[0] if given else _MILLISECONDS
        case exp.Anonymous() if node.name.lower() in _MAKING:
            return _MILLISECONDS
        case exp.Anonymous() if node.name.lower() in _KEEPING and node.expressions:
            return digits_of(node.expressions[0])
        case exp.Coalesce():
            return max(map(digits_of, [node.this, *node.expressions]))
        case exp.Array():
            return max(map(digits_of, node.expressions), default=MICROSECONDS)
        case exp.If() | exp.Case():
            branches = node.args.get("ifs") or [node]
            otherwise = node.args.get("default") or node.args.get("false")
            return max(map(digits_of, [*(b.args["true"] for b in branches), *([otherwise] if otherwise else [])]))
        case exp.Column():
            return _of_column(node)
        case _:
            return digits_of(node.this) if isinstance(node, _OF_FIRST) else MICROSECONDS


def _of_column(column: exp.Column) -> int:
    """Follow a column into the only table of its query, where that is VALUES or a query itself."""
    select = column.find_ancestor(exp.Select)
    source = select.args.get("from_") if select and not select.args.get("joins") else None
    table = source.this if source else None
    alias = table.args.get("alias") if table else None
    if table is not None and table.meta.get(MILLISECONDS):
        return _MILLISECONDS
    if table is None or (column.table and column.table.lower() != table.alias.lower()):
        return MICROSECONDS
    inner = table.this if isinstance(table, exp.Subquery) else table
    names = [name.name.lower() for name in alias.columns] if isinstance(alias, exp.TableAlias) else []
    if isinstance(inner, exp.Query):
        selects = list(_selects(inner))
        names = names or [item.alias_or_name.lower() for item in selects[0].expressions]
        rows = [select.expressions for select in selects]
    elif isinstance(inner, exp.Values):
        rows = [row.expressions if isinstance(row, exp.Tuple) else [row] for row in inner.expressions]
    else:
        return MICROSECONDS
    at = names.index(column.name.lower()) if column.name.lower() in names else len(names)
    return max((digits_of(row[at]) if at < len(row) else MICROSECONDS for row in rows), default=MICROSECONDS)


def _selects(query: exp.Query) -> Iterator[exp.Query]:
    """Yield the queries that a set operation puts together, or the single one itself."""
    if isinstance(query, exp.SetOperation):
        yield from _selects(query.this)
        yield from _selects(query.expression)
    else:
        inner = query.unnest()
        yield inner if isinstance(inner, exp.Query) else query


def of_columns(tree: exp.Expr) -> list[int]:
    """Return the digits with which the columns of a query are written: Athena writes three at least."""
    selects = list(_selects(tree)) if isinstance(tree, exp.Query) else []
    if not selects or any(not isinstance(of, exp.Select) or of.is_star for of in selects):
        marked = [table.meta.get(MILLISECONDS) for of in selects for table in of.find_all(exp.Table)]
        return [_MILLISECONDS] * _MOST_COLUMNS if marked and all(marked) else []
    return [
        max(_MILLISECONDS, *map(digits_of, items)) for items in zip(*(of.expressions for of in selects), strict=False)
    ]


def texts(tree: exp.Expr) -> exp.Expr:
    """A timestamp is cast to a text of its own digits."""

    def written(node: exp.Cast) -> exp.Expr | None:
        digits = digits_of(node.this) if node.to.this in exp.DataType.TEXT_TYPES else MICROSECONDS
        if digits >= MICROSECONDS or node.to.expressions:
            return None
        return call("athena_digits", node.copy(), exp.Literal.number(digits))

    return each(tree, (exp.Cast, exp.TryCast), written)


ALL = (texts,)
