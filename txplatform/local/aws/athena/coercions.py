"""Rewrites that depend on the types of operands, which only DuckDB knows, and only while it binds.

`athena_types()` is a struct with a field for each type, so that struct_extract with the name of a type stands for that
type, and cast_to_type with it for a cast. The name comes from a rule of `kinds`, over typeof() of the operands: DuckDB
evaluates it while binding, and a rule that refuses fails the statement there. At run time only a cast is left, or
nothing where the type is the same already.
"""

from collections.abc import Callable

from sqlglot import exp

from txplatform.local.aws.athena.rewriting import call, each

_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ)
_GROUPED = "grouped"
_OPERATORS: dict[type[exp.Expr], str] = {
    exp.Add: "total",
    exp.Sub: "difference",
    exp.Mul: "product",
    exp.Div: "quotient",
    exp.Mod: "remainder",
}


def _rule(name: str, *arguments: exp.Expr | str) -> exp.Expr:
    texts = [exp.Literal.string(item) if isinstance(item, str) else item for item in arguments]
    return call(f"athena_{name}_type", *texts)


def _kind(expression: exp.Expr) -> exp.Expr:
    """Return what names the type of an expression: for what `_typed` made, that very name, so chains stay short."""
    inner = expression.unnest()
    if isinstance(inner, exp.Anonymous) and not inner.meta.get(_GROUPED) and inner.name == "cast_to_type":
        sample = inner.expressions[1]
        if isinstance(sample, exp.Anonymous) and sample.name == "struct_extract":
            return sample.expressions[1].copy()
    return call("typeof", expression.copy())


def _typed(expression: exp.Expr, kind: exp.Expr) -> exp.Expr:
    return call("cast_to_type", expression.copy(), call("struct_extract", call("athena_types"), kind.copy()))


def _like(expression: exp.Expr, other: exp.Expr) -> exp.Expr:
    return _typed(expression, _rule("compared", _kind(expression), _kind(other)))


def _is_opaque(*operands: exp.Expr) -> bool:
    """Say whether an operand's type cannot be asked for without running it, or is a row's."""
    return any(isinstance(operand, exp.Tuple) or operand.find(exp.Query) is not None for operand in operands)


def arithmetic(tree: exp.Expr) -> exp.Expr:
    """Decimals are exact and of Trino's precision; integers divide as integers; nothing is divided by zero."""

    def mend(node: exp.Binary) -> exp.Expr | None:
        left, right = node.this.unnest(), node.expression.unnest()
        if isinstance(left, exp.Interval) or isinstance(right, exp.Interval) or node.find_ancestor(exp.Interval):
            return None
        left, right = node.this, node.expression
        kind = _rule(_OPERATORS[type(node)], _kind(left), _kind(right))
        match node:
            case exp.Mul():
                one = _typed(left, _rule("factor", _kind(left), _kind(right)))
                value = exp.Mul(this=one, expression=_typed(right, _rule("factor", _kind(right), _kind(left))))
            case exp.Div():
                value = call("athena_divide", left.copy(), right.copy(), kind)
            case exp.Mod():
                value = call("athena_modulo", left.copy(), right.copy(), kind)
            case _:
                value = type(node)(this=_typed(left, kind), expression=_typed(right, kind))
        made = _typed(exp.Paren(this=value), kind)
        made.meta.update(node.meta)
        return made

    _mark_grouped(tree)
    return each(tree, tuple(_OPERATORS), mend)


def _mark_grouped(tree: exp.Expr) -> None:
    """Mark what a query groups by: next to GROUP BY a + b, typeof() may ask for a + b, and not for a and for b."""
    for group in tree.find_all(exp.Group):
        grouped = set(group.expressions)
        for node in group.parent.find_all(*_OPERATORS) if group.parent else ():
            if node in grouped:
                node.meta[_GROUPED] = True


def rounding(tree: exp.Expr) -> exp.Expr:
    """round(decimal, n) keeps the scale of its argument."""

    def mend(node: exp.Round) -> exp.Expr:
        decimals = "n" if node.args.get("decimals") else ""
        return _typed(node, _rule("rounded", _kind(node.this), decimals))

    return each(tree, exp.Round, mend)


def comparisons(tree: exp.Expr) -> exp.Expr:
    """Trino compares numbers with numbers, texts with texts and moments with moments; DuckDB casts one to the other."""

    def compared(node: exp.Binary) -> None:
        if not isinstance(node.parent, exp.Update) and not _is_opaque(node.this, node.expression):
            node.set("expression", _like(node.expression, node.this))

    def among(node: exp.In) -> None:
        if not node.args.get("query") and not _is_opaque(node.this, *node.expressions):
            node.set("expressions", [_like(item, node.this) for item in node.expressions])

    def between(node: exp.Between) -> None:
        for bound in ("low", "high"):
            if not _is_opaque(node.this, node.args[bound]):
                node.set(bound, _like(node.args[bound], node.this))

    def alternatives(node: exp.Coalesce) -> None:
        if not _is_opaque(node.this, *node.expressions):
            node.set(
                "expressions", [_like(x, node.this) if isinstance(x, exp.Literal) else x for x in node.expressions]
            )

    mends: tuple[tuple[object, Callable[..., None]], ...] = (
        (_COMPARISONS, compared),
        (exp.In, among),
        (exp.Between, between),
        (exp.Coalesce, alternatives),
    )
    for kind, mend in mends:
        tree = each(tree, kind, mend)
    return tree


def arguments(tree: exp.Expr) -> exp.Expr:
    """Texts alone are concatenated, and with a null give null; numbers alone are added up; conditions are booleans."""

    def joined(node: exp.Concat) -> exp.Expr:
        first, *others = [_typed(item, _rule("required", _kind(item), "VARCHAR")) for item in node.expressions]
        for other in others:
            first = exp.DPipe(this=first, expression=other, safe=False)
        return exp.Paren(this=first)

    def concatenated(node: exp.DPipe) -> None:
        for side in ("this", "expression"):
            if not isinstance(node.args[side], exp.DPipe):
                node.set(side, _typed(node.args[side], _rule("required", _kind(node.args[side]), "VARCHAR")))

    def summed(node: exp.Sum | exp.Avg) -> None:
        if not isinstance(node.this, exp.Distinct):
            node.set("this", _typed(node.this, _rule("required", _kind(node.this), "number")))

    def condition(node: exp.Where | exp.Having) -> None:
        if not isinstance(node.this, exp.Condition) or isinstance(node.this, exp.Column | exp.Literal):
            node.set("this", _typed(node.this, _rule("required", _kind(node.this), "BOOLEAN")))

    tree = each(tree, exp.DPipe, concatenated)
    tree = each(tree, exp.Concat, joined)
    tree = each(tree, (exp.Sum, exp.Avg), summed)
    return each(tree, (exp.Where, exp.Having), condition)


ALL = (arithmetic, rounding, comparisons, arguments)
