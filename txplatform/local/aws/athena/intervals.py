"""Intervals, and whole numbers of them: https://trino.io/docs/current/functions/datetime.html#date-and-time-operators."""

from sqlglot import exp

from txplatform.local.aws.athena.operands import argument
from txplatform.local.aws.athena.rewriting import refuse
from txplatform.local.aws.athena.signatures import INTEGER


def is_one(expression: exp.Expr) -> bool:
    """Say whether an expression is an interval by its looks."""
    inner = expression.unnest()
    if isinstance(inner, exp.Mul | exp.Div):
        return is_one(inner.this) or is_one(inner.expression)
    return isinstance(inner, exp.Interval) or (isinstance(inner, exp.Neg) and is_one(inner.this))


def times(expression: exp.Expr) -> exp.Interval:
    """Return an interval, or a number of intervals, as one of a computed count."""
    if isinstance(expression, exp.Interval):
        return expression.copy()
    if not isinstance(expression, exp.Mul):
        raise refuse(f"the interval {expression.sql('trino')[:60]}")
    interval, number = expression.this.unnest(), expression.expression.unnest()
    if not isinstance(interval, exp.Interval):
        interval, number = number, interval
    if not isinstance(interval, exp.Interval) or not interval.this.is_string:
        raise refuse(f"the interval {expression.sql('trino')[:60]}")
    if not interval.name.lstrip("+-").isdigit():
        raise refuse(f"a multiple of {interval.sql('trino')}")
    count = exp.Mul(this=exp.paren(argument(number, INTEGER)), expression=exp.Literal.number(int(interval.name)))
    return exp.Interval(this=exp.Paren(this=count), unit=interval.args["unit"].copy())
