"""Functions that more is made of than a call of what stands in their place."""

from collections.abc import Sequence

from sqlglot import exp

from txplatform.local.aws.athena import lambdas
from txplatform.local.aws.athena.operands import kind
from txplatform.local.aws.athena.rewriting import call

_FILLED = {"lpad": "athena_lpad_bytes", "rpad": "athena_rpad_bytes"}


def _zipped(values: Sequence[exp.Expr]) -> exp.Expr:
    """Return the rows of arrays side by side, nulls in the place of what one lacks."""
    if len(values) == 2:
        return call("athena_zip", *values)
    at = exp.to_identifier("_at")
    fields = [
        exp.PropertyEQ(
            this=exp.to_identifier(f"_anonymous{position}"), expression=call("list_extract", array.copy(), at.copy())
        )
        for position, array in enumerate(values)
    ]
    longest = exp.Greatest(this=exp.Literal.number(0), expressions=[call("len", array.copy()) for array in values])
    numbers = call("range", exp.Literal.number(1), exp.Add(this=longest, expression=exp.Literal.number(1)))
    rows = call("list_transform", numbers, exp.Lambda(this=call("struct_pack", *fields), expressions=[at]))
    there = exp.and_(*(exp.Is(this=array.copy(), expression=exp.null()).not_() for array in values))
    return call("athena_where", there, rows)


def _replaced(values: Sequence[exp.Expr]) -> exp.Expr:
    """Replace matches by a text, or by what a lambda makes of their groups."""
    text, pattern, by = values
    if not isinstance(by, exp.Lambda):
        return call("athena_regexp_replace", *values)
    piece = exp.to_identifier("_piece")
    before, groups = (call("struct_extract", piece.copy(), exp.Literal.string(name)) for name in ("before", "groups"))
    body = lambdas.substituted(by, [groups.copy()])
    made = call("athena_replaced", before, groups, body)
    texts = call(
        "list_transform", call("athena_regexp_pieces", text, pattern), exp.Lambda(this=made, expressions=[piece])
    )
    return call("array_to_string", texts, exp.Literal.string(""))


def _sorted(values: Sequence[exp.Expr]) -> exp.Expr:
    """Sort by inserting one element after the other, before the first that a lambda says is greater."""
    if len(values) == 1:
        return call("athena_array_sort", *values)
    array, compare = values
    one, done, new = (exp.to_identifier(name) for name in ("_one", "_done", "_new"))
    first = call("list_extract", new.copy(), exp.Literal.number(1))
    order = call("athena_sign_of", lambdas.substituted(compare, [one.copy(), first]))

    def among(test: type[exp.Expr]) -> exp.Expr:
        met = exp.Lambda(this=test(this=order.copy(), expression=exp.Literal.number(0)), expressions=[one.copy()])
        return call("list_filter", done.copy(), met)

    joined = call("list_concat", call("list_concat", among(exp.LTE), new.copy()), among(exp.GT))
    alone = exp.Lambda(this=exp.Array(expressions=[one.copy()]), expressions=[one.copy()])
    folded = call(
        "list_reduce", call("list_transform", array.copy(), alone), exp.Lambda(this=joined, expressions=[done, new])
    )
    return call("athena_unless_empty", array.copy(), folded)


def _filled(name: str) -> lambdas.Maker:
    def make(values: Sequence[exp.Expr]) -> exp.Expr:
        return call(_FILLED[name] if kind(values[0]).name == "BLOB" else f"athena_{name}", *values)

    return make


def _instance(name: str, target: str) -> lambdas.Maker:
    return lambda values: call(name if len(values) == 2 else target, *values)


MAKERS: dict[str, lambdas.Maker] = {
    **lambdas.MAKERS,
    "array_position": _instance("athena_array_position", "athena_array_instance"),
    "array_sort": _sorted,
    "lpad": _filled("lpad"),
    "regexp_replace": _replaced,
    "rpad": _filled("rpad"),
    "strpos": _instance("strpos", "athena_strpos"),
    "zip": _zipped,
}
