"""Arrays, maps and rows, where DuckDB looks into them otherwise than Trino.

https://trino.io/docs/current/functions/array.html; nulls inside make an answer unknown.
"""

from sqlglot import exp

from txplatform.local.aws.athena.operands import argument, element, is_map, is_opaque, kind, rule, typed
from txplatform.local.aws.athena.rewriting import call, each, refuse
from txplatform.local.aws.athena.signatures import ARRAY

_SHIFTS = {name: f"to_{name}s" for name in ("second", "minute", "hour", "day", "month", "year")}


def members(tree: exp.Expr) -> exp.Expr:
    """Whether an array contains a value is unknown where one of its elements is."""

    def contained(node: exp.ArrayContains) -> exp.Expr:
        array = argument(node.this, ARRAY)
        value = node.expression if is_opaque(node.expression) else element(node.expression, array)
        return call("athena_contains", array, value)

    def sized(node: exp.ArraySize) -> exp.Expr:
        if is_map(node.this):
            return call("len", call("map_keys", node.this.copy()))
        return call("len", argument(node.this, ARRAY))

    tree = each(tree, exp.ArraySize, sized)
    return each(tree, exp.ArrayContains, contained)


def sequences(tree: exp.Expr) -> exp.Expr:
    """A sequence runs down as well as up, to at most 10,000 entries; months are counted from its start."""

    def correct(node: exp.GenerateSeries) -> exp.Expr:
        first, last, step = node.args["start"], node.args["end"], node.args.get("step")
        if step is None and kind(first).name == "DATE":
            step = exp.Interval(this=exp.Literal.string("1"), unit=exp.Var(this="DAY"))
        if isinstance(step, exp.Interval | exp.Neg) and (interval := step.find(exp.Interval)):
            unit, count = interval.text("unit").lower(), interval.name
            if isinstance(step, exp.Neg) or not count.lstrip("+-").isdigit():
                raise refuse(f"a sequence by {step.sql('trino')}")
            bounds = [typed(bound, rule("dated", kind(bound), unit)) for bound in (first, last)]
            return _shifted(bounds[0], bounds[1], unit, int(count))
        numbers = [typed(bound, rule("counted", kind(bound), "")) for bound in (first, last, step) if bound]
        return call("athena_sequence", *numbers)

    return each(tree, exp.GenerateSeries, correct)


def _shifted(first: exp.Expr, last: exp.Expr, unit: str, count: int) -> exp.Expr:
    order = exp.LTE if count > 0 else exp.GTE
    number, moment = exp.to_identifier("_number"), exp.to_identifier("_moment")
    distance = call("date_diff", exp.Literal.string(unit), first.copy(), last.copy())
    ordered = exp.paren(order(this=exp.paren(first.copy()), expression=exp.paren(last.copy())))
    entries = call("athena_entries", ordered, exp.Literal.number(count), distance)
    shift = call(_SHIFTS[unit], exp.cast(exp.Mul(this=number, expression=exp.Literal.number(count)), "int"))
    moments = exp.Lambda(
        this=call("cast_to_type", exp.Add(this=first.copy(), expression=shift), first.copy()), expressions=[number]
    )
    within = exp.Lambda(this=order(this=moment, expression=exp.paren(last.copy())), expressions=[moment.copy()])
    made = call("list_transform", call("range", exp.Literal.number(0), entries), moments)
    return call("list_filter", made, within)


def unnamed(tree: exp.Expr) -> exp.Expr:
    """The fields of a row have no names, not even those of columns."""

    def row(node: exp.Struct) -> exp.Expr | None:
        named = any(isinstance(of, exp.PropertyEQ) for of in node.expressions)
        fields = enumerate(node.expressions)
        pairs = (exp.PropertyEQ(this=exp.to_identifier(f"_{at}"), expression=of.copy()) for at, of in fields)
        return None if named else call("struct_pack", *pairs)

    return each(tree, exp.Struct, row)


ALL = (members, sequences)
