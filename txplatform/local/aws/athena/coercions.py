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


def rule(name: str, *arguments: exp.Expr | str) -> exp.Expr:
    """Return the name of the type that a rule of `kinds` gives."""
    texts = [exp.Literal.string(item) if isinstance(item, str) else item for item in arguments]
    return call(f"athena_{name}_type", *texts)


def kind(expression: exp.Expr) -> exp.Expr:
    """Return what names the type of an expression: for what `typed` made, that very name, so chains stay short."""
    inner = expression.unnest()
    if is_text(inner):
        return exp.Literal.string("VARCHAR")
    if isinstance(inner, exp.Anonymous) and not inner.meta.get(_GROUPED) and inner.name == "cast_to_type":
        sample = inner.expressions[1]
        if isinstance(sample, exp.Anonymous) and sample.name == "struct_extract":
            return sample.expressions[1].copy()
    return call("typeof", expression.copy())


def is_text(expression: exp.Expr) -> bool:
    """Say whether an expression can be nothing but a text, so that nobody has to ask: asking repeats all of it."""
    match expression.unnest():
        case exp.DPipe() | exp.Replace():
            return True
        case exp.Literal() as literal:
            return literal.is_string
        case exp.Cast() as cast:
            return cast.to.this in exp.DataType.TEXT_TYPES
        case exp.Coalesce() | exp.Substring() as of:
            return is_text(of.this)
        case exp.Case() as case:
            values = [branch.args["true"] for branch in case.args["ifs"]]
            otherwise = case.args.get("default")
            return all(map(is_text, values if otherwise is None else [*values, otherwise]))
        case _:
            return False


def typed(expression: exp.Expr, type_name: exp.Expr) -> exp.Expr:
    """Cast to the type that is called so."""
    return call("cast_to_type", expression.copy(), _of_type(type_name))


def _of_type(type_name: exp.Expr) -> exp.Expr:
    """Return what stands for a type by its name."""
    return call("struct_extract", call("athena_types"), type_name.copy())


def _is_costly(division: exp.Expr) -> bool:
    """Say whether an operand is not to be written many times: it divides itself, or looks at many rows."""
    inner = division.find_all(exp.Window, exp.Query, exp.Anonymous)
    return any(not isinstance(node, exp.Anonymous) or node.name.startswith("athena_divide") for node in inner)


def _like(expression: exp.Expr, other: exp.Expr) -> exp.Expr:
    return typed(expression, rule("compared", kind(expression), kind(other)))


def is_opaque(*operands: exp.Expr) -> bool:
    """Say whether an operand's type cannot be asked for without running it, or is a row's."""
    return any(isinstance(operand, exp.Tuple) or operand.find(exp.Query) is not None for operand in operands)


def arithmetic(tree: exp.Expr) -> exp.Expr:
    """Decimals are exact and of Trino's precision; integers divide as integers; nothing is divided by zero."""

    def correct(node: exp.Binary) -> exp.Expr | None:
        left, right = node.this.unnest(), node.expression.unnest()
        if isinstance(left, exp.Interval) or isinstance(right, exp.Interval) or node.find_ancestor(exp.Interval):
            return None
        left, right = node.this, node.expression
        result = rule(_OPERATORS[type(node)], kind(left), kind(right))
        match node:
            case exp.Mul():
                one = typed(left, rule("factor", kind(left), kind(right)))
                value = exp.Mul(this=one, expression=typed(right, rule("factor", kind(right), kind(left))))
            case exp.Div():
                divide = "athena_divide_once" if _is_costly(node) else "athena_divide"
                value = call(divide, left.copy(), right.copy(), result, _of_type(result))
            case exp.Mod():
                value = call("athena_modulo", left.copy(), right.copy(), result)
            case _:
                value = type(node)(this=typed(left, result), expression=typed(right, result))
        made = typed(exp.Paren(this=value), result)
        made.meta.update(node.meta)
        return made

    _mark_grouped(tree)
    return each(tree, tuple(_OPERATORS), correct)


def _mark_grouped(tree: exp.Expr) -> None:
    """Mark what a query groups by: next to GROUP BY a + b, typeof() may ask for a + b, and not for a and for b."""
    for group in tree.find_all(exp.Group):
        grouped = set(group.expressions)
        for node in group.parent.find_all(*_OPERATORS, exp.Anonymous) if group.parent else ():
            if node in grouped:
                node.meta[_GROUPED] = True


def rounding(tree: exp.Expr) -> exp.Expr:
    """round(decimal, n) keeps the scale of its argument."""

    def correct(node: exp.Round) -> exp.Expr:
        decimals = "n" if node.args.get("decimals") else ""
        return typed(node, rule("rounded", kind(node.this), decimals))

    return each(tree, exp.Round, correct)


def comparisons(tree: exp.Expr) -> exp.Expr:
    """Trino compares numbers with numbers, texts with texts and moments with moments; DuckDB casts one to the other."""

    def compared(node: exp.Binary | exp.Nullif) -> None:
        if not isinstance(node.parent, exp.Update) and not is_opaque(node.this, node.expression):
            node.set("expression", _like(node.expression, node.this))

    def among(node: exp.In) -> None:
        if not node.args.get("query") and not is_opaque(node.this, *node.expressions):
            node.set("expressions", [_like(item, node.this) for item in node.expressions])

    def between(node: exp.Between) -> None:
        for bound in ("low", "high"):
            if not is_opaque(node.this, node.args[bound]):
                node.set(bound, _like(node.args[bound], node.this))

    def alternatives(node: exp.Coalesce | exp.Greatest | exp.Least) -> None:
        if not is_opaque(node.this, *node.expressions):
            node.set(
                "expressions", [_like(x, node.this) if isinstance(x, exp.Literal) else x for x in node.expressions]
            )

    def branches(node: exp.Case | exp.If) -> None:
        """Compare the literals among the branches with the first branch."""
        if isinstance(node.parent, exp.Case) and node.arg_key == "ifs":
            return
        parts = [(branch, "true") for branch in node.args.get("ifs") or [node]]
        otherwise = (node, "default" if isinstance(node, exp.Case) else "false")
        first, *others = [*parts, otherwise] if node.args.get(otherwise[1]) else parts
        for part, key in others:
            sample, value = first[0].args[first[1]], part.args[key]
            if isinstance(value, exp.Literal) and not is_opaque(sample) and sample.find(exp.Case, exp.If) is None:
                part.set(key, _like(value, sample))

    corrections: tuple[tuple[object, Callable[..., None]], ...] = (
        ((*_COMPARISONS, exp.Nullif), compared),
        (exp.In, among),
        (exp.Between, between),
        ((exp.Coalesce, exp.Greatest, exp.Least), alternatives),
        ((exp.Case, exp.If), branches),
    )
    for nodes, correct in corrections:
        tree = each(tree, nodes, correct)
    return tree


def arguments(tree: exp.Expr) -> exp.Expr:
    """Texts alone are concatenated, and with a null give null; numbers alone are added up; conditions are booleans."""

    def joined(node: exp.Concat) -> exp.Expr:
        first, *others = [typed(item, rule("required", kind(item), "VARCHAR")) for item in node.expressions]
        for other in others:
            first = exp.DPipe(this=first, expression=other, safe=False)
        return exp.Paren(this=first)

    def concatenated(node: exp.DPipe) -> None:
        for side in ("this", "expression"):
            if not is_text(node.args[side]):
                node.set(side, typed(node.args[side], rule("required", kind(node.args[side]), "VARCHAR")))

    def summed(node: exp.Sum | exp.Avg) -> None:
        if not isinstance(node.this, exp.Distinct):
            node.set("this", typed(node.this, rule("required", kind(node.this), "number")))

    def condition(node: exp.Where | exp.Having | exp.Not) -> None:
        if not isinstance(node.this, exp.Condition) or isinstance(node.this, exp.Column | exp.Literal):
            node.set("this", typed(node.this, rule("required", kind(node.this), "BOOLEAN")))

    tree = each(tree, exp.DPipe, concatenated)
    tree = each(tree, exp.Concat, joined)
    tree = each(tree, (exp.Sum, exp.Avg), summed)
    return each(tree, (exp.Where, exp.Having, exp.Not), condition)


ALL = (arithmetic, rounding, comparisons, arguments)
