"""How many digits of a second a timestamp has, by its looks: DuckDB always has six, Trino as many as were written.

https://trino.io/docs/current/functions/datetime.html: current_timestamp and what reads or makes moments have three,
a literal those that it is written with. What comes out of a table has six, as Iceberg's have.
"""

from sqlglot import exp

from txplatform.local.aws.athena import origins
from txplatform.local.aws.athena.known_kinds import known_kind
from txplatform.local.aws.athena.rewriting import call, each

MICROSECONDS, _MILLISECONDS = 6, 3
MILLISECONDS = "milliseconds"  # marks a table whose timestamps have three digits
DIGITS = "digits"  # those of a node, where a rewrite has found them out
_MOST_COLUMNS = 1000  # of such tables
_MAKING = ("now", "date_parse", "parse_datetime", "from_iso8601_timestamp", "from_unixtime")
_KEEPING = ("at_timezone", "with_timezone")
_OF_FIRST = (
    exp.Add, exp.Sub, exp.DateAdd, exp.DateTrunc, exp.TimestampTrunc, exp.AtTimeZone, exp.Paren, exp.Alias, exp.Min,
    exp.Max, exp.AnyValue, exp.ArrayAgg, exp.Nullif, exp.Try,
)  # fmt: skip
_MOMENTS = (exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIMESTAMPTZ, exp.DataType.Type.TIME)


def digits_of(node: exp.Expr) -> int:
    """Return the digits of a timestamp expression, six where nothing tells of fewer."""
    if DIGITS in node.meta:
        return node.meta[DIGITS]
    match node:
        case exp.CurrentTimestamp() | exp.Localtimestamp():
            return _MILLISECONDS
        case exp.Cast() if node.to.this == exp.DataType.Type.DATE:
            return 0
        case exp.Cast() if node.to.this in _MOMENTS:
            given = [int(parameter.name) for parameter in node.to.expressions]
            return given[0] if given else _MILLISECONDS
        case exp.Anonymous() if node.name.lower().removeprefix("athena_") in _MAKING:
            return _MILLISECONDS
        case exp.Anonymous() if node.name.lower() in _KEEPING and node.expressions:
            return digits_of(node.expressions[0])
        case exp.Coalesce():
            return max(map(digits_of, [node.this, *node.expressions]))
        case exp.GenerateSeries():
            return max(digits_of(node.args["start"]), digits_of(node.args["end"]))
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
    table = origins.source(column)
    if table is not None and table.meta.get(MILLISECONDS):
        return _MILLISECONDS
    return max(map(digits_of, origins.of(column) or ()), default=MICROSECONDS)


def of_columns(tree: exp.Expr) -> list[int]:
    """Return the digits with which the columns of a query are written: Athena writes three at least."""
    columns = origins.outputs(tree)
    if columns is None:
        selects = list(origins.selects(tree)) if isinstance(tree, exp.Query) else []
        marked = [table.meta.get(MILLISECONDS) for of in selects for table in of.find_all(exp.Table)]
        return [_MILLISECONDS] * _MOST_COLUMNS if marked and all(marked) else []
    return [max(_MILLISECONDS, *map(digits_of, items)) for items in columns]


def texts(tree: exp.Expr) -> exp.Expr:
    """A timestamp is cast to a text of its own digits."""

    def written(node: exp.Cast) -> exp.Expr | None:
        digits = digits_of(node.this) if node.to.this in exp.DataType.TEXT_TYPES else MICROSECONDS
        if digits >= MICROSECONDS or node.to.expressions:
            return None
        if known_kind(node.this) == "TIME":
            return call("athena_time_text", node.this.copy(), exp.Literal.number(digits))
        return call("athena_digits", node.copy(), exp.Literal.number(digits))

    return each(tree, (exp.Cast, exp.TryCast), written)


ALL = (texts,)
