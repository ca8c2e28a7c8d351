"""Arithmetic, comparisons and arguments have the types of Trino's: what DuckDB would coerce fails, or is cast first.

https://trino.io/docs/current/functions/decimal.html, https://trino.io/docs/current/functions/comparison.html.
"""

from sqlglot import exp

from txplatform.local.aws.athena import intervals, origins
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.moment_kinds import INTERVAL, TIME
from txplatform.local.aws.athena.operands import argument, common, is_opaque, kind, of_type, rule, sample, typed
from txplatform.local.aws.athena.rewriting import call, each

_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ)
_ORDERINGS = (exp.GT, exp.GTE, exp.LT, exp.LTE)
_OPERATORS: dict[type[exp.Expr], str] = {
    exp.Add: "total",
    exp.Sub: "difference",
    exp.Mul: "product",
    exp.Div: "quotient",
    exp.Mod: "remainder",
}
_ARGUMENTS: dict[type[exp.Expr], str] = {
    exp.Neg: "number|INTERVAL", exp.Abs: "number", exp.Sum: "number",
    exp.Avg: "number", exp.Stddev: "number", exp.StddevSamp: "number", exp.StddevPop: "number",
    exp.Variance: "number", exp.VariancePop: "number", exp.ApproxQuantile: "number",
    exp.BitwiseAndAgg: "integer", exp.BitwiseOrAgg: "integer", exp.BitwiseXorAgg: "integer", exp.Ntile: "integer",
    exp.LogicalAnd: "BOOLEAN", exp.LogicalOr: "BOOLEAN", exp.CountIf: "BOOLEAN",
    exp.Where: "BOOLEAN", exp.Having: "BOOLEAN", exp.Not: "BOOLEAN",
}  # fmt: skip


def arithmetic(tree: exp.Expr) -> exp.Expr:
    """Decimals are exact and of Trino's precision; integers divide as integers; nothing is divided by zero."""

    def correct(node: exp.Binary) -> exp.Expr | None:
        left, right = node.this, node.expression
        kinds = [kind(side).name for side in (left, right)]
        literal = isinstance(node, exp.Add | exp.Sub) and intervals.is_one(left) + intervals.is_one(right) == 1
        if literal and kinds != [INTERVAL, INTERVAL]:
            return None  # a moment and a literal interval: for `moments`
        if INTERVAL in kinds and isinstance(node, exp.Mul | exp.Div):
            return typed(exp.paren(_scaled(node, kinds)), exp.Literal.string(INTERVAL))
        result = rule(_OPERATORS[type(node)], kind(left), kind(right))
        if INTERVAL in kinds or kinds == [TIME, TIME]:
            return typed(exp.paren(_of_interval(node, kinds)), result)
        match node:
            case exp.Mul():
                one = typed(left, rule("factor", kind(left), kind(right)))
                value = exp.Mul(this=one, expression=typed(right, rule("factor", kind(right), kind(left))))
            case exp.Div():
                value = call("athena_divide", left.copy(), right.copy(), sample(result))
            case exp.Mod():
                value = call("athena_modulo", left.copy(), right.copy(), sample(result))
            case _:
                one = typed(left, rule("term", kind(left), kind(right)))
                value = type(node)(this=one, expression=typed(right, rule("term", kind(right), kind(left))))
        return typed(exp.Paren(this=value), result)

    return each(tree, tuple(_OPERATORS), correct)


def _of_interval(node: exp.Binary, kinds: list[str]) -> exp.Expr:
    """Return what DuckDB computes where an operand is known to be an interval, or both are times of day."""
    left, right = node.this.copy(), node.expression.copy()
    if kinds == [TIME, TIME]:
        return call("athena_time_difference", left, right)
    if kinds[1] != INTERVAL and isinstance(node, exp.Add):
        left, right = right, left
    added = right if kinds == [INTERVAL, INTERVAL] else call("athena_added", left.copy(), right)
    return type(node)(this=left, expression=added)


def _scaled(node: exp.Binary, kinds: list[str]) -> exp.Expr:
    """Return an interval times a number, or divided by one."""
    interval, number = node.this, node.expression
    if kinds[0] != INTERVAL and isinstance(node, exp.Mul):
        interval, number = number, interval
    if kind(interval).name != INTERVAL:
        raise StatementError("TYPE_MISMATCH", f"line 1:1: Cannot apply operator: {kinds[0].lower()} / interval")
    name = "athena_interval_times" if isinstance(node, exp.Mul) else "athena_interval_divide"
    return call(name, interval.copy(), argument(number, "number"))


def rounding(tree: exp.Expr) -> exp.Expr:
    """round, ceil and floor keep the type of a number; of a decimal, all but round(x, n) leave no decimals."""

    def correct(node: exp.Round) -> exp.Expr:
        decimals = node.args.get("decimals")
        if decimals:
            node.set("decimals", argument(decimals, "count"))
        return call("cast_to_type", node.copy(), of_type(rule("rounded", kind(node.this), "n" if decimals else "")))

    def whole(node: exp.Ceil | exp.Floor) -> exp.Expr:
        return call("cast_to_type", node.copy(), of_type(rule("rounded", kind(node.this), "")))

    tree = each(tree, (exp.Ceil, exp.Floor), whole)
    return each(tree, exp.Round, correct)


def _of_rows(query: exp.Expr) -> exp.Expr:
    """Return what names the type of the only column of a query."""
    column = query.expressions[0] if isinstance(query, exp.Select) and len(query.expressions) == 1 else None
    found = origins.of(column) if isinstance(column, exp.Column) else None
    return common(found) if found else kind(query if isinstance(query, exp.Subquery) else exp.Subquery(this=query))


def comparisons(tree: exp.Expr) -> exp.Expr:
    """Trino compares numbers with numbers, texts with texts and moments with moments; DuckDB casts one to the other."""

    def like(value: exp.Expr, other: exp.Expr) -> exp.Expr:
        return typed(value, rule("compared", kind(value), kind(other)))

    def compared(node: exp.Binary | exp.Nullif) -> None:
        if isinstance(node.expression, exp.All | exp.Any):
            node.set("this", typed(node.this, rule("compared", kind(node.this), _of_rows(node.expression.this))))
        elif isinstance(node, _ORDERINGS) and "JSON" in (kind(node.this).name, kind(node.expression).name):
            raise StatementError("TYPE_MISMATCH", "line 1:1: Cannot apply operator: json < json")
        elif not isinstance(node.parent, exp.Update) and not is_opaque(node.this, node.expression):
            node.set("expression", like(node.expression, node.this))

    def among(node: exp.In) -> None:
        if is_opaque(node.this, *node.expressions):
            return
        if query := node.args.get("query"):
            node.set("this", like(node.this, query))
        node.set("expressions", [like(item, node.this) for item in node.expressions])

    def between(node: exp.Between) -> None:
        for bound in ("low", "high"):
            if not is_opaque(node.this, node.args[bound]):
                node.set(bound, like(node.args[bound], node.this))

    tree = each(tree, (*_COMPARISONS, exp.Nullif), compared)
    tree = each(tree, exp.In, among)
    return each(tree, exp.Between, between)


def arguments(tree: exp.Expr) -> exp.Expr:
    """Numbers alone are added up, conditions are booleans, and texts alone are concatenated or looked through."""

    def required(node: exp.Expr) -> None:
        if not isinstance(node.this, exp.Distinct):
            node.set("this", argument(node.this, _ARGUMENTS[type(node)]))

    def both(node: exp.Binary, wanted: str) -> None:
        for side in ("this", "expression"):
            if not isinstance(node.args[side], exp.Tuple):
                node.set(side, argument(node.args[side], wanted))

    def joined(node: exp.Join) -> None:
        if node.args.get("on"):
            node.set("on", argument(node.args["on"], "BOOLEAN"))

    tree = each(
        tree,
        (exp.Corr, exp.CovarPop, exp.CovarSamp, exp.RegrSlope, exp.RegrIntercept),
        lambda node: both(node, "number"),
    )
    tree = each(tree, (exp.And, exp.Or), lambda node: both(node, "BOOLEAN"))
    tree = each(tree, exp.Like, lambda node: both(node, "VARCHAR"))
    tree = each(tree, exp.Join, joined)
    return each(tree, tuple(_ARGUMENTS), required)


ALL = (arithmetic, rounding, comparisons, arguments)
