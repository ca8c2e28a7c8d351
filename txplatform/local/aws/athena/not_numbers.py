"""NaN is unequal to all, itself included, and neither less nor greater; DuckDB has it equal to itself and the greatest.

https://trino.io/docs/current/functions/math.html#floating-point-functions. Looked for where an operand is of floating
point by its looks, or comes out of VALUES with such; a column of a table is taken to hold numbers.
"""

from sqlglot import exp

from txplatform.local.aws.athena.known_kinds import known_kind
from txplatform.local.aws.athena.rewriting import call, each, refuse

_FLOATING = (exp.Stddev, exp.StddevSamp, exp.StddevPop, exp.Variance, exp.VariancePop)
_FINITE = ("pi", "athena_e", "athena_to_unixtime")
_TYPES = (exp.DataType.Type.DOUBLE, exp.DataType.Type.FLOAT)


def _is_floating(node: exp.Expr) -> bool:
    match node:
        case exp.Literal():
            return not node.is_string and "e" in node.name.lower()
        case exp.Cast():
            return node.to.this in _TYPES
        case exp.Anonymous():
            return known_kind(node) == "DOUBLE" and node.name not in _FINITE
        case _:
            return isinstance(node, _FLOATING)


def _has_floats(tree: exp.Expr) -> bool:
    return any(map(_is_floating, tree.walk()))


def comparisons(tree: exp.Expr) -> exp.Expr:
    """Answer as Trino does where one side is no number."""
    listed = any(map(_has_floats, tree.find_all(exp.Values)))

    def compared(node: exp.Binary) -> exp.Expr | None:
        left, right = node.this.unnest(), node.expression.unnest()
        of_columns = listed and (left.find(exp.Column) or right.find(exp.Column))
        if not (_has_floats(left) or _has_floats(right) or of_columns):
            return None
        greater = node.this if not isinstance(node, exp.LT | exp.LTE) else node.expression
        number = left if greater is node.this else right
        equals = isinstance(node, exp.EQ | exp.NEQ)
        if isinstance(number, exp.Literal) or (equals and isinstance(right, exp.Literal)):
            return None
        nan = call("athena_is_nan", greater.copy())
        if isinstance(node, exp.NEQ):
            return exp.paren(exp.or_(node.copy(), nan))
        return exp.paren(exp.and_(node.copy(), exp.not_(nan)))

    return each(tree, (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE), compared)


def lists(tree: exp.Expr) -> exp.Expr:
    """NaN is in no list, and between no bounds: DuckDB finds it in its own, and puts it last."""
    listed = any(map(_has_floats, tree.find_all(exp.Values)))

    def looks(node: exp.Expr) -> bool:
        return _has_floats(node) or (listed and node.find(exp.Column) is not None)

    def among(node: exp.In) -> exp.Expr | None:
        if not looks(node.this):
            return None
        if not node.expressions:
            raise refuse("numbers that may be NaN, in IN of a query")
        return exp.paren(exp.or_(*(exp.EQ(this=node.this.copy(), expression=of.copy()) for of in node.expressions)))

    def between(node: exp.Between) -> exp.Expr | None:
        if not looks(node):
            return None
        low = exp.GTE(this=node.this.copy(), expression=node.args["low"].copy())
        return exp.paren(exp.and_(low, exp.LTE(this=node.this.copy(), expression=node.args["high"].copy())))

    def differing(node: exp.Nullif) -> exp.Expr | None:
        if not looks(node.this):
            return None
        same = exp.EQ(this=node.this.copy(), expression=node.expression.copy())
        return exp.Case(ifs=[exp.If(this=same, true=exp.null())], default=node.this.copy())

    tree = each(tree, exp.Nullif, differing)
    tree = each(tree, exp.In, among)
    return each(tree, exp.Between, between)


ALL = (lists, comparisons)
