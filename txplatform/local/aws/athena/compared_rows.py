"""Arrays and rows are compared part by part: https://trino.io/docs/current/functions/comparison.html.

A null leaves it unknown whether they are equal, unless another part differs; it has no place in an order.
"""

import re
from collections.abc import Sequence
from functools import reduce

from sqlglot import exp

from txplatform.local.aws.athena.operands import kind, rule
from txplatform.local.aws.athena.rewriting import call, each, refuse

_ROWS = (exp.Tuple, exp.Struct)
_EQUALITIES = (exp.EQ, exp.NEQ)
_ORDERINGS = (exp.LT, exp.LTE, exp.GT, exp.GTE)
_STRICT: dict[type[exp.Expr], type[exp.Expr]] = {exp.LTE: exp.LT, exp.GTE: exp.GT}


def _is_array(name: exp.Expr) -> bool:
    return (
        isinstance(name, exp.Literal)
        and re.fullmatch(r"(?!DOUBLE|FLOAT)[A-Z]+(\(\d+,\d+\))?\[\]", name.name) is not None
    )


def _are_arrays(*operands: exp.Expr) -> bool:
    """Say whether operands are known to be arrays of what is compared alike in both; fail where they disagree."""
    kinds = [kind(operand) for operand in operands]
    if not all(map(_is_array, kinds)):
        return False
    reduce(lambda one, other: rule("common", one, other), kinds)
    return True


def _are_maps(left: exp.Expr, right: exp.Expr) -> bool:
    """Say whether operands are known to be maps of the same scalars, none of which is a floating-point number."""
    one, other = kind(left), kind(right)
    plain = r"MAP\(([A-Z]+(\(\d+,\d+\))?), ([A-Z]+(\(\d+,\d+\))?)\)"
    return (
        isinstance(one, exp.Literal)
        and one == other
        and re.fullmatch(plain, one.name) is not None
        and not re.search("DOUBLE|FLOAT", one.name)
    )


def lists(tree: exp.Expr) -> exp.Expr:
    """Look for an array or a row in a list by comparing it with each member."""

    def among(node: exp.In) -> exp.Expr | None:
        members = node.expressions
        is_row = all(isinstance(item.unnest(), _ROWS) for item in (node.this, *members))
        if not members or not (is_row or _are_arrays(node.this, *members)):
            return None
        return exp.paren(exp.or_(*(exp.EQ(this=node.this.copy(), expression=of.copy()) for of in members)))

    return each(tree, exp.In, among)


def compared(tree: exp.Expr) -> exp.Expr:
    """Compare two arrays by a macro, and two rows field by field."""

    def correct(node: exp.Binary) -> exp.Expr | None:
        if _are_arrays(node.this, node.expression):
            return _arrays(node)
        if isinstance(node, _EQUALITIES) and _are_maps(node.this, node.expression):
            same = call("athena_same_maps", node.this.copy(), node.expression.copy())
            return same if isinstance(node, exp.EQ) else exp.paren(exp.not_(same))
        left, right = node.this.unnest(), node.expression.unnest()
        if not isinstance(left, _ROWS) and not isinstance(right, _ROWS):
            return None
        if type(left) is not type(right) or len(left.expressions) != len(right.expressions):
            raise refuse(f"the comparison {node.sql('trino')[:60]}")
        pairs = [
            (exp.paren(a.copy()), exp.paren(b.copy())) for a, b in zip(left.expressions, right.expressions, strict=True)
        ]
        if isinstance(node, _EQUALITIES):
            equal = exp.and_(*(exp.EQ(this=a, expression=b) for a, b in pairs))
            return exp.paren(exp.not_(equal)) if isinstance(node, exp.NEQ) else exp.paren(equal)
        if not all(isinstance(side.unnest(), exp.Literal | exp.Cast) for pair in pairs for side in pair):
            raise refuse(f"the order of rows that may hold nulls, {node.sql('trino')[:60]}")
        return _ordered(type(node), pairs)

    return each(tree, (*_EQUALITIES, *_ORDERINGS), correct)


def _arrays(node: exp.Binary) -> exp.Expr:
    left, right = node.this.copy(), node.expression.copy()
    if isinstance(node, _EQUALITIES):
        same = call("athena_same_arrays", left, right)
        return same if isinstance(node, exp.EQ) else exp.paren(exp.not_(same))
    if isinstance(node, exp.GT | exp.LTE):
        left, right = right, left
    before = call("athena_before", left, right)
    return before if isinstance(node, exp.LT | exp.GT) else exp.paren(exp.not_(before))


def _ordered(order: type[exp.Expr], pairs: Sequence[tuple[exp.Expr, exp.Expr]]) -> exp.Expr:
    """Let the first field that differs decide."""
    (a, b), *others = pairs
    if not others:
        return order(this=a, expression=b)
    equal = exp.EQ(this=a.copy(), expression=b.copy())
    differs = _STRICT.get(order, order)(this=a, expression=b)
    return exp.paren(exp.or_(differs, exp.and_(equal, _ordered(order, others))))


ALL = (lists, compared)
