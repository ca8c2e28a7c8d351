"""Window functions: https://trino.io/docs/current/functions/window.html."""

from sqlglot import exp

from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.operands import agree, argument
from txplatform.local.aws.athena.rewriting import each
from txplatform.local.aws.athena.signatures import INTEGER

_WITH_OVER_ALONE = (
    exp.RowNumber, exp.Rank, exp.DenseRank, exp.PercentRank, exp.CumeDist, exp.Ntile, exp.NthValue, exp.Lag, exp.Lead,
    exp.FirstValue, exp.LastValue,
)  # fmt: skip


def _is_negative(value: exp.Expr | None) -> bool:
    return isinstance(value, exp.Neg) and value.find(exp.Column, exp.Identifier) is None


def functions(tree: exp.Expr) -> exp.Expr:
    """They need OVER; another row is so many rows away, and what stands for it has the type of the value."""

    def correct(node: exp.Expr) -> None:
        outer = node.parent
        while isinstance(outer, exp.Filter | exp.IgnoreNulls | exp.RespectNulls):
            outer = outer.parent
        if not isinstance(outer, exp.Window):
            name = node.sql("trino").partition("(")[0].lower()
            raise StatementError("MISSING_OVER", f"line 1:1: Window function {name} requires an OVER clause")
        if offset := node.args.get("offset"):
            if _is_negative(offset) or (isinstance(node, exp.NthValue) and offset.name == "0"):
                raise StatementError("INVALID_FUNCTION_ARGUMENT", "line 1:1: Offset must be at least 0")
            node.set("offset", argument(offset, INTEGER))
        if default := node.args.get("default"):
            node.set("this", agree([node.this, default]).copy())

    return each(tree, _WITH_OVER_ALONE, correct)


def frames(tree: exp.Expr) -> exp.Expr:
    """A frame begins and ends so many rows away."""

    def correct(node: exp.WindowSpec) -> None:
        if any(isinstance(bound, exp.Expr) and _is_negative(bound) for bound in node.args.values()):
            raise StatementError("INVALID_WINDOW_FRAME", "line 1:1: Window frame offset value must not be negative")

    return each(tree, exp.WindowSpec, correct)


ALL = (functions, frames)
