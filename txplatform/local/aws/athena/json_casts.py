"""Casts to JSON and from it: https://trino.io/docs/current/functions/json.html#casting-to-json, …#casting-from-json.

What a cast of JSON to an array, a map or a row has inside is cast part by part, as trino's JsonUtil reads it.
"""

from sqlglot import exp

from txplatform.local.aws.athena import origins
from txplatform.local.aws.athena.known_kinds import known_kind
from txplatform.local.aws.athena.operands import kind
from txplatform.local.aws.athena.precisions import DIGITS, digits_of
from txplatform.local.aws.athena.rewriting import call, each, refuse

_TYPE = exp.DataType.Type
_SCALARS = {
    _TYPE.BOOLEAN: "boolean", _TYPE.TINYINT: "bigint", _TYPE.SMALLINT: "bigint", _TYPE.INT: "bigint",
    _TYPE.BIGINT: "bigint", _TYPE.DOUBLE: "double", _TYPE.FLOAT: "double", _TYPE.DECIMAL: "decimal",
    _TYPE.VARCHAR: "varchar", _TYPE.TEXT: "varchar",
}  # fmt: skip
_BITS = {_TYPE.TINYINT: 8, _TYPE.SMALLINT: 16, _TYPE.INT: 32, _TYPE.BIGINT: 64}


def literals(tree: exp.Expr) -> exp.Expr:
    """JSON '…' is json_parse of its text."""
    return each(tree, exp.ParseJSON, lambda node: call("json_parse", node.this.copy()))


def digits(tree: exp.Expr) -> exp.Expr:
    """Keep the digits of the timestamps that are cast to JSON: their looks change."""

    def kept(node: exp.Cast) -> None:
        if node.to.this == _TYPE.JSON:
            node.meta[DIGITS] = digits_of(node.this)

    return each(tree, (exp.Cast, exp.TryCast), kept)


def is_json(expression: exp.Expr) -> bool:
    """Say whether an expression is JSON by its looks."""
    if isinstance(expression, exp.Column):
        found = origins.of(expression)
        return bool(found) and all(map(is_json, found))
    inner = expression.unnest()
    if isinstance(inner, exp.Bracket):
        return isinstance(inner.this, exp.Cast) and inner.this.to.expressions[-1:] == [exp.DataType.build("json")]
    return known_kind(inner) == "JSON" or (isinstance(inner, exp.Cast) and inner.to.this == _TYPE.JSON)


def to_json(node: exp.Cast) -> exp.Expr:
    """Return a value as JSON."""
    value = node.this
    if is_json(value):
        return value.copy()
    return call("athena_json", value.copy(), kind(value), exp.Literal.number(node.meta[DIGITS]))


def from_json(node: exp.Cast) -> exp.Expr:
    """Return JSON as a value of a type."""
    made = _value(exp.cast(node.this.copy(), "varchar"), node.to)
    return exp.Try(this=made) if isinstance(node, exp.TryCast) else made


def _value(document: exp.Expr, to: exp.DataType) -> exp.Expr:
    name = f"_json{len(list(to.find_all(exp.DataType)))}"
    part = exp.to_identifier(name)
    match to.this:
        case _TYPE.ARRAY:
            made = exp.Lambda(this=_value(part, to.expressions[0]), expressions=[part.copy()])
            return call("list_transform", call("athena_json_elements", document), made)
        case _TYPE.MAP:
            key, value = (call("struct_extract", part.copy(), exp.Literal.string(of)) for of in ("key", "value"))
            pair = {"key": _value(key, to.expressions[0]), "value": _value(value, to.expressions[1])}
            made = exp.Lambda(this=_packed(pair), expressions=[part.copy()])
            entries = call("list_transform", call("athena_json_members", document), made)
            return call("map_from_entries", entries)
        case _TYPE.STRUCT:
            return _row(document, to, part)
        case _TYPE.JSON:
            return exp.cast(document, "json")
        case _ if to.this in _SCALARS and not (_SCALARS[to.this] == "varchar" and to.expressions):
            return _scalar(document, to)
    raise refuse(f"a cast of JSON to {to.sql('trino')}")


def _row(document: exp.Expr, to: exp.DataType, part: exp.Identifier) -> exp.Expr:
    definitions = to.expressions
    if not all(isinstance(of, exp.ColumnDef) and of.kind for of in definitions):
        raise refuse(f"a cast of JSON to {to.sql('trino')}")
    names = exp.Array(expressions=[exp.Literal.string(of.name.lower()) for of in definitions])
    fields = {
        of.name: _value(call("list_extract", part.copy(), exp.Literal.number(position)), of.kind)
        for position, of in enumerate(definitions, 1)
    }
    made = exp.Lambda(this=_packed(fields), expressions=[part.copy()])
    rows = call("list_transform", call("athena_json_rows", document, names), made)
    return call("list_extract", rows, exp.Literal.number(1))


def _scalar(document: exp.Expr, to: exp.DataType) -> exp.Expr:
    name = _SCALARS[to.this]
    if name == "bigint":
        made = call("athena_json_bigint", document, exp.Literal.number(_BITS[to.this]))
    elif name == "decimal":
        digits, scale, *_ = *(int(of.name) for of in to.expressions), *((38, 0)[len(to.expressions) :])
        made = call("athena_json_decimal", document, exp.Literal.number(digits), exp.Literal.number(scale))
        to = exp.DataType.build(f"decimal({digits},{scale})")
    else:
        made = call(f"athena_json_{name}", document)
    return call("cast_to_type", made, exp.cast(exp.null(), to.copy()))


def _packed(fields: dict[str, exp.Expr]) -> exp.Expr:
    pairs = (exp.PropertyEQ(this=exp.to_identifier(name, quoted=True), expression=of) for name, of in fields.items())
    return call("struct_pack", *pairs)


ALL = (literals, digits)
