"""Aggregates whose results have another type, or another value, in DuckDB.

https://trino.io/docs/current/functions/aggregate.html. FILTER and OVER apply to each part of what replaces one.
"""

from collections.abc import Callable

from sqlglot import exp

from txplatform.local.aws.athena import map_aggregates
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.operands import argument, kind, sample, typed
from txplatform.local.aws.athena.rewriting import call, each, keep_type, refuse

_AT_MOST = 10_000
Part = Callable[[type[exp.Expr]], exp.Expr]


def _with_clauses(node: exp.Expr) -> tuple[exp.Expr, Part]:
    """Return an aggregate with its FILTER and OVER, and what makes another aggregate of the same rows."""
    outer: exp.Expr = node
    while isinstance(outer.parent, exp.Filter | exp.Window) and outer.arg_key == "this":
        outer = outer.parent

    def part(made_of: type[exp.Expr]) -> exp.Expr:
        made = made_of(this=node.this.copy())
        if outer is node:
            return made
        whole = outer.copy()
        inner = whole
        while type(inner) is not type(node):
            inner = inner.this
        inner.replace(made)
        return whole

    return outer, part


def _replaced(tree: exp.Expr, of: type[exp.Expr], make: Callable[[exp.Expr, Part], exp.Expr]) -> exp.Expr:
    for node in reversed(list(tree.find_all(of))):
        outer, part = _with_clauses(node)
        made = make(outer, part)
        if outer is tree:
            tree = made
        else:
            outer.replace(made)
    return tree


def averages(tree: exp.Expr) -> exp.Expr:
    """avg(decimal) is a decimal, and avg(real) a real."""

    def average(outer: exp.Expr, part: Part) -> exp.Expr:
        return call("athena_average", part(exp.Sum), part(exp.Count), sample(kind(outer)))

    return _replaced(tree, exp.Avg, average)


def sums(tree: exp.Expr) -> exp.Expr:
    """A sum of integers is a bigint, or fails; one of reals is a real."""

    def total(outer: exp.Expr, _: Part) -> exp.Expr:
        return typed(call("athena_total", outer.copy()), kind(outer))

    return _replaced(tree, exp.Sum, total)


def percentiles(tree: exp.Expr) -> exp.Expr:
    """approx_percentile keeps the type of its argument."""

    def correct(node: exp.ApproxQuantile) -> exp.Expr:
        share = node.args["quantile"]
        if not isinstance(share, exp.Literal) or not 0 <= float(share.name) <= 1:
            raise refuse("approx_percentile of other than a literal from 0 to 1")
        sample = exp.AnyValue(this=node.this.copy())
        whole = exp.ApproxQuantile(
            this=exp.cast(node.this.copy(), "double"), quantile=exp.Var(this=f"CAST({share.name} AS FLOAT)")
        )
        return keep_type(whole, sample)

    return each(tree, exp.ApproxQuantile, correct)


def counts(tree: exp.Expr) -> exp.Expr:
    """count takes one argument; approx_distinct counts exactly, for DuckDB's estimate is five times as far off."""

    def counted(node: exp.Count) -> None:
        of = node.this.expressions if isinstance(node.this, exp.Distinct) else []
        if node.expressions or len(of) > 1:
            raise StatementError("FUNCTION_NOT_FOUND", "line 1:1: Unexpected parameters for function count")

    def distinct(node: exp.ApproxDistinct) -> exp.Expr:
        return exp.Count(this=exp.Distinct(expressions=[node.this.copy()]))

    tree = each(tree, exp.Count, counted)
    return each(tree, exp.ApproxDistinct, distinct)


def extremes(tree: exp.Expr) -> exp.Expr:
    """max_by and min_by may give null: that of the row found."""

    def found(node: exp.ArgMax | exp.ArgMin) -> exp.Expr:
        name = "arg_max" if isinstance(node, exp.ArgMax) else "arg_min"
        count = node.args.get("count")
        if count is None:
            return call(f"{name}_null", node.this, node.expression)
        if isinstance(node.parent, exp.Filter | exp.Window) or not count.is_int or not 0 < int(count.name) <= _AT_MOST:
            raise refuse(f"{node.sql('trino')[:60]}: several values under FILTER or OVER, or of a computed count")
        held = call("struct_pack", exp.PropertyEQ(this=exp.to_identifier("held"), expression=node.this.copy()))
        item = exp.to_identifier("_held")
        field = exp.Lambda(this=call("struct_extract", item, exp.Literal.string("held")), expressions=[item.copy()])
        return call("list_transform", call(name, held, node.expression.copy(), count.copy()), field)

    return each(tree, (exp.ArgMax, exp.ArgMin), found)


def others(tree: exp.Expr) -> exp.Expr:
    """The n greatest or least are an array; what has no variance has no correlation."""

    def several(node: exp.Max | exp.Min) -> None:
        for count in node.expressions:
            if not isinstance(count, exp.Literal) or not count.is_int or not 0 < int(count.name) <= _AT_MOST:
                raise refuse(f"{node.sql('trino')[:60]}: a count other than a literal from 1 to {_AT_MOST}")

    def finite(outer: exp.Expr, _: Part) -> exp.Expr:
        return call("athena_finite", outer.copy())

    def mean(node: exp.Anonymous) -> exp.Expr | None:
        if node.name.lower() != "geometric_mean":
            return None
        (of,) = node.expressions
        return call("geometric_mean", argument(of, "number"))

    def drawn(node: exp.Rand) -> None:
        if node.this:
            raise refuse(f"{node.sql('trino')[:60]}: a random number up to a bound")

    tree = each(tree, exp.Rand, drawn)
    tree = each(tree, (exp.Max, exp.Min), several)
    tree = each(tree, exp.Anonymous, mean)
    for kind_of in (exp.Corr, exp.RegrSlope, exp.RegrIntercept):
        tree = _replaced(tree, kind_of, finite)
    return tree


ALL = (others, *map_aggregates.ALL, counts, averages, sums, percentiles, extremes)
