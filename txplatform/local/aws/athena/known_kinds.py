"""The types that expressions have by their looks, by DuckDB's names: what need not be asked for while DuckDB binds.

Asking writes an expression a second time, at each depth again, so it is done for columns and little else.
"""

from sqlglot import exp

from txplatform.local.aws.athena.kinds import NULL
from txplatform.local.aws.athena.library_functions import FUNCTIONS

_TYPE = exp.DataType.Type
_OF_CASTS = {
    _TYPE.BOOLEAN: "BOOLEAN", _TYPE.TINYINT: "TINYINT", _TYPE.SMALLINT: "SMALLINT", _TYPE.INT: "INTEGER",
    _TYPE.BIGINT: "BIGINT", _TYPE.FLOAT: "FLOAT", _TYPE.DOUBLE: "DOUBLE", _TYPE.VARCHAR: "VARCHAR",
    _TYPE.TEXT: "VARCHAR", _TYPE.DATE: "DATE", _TYPE.TIMESTAMP: "TIMESTAMP",
    _TYPE.TIMESTAMPTZ: "TIMESTAMP WITH TIME ZONE", _TYPE.VARBINARY: "BLOB", _TYPE.TIME: "TIME",
}  # fmt: skip
_OF_NODES: dict[str, tuple[type[exp.Expr], ...]] = {
    "BOOLEAN": (exp.Predicate, exp.And, exp.Or, exp.Not, exp.Exists, exp.Between, exp.In, exp.Boolean),
    "VARCHAR": (exp.Trim, exp.Replace, exp.Substring, exp.GroupConcat, exp.ConcatWs, exp.JSONExtractScalar),
    "BIGINT": (
        exp.Count, exp.Ntile, exp.RowNumber, exp.Rank, exp.DenseRank, exp.DateDiff, exp.Extract, exp.Year, exp.Month,
        exp.Day, exp.Hour, exp.Minute, exp.Second, exp.Quarter, exp.DayOfWeekIso, exp.ArraySize, exp.ApproxDistinct,
        exp.StrPosition,
    ),
    "DOUBLE": (
        exp.PercentRank, exp.CumeDist, exp.CovarPop, exp.CovarSamp, exp.Stddev, exp.StddevSamp, exp.StddevPop,
        exp.Variance, exp.VariancePop,
    ),
    "DATE": (exp.Date, exp.CurrentDate),
    "TIMESTAMP": (exp.Localtimestamp,),
    "TIME": (exp.Localtime,),
    "INTERVAL": (exp.Interval,),
    "TIMESTAMP WITH TIME ZONE": (exp.CurrentTimestamp,),
}  # fmt: skip
_OF_FUNCTIONS = {  # what rewrites put in the place of functions
    "VARCHAR": (
        "athena_varchar",
        "athena_digits",
        "athena_short",
        "athena_replace",
        "athena_json_scalar",
        "athena_char",
        "rtrim",
        "athena_interval_text",
        "athena_offset_text",
    ),
    "BIGINT": ("date_sub", "len", "cardinality", "athena_interval_part", "athena_offset_part"),
    "TIMESTAMP": ("athena_local", "athena_local_by"),
    "TIMESTAMP WITH TIME ZONE": ("athena_instant", "athena_instant_by"),
    "BLOB": ("unhex",),
    "JSON": ("athena_json",),
    "BOOLEAN": ("athena_contains", "athena_is_nan", "athena_same_arrays", "athena_same_maps", "athena_before"),
}
_BY_NODE = {node: kind for kind, nodes in _OF_NODES.items() for node in nodes}
_BY_FUNCTION = {name: kind for kind, names in _OF_FUNCTIONS.items() for name in names}


for function in FUNCTIONS.values():
    if function.result.isupper():
        _BY_FUNCTION[function.target] = function.result
KEEPING = frozenset(of.target for of in FUNCTIONS.values() if of.result == "first")


def known_kind(expression: exp.Expr) -> str | None:
    """Return the type of an expression, None where its looks do not tell."""
    node = expression.unnest()
    match node:
        case exp.Null():
            return NULL
        case exp.Literal():
            return "VARCHAR" if node.is_string else _of_number(node.name)
        case exp.Cast():
            return _of_cast(node.to)
        case exp.Anonymous():
            return _BY_FUNCTION.get(node.name)
        case exp.Max() | exp.Min() if node.expressions:
            return None
        case exp.Neg() | exp.Alias() | exp.Window() | exp.Filter() | exp.Max() | exp.Min() | exp.AnyValue():
            return known_kind(node.this)
        case exp.DPipe():
            return "VARCHAR" if "VARCHAR" in (known_kind(node.this), known_kind(node.expression)) else None
        case exp.Select():
            return known_kind(node.expressions[0]) if len(node.expressions) == 1 else None
        case exp.Subquery():
            return known_kind(node.this)
        case _:
            return next((_BY_NODE[kind] for kind in type(node).__mro__ if kind in _BY_NODE), None)


def _of_number(text: str) -> str:
    if not text.isdigit():
        return "DOUBLE"
    return "INTEGER" if int(text) < 2**31 else "BIGINT"


def _of_cast(to: exp.DataType) -> str | None:
    if to.this != _TYPE.DECIMAL:
        return None if to.args.get("nested") else _OF_CASTS.get(to.this)
    digits, scale, *_ = *(parameter.name for parameter in to.expressions), *(("38", "0")[len(to.expressions) :])
    return f"DECIMAL({digits},{scale})"
