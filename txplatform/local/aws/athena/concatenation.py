"""Concatenation: texts with texts, arrays with arrays; with a null it gives null.

https://trino.io/docs/current/functions/string.html#concat, https://trino.io/docs/current/functions/array.html#concat.
"""

from sqlglot import exp

from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.operands import kind, rule, unless_refused
from txplatform.local.aws.athena.rewriting import each


def _joined(left: exp.Expr, right: exp.Expr) -> exp.Expr:
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
