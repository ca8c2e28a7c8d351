"""Concatenation: texts with texts, arrays with arrays; with a null it gives null.

https://trino.io/docs/current/functions/string.html#concat, https://trino.io/docs/current/functions/array.html#concat.
"""

from sqlglot import exp

from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.kinds import NULL
from txplatform.local.aws.athena.operands import kind, rule, unless_refused
from txplatform.local.aws.athena.rewriting import each


def _elements(left: exp.Expr, right: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    """Return both sides as arrays where one is known to be an array, and the other to be an element of such."""
    one, other = kind(left), kind(right)
    if not isinstance(one, exp.Literal) or not isinstance(other, exp.Literal) or NULL in (one.name, other.name):
        return left, right
    depth = one.name.count("[]") - other.name.count("[]")
    if depth == 1:
        return left, exp.Array(expressions=[right.copy()])
    if depth == -1:
        return exp.Array(expressions=[left.copy()]), right
    return left, right


def _joined(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    left, right = _elements(left, right)
    ruling = rule("joinable", kind(left), kind(right))
    return exp.DPipe(this=unless_refused(left, ruling).copy(), expression=right.copy(), safe=False)


def operators(tree: exp.Expr) -> exp.Expr:
    """Write concat as ||, and let neither take what the other does not."""

    def called(node: exp.Concat) -> exp.Expr:
        first, *others = node.expressions
        if not others:
            raise StatementError("INVALID_FUNCTION_ARGUMENT", "line 1:1: There must be two or more arguments")
        for other in others:
            first = _joined(first, other)
        return exp.Paren(this=first)

    tree = each(tree, exp.DPipe, lambda node: _joined(node.this, node.expression))
    return each(tree, exp.Concat, called)


ALL = (operators,)
