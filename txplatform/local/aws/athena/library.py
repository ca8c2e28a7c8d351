"""Functions that are parsed by their names alone: each is called by the name and the order of arguments of Trino.

https://trino.io/docs/current/functions.html. A kind of argument is a word of `kinds.required`, or "" for any type.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from txplatform.local.aws.athena import formats
from txplatform.local.aws.athena.coercions import is_opaque, kind, rule, typed
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.rewriting import call, each, refuse

_TEXT, _BYTES, _BOOLEAN = "VARCHAR", "BLOB", "BOOLEAN"
_MOMENT, _NUMBER, _INTEGER = "moment", "number", "integer"


@dataclass(frozen=True, slots=True)
class Function:
    """What DuckDB has in its place, the kinds of arguments for each number of them, and the rule of the result."""

    target: str
    signatures: tuple[tuple[str, ...], ...]
    result: str = ""


FUNCTIONS = {
    # texts
    "chr": Function("athena_chr", ((_INTEGER,),)),
    "codepoint": Function("ord", ((_TEXT,),)),
    "translate": Function("translate", ((_TEXT, _TEXT, _TEXT),)),
    "to_utf8": Function("encode", ((_TEXT,),)),
    "to_hex": Function("hex", ((_BYTES,),)),
    "to_base64": Function("base64", ((_BYTES,),)),
    "md5": Function("athena_md5", ((_BYTES,),)),
    "sha256": Function("athena_sha256", ((_BYTES,),)),
    "json_array_length": Function("athena_json_array_length", ((_TEXT,),)),
    # numbers
    "ln": Function("athena_ln", ((_NUMBER,),)),
    "log2": Function("athena_log2", ((_NUMBER,),)),
    "log10": Function("athena_log10", ((_NUMBER,),)),
    "sign": Function("athena_sign", ((_NUMBER,),), result="signed"),
    "truncate": Function("athena_truncate", ((_NUMBER,), (_NUMBER, _INTEGER)), result="truncated"),
    "pi": Function("pi", ((),)),
    "e": Function("athena_e", ((),)),
    "nan": Function("athena_nan", ((),)),
    "infinity": Function("athena_infinity", ((),)),
    "is_nan": Function("athena_is_no_number", ((_NUMBER,),)),
    "is_finite": Function("athena_is_finite", ((_NUMBER,),)),
    "is_infinite": Function("athena_is_infinite", ((_NUMBER,),)),
    "bitwise_xor": Function("athena_bitwise_xor", ((_INTEGER, _INTEGER),)),
    "bitwise_not": Function("athena_bitwise_not", ((_INTEGER,),)),
    "from_base": Function("athena_from_base", ((_TEXT, _INTEGER),)),
    "bitwise_and": Function("athena_bitwise_and", ((_INTEGER, _INTEGER),)),
    "bitwise_or": Function("athena_bitwise_or", ((_INTEGER, _INTEGER),)),
    # time
    "date_format": Function("athena_date_format", ((_MOMENT, _TEXT),)),
    "date_parse": Function("athena_date_parse", ((_TEXT, _TEXT),)),
    "from_iso8601_timestamp": Function("athena_from_iso8601_timestamp", ((_TEXT,),)),
    "from_iso8601_date": Function("athena_from_iso8601_date", ((_TEXT,),)),
    "to_unixtime": Function("athena_to_unixtime", ((_MOMENT,),)),
    "from_unixtime": Function("athena_from_unixtime", ((_NUMBER,),)),
    "week": Function("weekofyear", ((_MOMENT,),)),
    "week_of_year": Function("weekofyear", ((_MOMENT,),)),
    "day_of_year": Function("dayofyear", ((_MOMENT,),)),
    "doy": Function("dayofyear", ((_MOMENT,),)),
    "last_day_of_month": Function("athena_last_day_of_month", ((_MOMENT,),)),
    # arrays
    "array_join": Function("athena_array_join", (("", _TEXT), ("", _TEXT, _TEXT))),
    "array_distinct": Function("athena_array_distinct", (("",),)),
    "array_sort": Function("athena_array_sort", (("",),)),
    "array_max": Function("athena_array_max", (("",),)),
    "array_min": Function("athena_array_min", (("",),)),
    "slice": Function("athena_slice", (("", _INTEGER, _INTEGER),)),
    "flatten": Function("flatten", (("",),)),
    "transform": Function("list_transform", (("", ""),)),  # by a lambda
    "map_keys": Function("map_keys", (("",),)),
    # aggregates
    "every": Function("bool_and", ((_BOOLEAN,),)),
}
_REFUSING = ("from_iso8601_timestamp", "from_iso8601_date", "array_join")  # some values, which `try` would make null


def _argument(value: exp.Expr, wanted: str) -> exp.Expr:
    if not wanted or is_opaque(value):
        return value
    return typed(value, rule("required", kind(value), wanted))


def _pattern(value: exp.Expr, check: Callable[[str], str]) -> exp.Expr:
    if not value.is_string:
        raise refuse("a computed date pattern")
    return exp.Literal.string(check(value.name))


def _sixteen(value: exp.Expr) -> exp.Expr:
    if value.name != "16":
        raise refuse("from_base of other than base 16")
    return value


def _character(value: exp.Expr) -> exp.Expr:
    if not value.is_string or len(value.name) != 1:
        raise refuse("codepoint of other than a literal of one character")
    return value


def calls(tree: exp.Expr) -> exp.Expr:
    """Call what stands in the place of a function, with arguments of Trino's types."""

    def correct(node: exp.Anonymous) -> exp.Expr | None:
        name = node.name.lower()
        function = FUNCTIONS.get(name)
        if function is None:
            return None
        values = node.expressions
        wanted = next((kinds for kinds in function.signatures if len(kinds) == len(values)), None)
        if wanted is None:
            raise StatementError("FUNCTION_NOT_FOUND", f"line 1:1: Unexpected number of parameters for function {name}")
        match name:
            case "date_format":
                values = [values[0], _pattern(values[1], formats.to_strftime)]
            case "date_parse":
                values = [values[0], _pattern(values[1], formats.checked)]
            case "from_base":
                values = [values[0], _sixteen(values[1])]
            case "codepoint":
                values = [_character(values[0])]
        made = call(function.target, *map(_argument, values, wanted))
        if function.result:
            made = typed(made, rule(function.result, kind(values[0]), "n" if len(values) > 1 else ""))
        return made

    return each(tree, exp.Anonymous, correct)


def tries(tree: exp.Expr) -> exp.Expr:
    """DuckDB's TRY gives null for any error: nothing may stand in it that is refused here, or knows of many rows."""

    def correct(node: exp.Try) -> None:
        for inner in node.find_all(exp.AggFunc, exp.Window, exp.Query, exp.Anonymous):
            if not isinstance(inner, exp.Anonymous) or inner.name.lower() in (*_REFUSING, "every"):
                raise refuse(f"try of {inner.sql('trino')[:60]}")

    return each(tree, exp.Try, correct)


def subscripts(tree: exp.Expr) -> exp.Expr:
    """A subscript that is out of bounds, or a key that is not there, is an error."""

    def correct(node: exp.Bracket) -> exp.Expr | None:
        (index,) = node.expressions
        if node.args.get("safe"):
            return call("athena_element_at", node.this, index)
        if not isinstance(index, exp.Literal):
            raise refuse("a subscript other than a text or a number from 1")
        if index.is_string:
            return call("athena_value", node.this, index)
        return call("athena_item", node.this, exp.Literal.number(int(index.name) + 1))  # sqlglot counts from 0

    return each(tree, exp.Bracket, correct)


def joined_texts(tree: exp.Expr) -> exp.Expr:
    """listagg has no separator unless one is given; it and concat_ws take texts alone."""

    def collected(node: exp.GroupConcat) -> None:
        order = node.this
        if not isinstance(order, exp.Order) or isinstance(order.this, exp.Distinct):
            raise refuse("listagg without WITHIN GROUP, or of DISTINCT values")
        order.set("this", _argument(order.this, _TEXT))
        node.set("separator", node.args.get("separator") or exp.Literal.string(""))

    def joined(node: exp.ConcatWs) -> exp.Expr:  # a Concat to sqlglot, and no longer one here
        return call("concat_ws", *(_argument(value, _TEXT) for value in node.expressions))

    tree = each(tree, exp.GroupConcat, collected)
    return each(tree, exp.ConcatWs, joined)


ALL = (tries, calls, subscripts, joined_texts)
