"""Arrays, maps and rows, where DuckDB looks into them otherwise than Trino.

https://trino.io/docs/current/functions/array.html; nulls inside make an answer unknown.
"""

import re

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
            shift = call(_SHIFTS[unit], exp.Var(this=f"CAST(k * ({int(count)}) AS INTEGER)"))
            return _shifted(bounds[0], bounds[1], unit, int(count), shift)
        numbers = [typed(bound, rule("counted", kind(bound), "")) for bound in (first, last, step) if bound]
        return call("athena_sequence", *numbers)

    return each(tree, exp.GenerateSeries, correct)


def _shifted(first: exp.Expr, last: exp.Expr, unit: str, count: int, shift: exp.Expr) -> exp.Expr:
    one, other = (f"({bound.sql('duckdb')})" for bound in (first, last))
    bound = f"athena_entries({one} {'<=' if count > 0 else '>='} {other}, {count}, date_diff('{unit}', {one}, {other}))"
    moment = f"cast_to_type({one} + {shift.sql('duckdb')}, {one})"
    return exp.Var(
        this=f"list_filter(list_transform(range(0, {bound}), lambda k: {moment}), "
        f"lambda x: x {'<=' if count > 0 else '>='} {other})"
    )


def _are_arrays(*operands: exp.Expr) -> bool:
    """Say whether operands are known to be arrays of what is compared alike in both; fail where they disagree."""
    kinds = [kind(operand) for operand in operands]
    if not all(
        isinstance(of, exp.Literal) and re.fullmatch(r"(?!DOUBLE|FLOAT)[A-Z]+(\(\d+,\d+\))?\[\]", of.name)
        for of in kinds
    ):
        return False
    rule("common", *kinds)
    return True


def rows(tree: exp.Expr) -> exp.Expr:
    """Two rows are compared field by field: a null leaves it unknown, unless another field differs."""

    def compared(node: exp.Binary) -> exp.Expr | None:
        if isinstance(node, exp.EQ | exp.NEQ) and _are_arrays(node.this, node.expression):
            same = call("athena_same_arrays", node.this.copy(), node.expression.copy())
            return same if isinstance(node, exp.EQ) else exp.paren(exp.not_(same))
        left, right = node.this.unnest(), node.expression.unnest()
        if not isinstance(left, exp.Tuple | exp.Struct) and not isinstance(right, exp.Tuple | exp.Struct):
            return None
        if type(left) is not type(right) or len(left.expressions) != len(right.expressions):
            raise refuse(f"the comparison {node.sql('trino')[:60]}")
        if not isinstance(node, exp.EQ | exp.NEQ):
            raise refuse(f"the comparison of rows {node.sql('trino')[:60]}")
        pairs = zip(left.expressions, right.expressions, strict=True)
        equal = exp.and_(*(exp.EQ(this=exp.paren(a), expression=exp.paren(b)) for a, b in pairs))
        return exp.paren(exp.not_(equal)) if isinstance(node, exp.NEQ) else exp.paren(equal)

    return each(tree, (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE), compared)


ALL = (members, sequences)
