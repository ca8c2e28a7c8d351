"""Functions that are parsed by their names alone: each is called by the name and the order of arguments of Trino.

https://trino.io/docs/current/functions.html
"""

from collections.abc import Callable, Sequence

from sqlglot import exp

from txplatform.local.aws.athena import formats, joda, json_paths, makers, map_aggregates, sql_json
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.library_functions import FUNCTIONS
from txplatform.local.aws.athena.operands import argument, element, is_map, kind, rule, typed, unless_refused
from txplatform.local.aws.athena.precisions import digits_of
from txplatform.local.aws.athena.rewriting import call, each, refuse
from txplatform.local.aws.athena.signatures import ARRAY, TEXT
from txplatform.local.aws.athena.signatures import function as function_of

_REFUSING = ("from_iso8601_timestamp", "from_iso8601_date", "array_join")  # some values, which `try` would make null
Arguments = list[exp.Expr]


def _last(check: Callable[[str], str]) -> Callable[[Sequence[exp.Expr]], Arguments]:
    """Return what has the last argument, a literal, checked or put into DuckDB's words."""

    def prepare(values: Sequence[exp.Expr]) -> Arguments:
        if not values[-1].is_string:
            raise refuse("a computed date pattern, or path")
        return [*values[:-1], exp.Literal.string(check(values[-1].name))]

    return prepare


def _character(values: Sequence[exp.Expr]) -> Arguments:
    if not values[0].is_string or len(values[0].name) != 1:
        raise refuse("codepoint of other than a literal of one character")
    return list(values)


def _with_group(values: Sequence[exp.Expr]) -> Arguments:
    return [*values, *([exp.Literal.number(0)] if len(values) == 2 else [])]


def _with_replacement(values: Sequence[exp.Expr]) -> Arguments:
    return [*values, *([exp.Literal.string("")] if len(values) == 2 else [])]


def _with_place(values: Sequence[exp.Expr]) -> Arguments:
    return [*values, *[exp.Literal.number(1)] * (4 - len(values))]


def _with_digits(values: Sequence[exp.Expr]) -> Arguments:
    return [*values, exp.Literal.number(digits_of(values[0]))]


def _in_form(values: Sequence[exp.Expr]) -> Arguments:
    form = values[1].name.upper() if len(values) > 1 else "NFC"
    return [values[0], exp.Literal.string(form)]


def _formatted(values: Sequence[exp.Expr]) -> Arguments:
    texts = [call("athena_plain", value.copy()) for value in values[1:]]
    return [values[0], exp.Array(expressions=texts), exp.Array(expressions=[kind(value) for value in values[1:]])]


_OF_ARRAYS = {"concat_ws": function_of("athena_concat_ws", (TEXT, ARRAY), result=TEXT)}  # in the place of texts
_PREPARED: dict[str, Callable[[Sequence[exp.Expr]], Arguments]] = {
    "codepoint": _character,
    "date_format": _last(formats.to_strftime),
    "date_parse": _last(formats.checked),
    "format": _formatted,
    "format_datetime": _last(joda.to_strftime),
    "json_extract": _last(json_paths.steps),
    "json_extract_scalar": _last(json_paths.steps),
    "json_size": _last(json_paths.steps),
    "json_exists": _last(sql_json.steps),
    "json_query": _last(sql_json.steps),
    "json_value": _last(sql_json.steps),
    "normalize": _in_form,
    "parse_datetime": _last(lambda pattern: formats.checked(joda.to_mysql(pattern))),
    "regexp_extract": _with_group,
    "regexp_extract_all": _with_group,
    "regexp_position": _with_place,
    "regexp_replace": _with_replacement,
    "to_iso8601": _with_digits,
}


def calls(tree: exp.Expr) -> exp.Expr:
    """Call what stands in the place of a function, with arguments of Trino's types."""

    def correct(node: exp.Anonymous) -> exp.Expr | None:
        name = node.name.lower()
        function = FUNCTIONS.get(name)
        if function is None:
            return None
        values: Arguments = node.expressions
        if name in _OF_ARRAYS and any(kind(value).name.endswith("[]") for value in values):
            function = _OF_ARRAYS[name]
        wanted = function.kinds(len(values))
        if wanted is None:
            reason = f"line 1:1: Unexpected number of parameters for function {name}. Expected: {function.calls(name)}"
            raise StatementError("FUNCTION_NOT_FOUND", reason)
        values = [
            element(value, values[0]) if of == "element" else argument(value, f"{of}@{name}")
            for value, of in zip(values, wanted, strict=True)
        ]
        if name in _PREPARED:
            values = _PREPARED[name](values)
        made = makers.MAKERS[name](values) if name in makers.MAKERS else call(function.target, *values)
        if function.result.islower() and function.result != "first":
            made = typed(made, rule(function.result, kind(values[0]), "n" if len(values) > 1 else ""))
        return made

    return each(tree, exp.Anonymous, correct)


def tries(tree: exp.Expr) -> exp.Expr:
    """DuckDB's TRY gives null for any error: nothing may stand in it that is refused here, or knows of many rows."""

    def correct(node: exp.Try) -> None:
        for inner in node.find_all(exp.AggFunc, exp.Window, exp.Query, exp.Anonymous):
            if not isinstance(inner, exp.Anonymous) or inner.name.lower() in (
                *_REFUSING,
                "every",
                *map_aggregates.NAMES,
            ):
                raise refuse(f"try of {inner.sql('trino')[:60]}")

    return each(tree, exp.Try, correct)


def subscripts(tree: exp.Expr) -> exp.Expr:
    """A subscript that is out of bounds, or a key that is not there, is an error."""

    def correct(node: exp.Bracket) -> exp.Expr | None:
        (index,) = node.expressions
        if isinstance(row := node.this.unnest(), exp.Struct) and index.is_int and not node.args.get("safe"):
            return _field(row, index)
        if isinstance(empty := node.this.unnest(), exp.Array) and not empty.expressions:
            if node.args.get("safe"):
                return exp.null()
            reason = f"line 1:1: Array subscript must be less than or equal to array length: {index.name} > 0"
            raise StatementError("INVALID_FUNCTION_ARGUMENT", reason)
        looked = unless_refused(node.this, rule("subscripted", kind(node.this), kind(index))).copy()
        if node.args.get("safe"):
            return call("athena_element_at", looked, index)
        of = kind(node.this).name
        if (isinstance(index, exp.Literal) and index.is_string) or is_map(node.this):
            return call("athena_value", looked, index)
        if not index.is_int and not of.endswith("[]"):
            if of.startswith("MAP"):
                return call("athena_value", looked, index)
            raise refuse("a computed subscript of what may be an array or a map")
        return call("athena_item", looked, index)

    return each(tree, exp.Bracket, correct)


def _field(row: exp.Struct, index: exp.Expr) -> exp.Expr:
    position = int(index.name)
    if not 0 < position <= len(row.expressions):
        raise StatementError("INVALID_FUNCTION_ARGUMENT", f"line 1:1: Subscript index out of bounds: {position}")
    return exp.paren(row.expressions[position - 1].copy())


def joined_texts(tree: exp.Expr) -> exp.Expr:
    """listagg has no separator unless one is given; it takes texts alone."""

    def collected(node: exp.GroupConcat) -> None:
        order = node.this
        if not isinstance(order, exp.Order) or isinstance(order.this, exp.Distinct):
            raise refuse("listagg without WITHIN GROUP, or of DISTINCT values")
        order.set("this", argument(order.this, TEXT))
        node.set("separator", node.args.get("separator") or exp.Literal.string(""))

    return each(tree, exp.GroupConcat, collected)


ALL = (tries, calls, subscripts, joined_texts)
