"""Values that stand side by side have one type: those of CASE, IF and COALESCE, of an array, of the rows of VALUES.

https://trino.io/docs/current/functions/conditional.html, https://trino.io/docs/current/sql/values.html.
"""

from collections.abc import Sequence

from sqlglot import exp

from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.operands import agree, argument, branches, is_opaque
from txplatform.local.aws.athena.rewriting import each


def _require(values: Sequence[exp.Expr]) -> None:
    """Let the first of some values fail where they have no type in common."""
    if values and not is_opaque(*values):
        agreed = agree(values)
        if agreed != values[0]:
            values[0].replace(agreed)


def listed(tree: exp.Expr) -> exp.Expr:
    """The arguments of coalesce, greatest and least, and the elements of an array, have one type."""

    def correct(node: exp.Expr) -> None:
        values = [node.this, *node.expressions] if node.args.get("this") else node.expressions
        if isinstance(node, exp.Coalesce) and len(values) < 2:
            raise StatementError("SYNTAX_ERROR", "line 1:1: 'coalesce' must have at least two arguments")
        _require(values)

    return each(tree, (exp.Coalesce, exp.Greatest, exp.Least, exp.Array), correct)


def conditional(tree: exp.Expr) -> exp.Expr:
    """The branches of a condition have one type, and so have the values that CASE compares; conditions are booleans."""

    def correct(node: exp.Case | exp.If) -> None:
        if isinstance(node.parent, exp.Case) and node.arg_key == "ifs":
            return
        tests = node.args.get("ifs") or [node]
        if isinstance(node, exp.Case) and node.this:
            _require([node.this, *(test.this for test in tests)])
        else:
            for test in tests:
                test.set("this", argument(test.this, "BOOLEAN"))
        _require(branches(node))

    return each(tree, (exp.Case, exp.If), correct)


def rows(tree: exp.Expr) -> exp.Expr:
    """The rows of VALUES have as many columns, and these one type each."""

    def correct(node: exp.Values) -> None:
        rows = [row.expressions if isinstance(row, exp.Tuple) else [row] for row in node.expressions]
        if len({len(row) for row in rows}) > 1:
            raise StatementError("TYPE_MISMATCH", "line 1:1: Values rows have mismatched sizes")
        for column in zip(*rows, strict=True):
            _require(column)

    return each(tree, exp.Values, correct)


ALL = (listed, conditional, rows)
