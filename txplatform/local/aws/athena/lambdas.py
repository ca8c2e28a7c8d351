"""Functions that take lambdas: https://trino.io/docs/current/functions/lambda.html.

DuckDB has lambdas of one element; those of two are rewritten as ones of a pair.
"""

from collections.abc import Callable, Sequence

from sqlglot import exp

from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.operands import argument, kind, rule, typed, unpacked
from txplatform.local.aws.athena.rewriting import call, refuse
from txplatform.local.aws.athena.signatures import BOOLEAN

_ENTRY = ("key", "value")
Body = Callable[[exp.Expr, str], exp.Expr]
Maker = Callable[[Sequence[exp.Expr]], exp.Expr]


def _parameters(function: exp.Expr, count: int) -> list[str]:
    names = [parameter.name for parameter in function.expressions]
    if len(names) != count:
        raise StatementError("TYPE_MISMATCH", f"line 1:1: expected a lambda of {count} arguments")
    return names


def _over_pairs(function: exp.Expr, fields: Sequence[str], body_of: Body = lambda body, _: body) -> exp.Lambda:
    """Return a lambda of a pair for one of two arguments; `body_of` gets the body, and the pair's name."""
    names = dict(zip(_parameters(function, len(fields)), fields, strict=True))
    inner = list(function.this.find_all(exp.Lambda))
    if any(parameter.name in names for nested in inner for parameter in nested.expressions):
        raise refuse("a lambda with the parameter of one around it")
    pair = f"_pair{len(inner)}"

    def replaced(node: exp.Expr) -> exp.Expr:
        named = node.this if isinstance(node, exp.Column) and not node.args.get("table") else node
        if not isinstance(named, exp.Identifier) or named.name not in names or isinstance(node.parent, exp.Dot):
            return node
        return _field(pair, names[named.name])

    body = function.this.copy().transform(replaced)
    return exp.Lambda(this=body_of(body, pair), expressions=[exp.to_identifier(pair)])


def substituted(function: exp.Expr, values: Sequence[exp.Expr]) -> exp.Expr:
    """Return the body of a lambda with expressions in the place of its parameters."""
    given = dict(zip(_parameters(function, len(values)), values, strict=True))
    if list(function.this.find_all(exp.Lambda)):
        raise refuse("a lambda inside of this one")

    def replaced(node: exp.Expr) -> exp.Expr:
        named = node.this if isinstance(node, exp.Column) and not node.args.get("table") else node
        if not isinstance(named, exp.Identifier) or named.name not in given or isinstance(node.parent, exp.Dot):
            return node
        return given[named.name].copy()

    return function.this.copy().transform(replaced)


def _field(pair: str, name: str) -> exp.Expr:
    return call("struct_extract", exp.to_identifier(pair), exp.Literal.string(name))


def _condition(function: exp.Expr) -> exp.Expr:
    """Return a lambda whose body is a boolean."""
    return exp.Lambda(this=argument(function.this, BOOLEAN), expressions=function.expressions)


def _tested(name: str) -> Maker:
    def make(values: Sequence[exp.Expr]) -> exp.Expr:
        _parameters(values[1], 1)
        return call(name, call("list_transform", values[0], _condition(values[1])))

    return make


def _of_one(name: str, prepare: Callable[[exp.Expr], exp.Expr] = lambda function: function) -> Maker:
    """Return what calls a function of DuckDB with an array and a lambda of one argument."""

    def make(values: Sequence[exp.Expr]) -> exp.Expr:
        _parameters(values[1], 1)
        return call(name, values[0], prepare(values[1]))

    return make


def _entries(body_of: Body) -> Maker:
    """Return what makes a map of another map's entries."""

    def make(values: Sequence[exp.Expr]) -> exp.Expr:
        entry = _over_pairs(values[1], _ENTRY, body_of)
        return call("map_from_entries", call("list_transform", call("map_entries", values[0]), entry))

    return make


def _entry(key: exp.Expr, value: exp.Expr) -> exp.Expr:
    pairs = zip(_ENTRY, (key, value), strict=True)
    return call("struct_pack", *(exp.PropertyEQ(this=exp.to_identifier(name), expression=of) for name, of in pairs))


def _filtered(values: Sequence[exp.Expr]) -> exp.Expr:
    test = _over_pairs(_condition(values[1]), _ENTRY)
    return call("map_from_entries", call("list_filter", call("map_entries", values[0]), test))


def _zipped(values: Sequence[exp.Expr]) -> exp.Expr:
    pairs = call("athena_zip", values[0], values[1])
    return call("list_transform", pairs, _over_pairs(values[2], ("_anonymous0", "_anonymous1")))


def _zipped_maps(values: Sequence[exp.Expr]) -> exp.Expr:
    """Return a map of the keys of two maps, by what a lambda makes of a key and its two values."""
    entries = call("athena_map_zip", values[0], values[1])
    made = _over_pairs(values[2], ("key", "one", "other"), lambda body, pair: _entry(_field(pair, "key"), body))
    return call("map_from_entries", call("list_transform", entries, made))


def _reduced(values: Sequence[exp.Expr]) -> exp.Expr:
    """Reduce: DuckDB has states of the elements' type alone, so others are held beside the elements."""
    array, start, step, last = values
    _parameters(step, 2)
    (name,) = _parameters(last, 1)
    element = rule("element", kind(array), "")
    inner = unpacked(array.unnest())
    if isinstance(inner, exp.Array) and not inner.expressions:
        state = start.copy()
    elif isinstance(element, exp.Literal) and isinstance(kind(start), exp.Literal) and kind(start) != element:
        state = _folded(array, start, step)
    else:
        state = call("list_reduce", array, step, typed(start, rule("alike", kind(start), element)))
    if isinstance(last.this, exp.Identifier) and last.this.name == name:
        return state
    return call("list_extract", call("list_transform", exp.Array(expressions=[state]), last), exp.Literal.number(1))


def _folded(array: exp.Expr, start: exp.Expr, step: exp.Expr) -> exp.Expr:
    """Reduce pairs of a state and an element, each of which has the one that the other lacks."""
    state, value, one, other = (exp.to_identifier(name) for name in ("_state", "_value", "_one", "_other"))
    held = [
        call("struct_extract", pair.copy(), exp.Literal.string(of.name)) for pair, of in ((one, state), (other, value))
    ]
    no_state = call("cast_to_type", exp.null(), start.copy())
    no_value = call("cast_to_type", exp.null(), call("list_extract", array.copy(), exp.Literal.number(1)))
    made = call("athena_alike", substituted(step, held), start.copy())
    of_element = exp.Lambda(this=_pair(no_state, value.copy()), expressions=[value.copy()])
    of_step = exp.Lambda(this=_pair(made, no_value), expressions=[one, other])
    pairs = call("list_transform", array.copy(), of_element)
    folded = call("list_reduce", pairs, of_step, _pair(start.copy(), no_value.copy()))
    return call("struct_extract", folded, exp.Literal.string("_state"))


def _pair(state: exp.Expr, value: exp.Expr) -> exp.Expr:
    fields = zip(("_state", "_value"), (state, value), strict=True)
    return call("struct_pack", *(exp.PropertyEQ(this=exp.to_identifier(name), expression=of) for name, of in fields))


MAKERS: dict[str, Maker] = {
    "all_match": _tested("athena_all_match"),
    "any_match": _tested("athena_any_match"),
    "none_match": _tested("athena_none_match"),
    "filter": _of_one("list_filter", _condition),
    "map_filter": _filtered,
    "map_zip_with": _zipped_maps,
    "reduce": _reduced,
    "transform": _of_one("list_transform"),
    "transform_keys": _entries(lambda body, pair: _entry(body, _field(pair, "value"))),
    "transform_values": _entries(lambda body, pair: _entry(_field(pair, "key"), body)),
    "zip_with": _zipped,
}
