"""What rewrites ask of the types of operands, which only DuckDB knows, and only while it binds.

`athena_types()` is a struct with a field for each type, so that struct_extract with the name of a type stands for that
type, and cast_to_type with it for a cast. The name comes from a rule of `kinds`, over typeof() of the operands: DuckDB
evaluates it while binding, and a rule that refuses fails the statement there. At run time only a cast is left, or
nothing where the type is the same already. Where the looks of the operands tell their types, the rule is asked here.
"""

from collections.abc import Sequence
from functools import reduce

from sqlglot import exp

from txplatform.local.aws.athena import origins
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.kinds import RefusedError
from txplatform.local.aws.athena.known_kinds import KEEPING, known_kind
from txplatform.local.aws.athena.rewriting import call, refuse
from txplatform.local.aws.athena.rules import RULES
from txplatform.local.aws.athena.supertypes import RULED

_GROUPED = "grouped"
_MAPS = (
    "map_agg",
    "histogram",
    "athena_map_of_pairs",
    "athena_map_of_counts",
    "athena_map_of_maps",
    "athena_multimap_of_pairs",
    "athena_multimap_of_entries",
    "map_union",
    "multimap_agg",
    "map_from_entries",
    "athena_map_concat",
    "athena_split_to_map",
)


def mark_grouped(tree: exp.Expr) -> exp.Expr:
    """Mark what a query groups by: next to GROUP BY a + b, typeof() may ask for a + b, and not for a and for b."""
    for group in tree.find_all(exp.Group):
        select = group.parent
        assert isinstance(select, exp.Select)
        for item in group.find_all(exp.Literal):
            if not item.is_string and item.parent_select is select and 0 < int(item.name) <= len(select.expressions):
                select.expressions[int(item.name) - 1].unalias().meta[_GROUPED] = True
        grouped = {item for item in group.walk() if not isinstance(item, exp.Column | exp.Literal | exp.Identifier)}
        kinds = tuple({type(item) for item in grouped} - {exp.Group})
        for node in select.find_all(*kinds) if kinds else ():
            if node in grouped:
                node.meta[_GROUPED] = True
    return tree


def rule(name: str, *arguments: exp.Expr | str) -> exp.Expr:
    """Return the name of the type that a rule of `kinds` gives; raise StatementError where it refuses already."""
    names = [exp.Literal.string(item) if isinstance(item, str) else item for item in arguments]
    if all(isinstance(item, exp.Literal) for item in names):
        try:
            return exp.Literal.string(RULES[name](names[0].name, names[1].name))
        except RefusedError as error:
            raise StatementError(error.name, f"line 1:1: {error.message}") from error
    return call(f"athena_{name}_type", *(item.copy() for item in names))


def kind(expression: exp.Expr) -> exp.Expr:
    """Return what names the type of an expression: for what `typed` made, that very name, so chains stay short."""
    inner = expression.unnest()
    if not inner.meta.get(_GROUPED):
        if known := known_kind(inner):
            return exp.Literal.string(known)
        match inner:
            case exp.Anonymous() if inner.name == "cast_to_type":
                sample = inner.expressions[1]
                if isinstance(sample, exp.Anonymous) and sample.name == "struct_extract":
                    return sample.expressions[1].copy()
            case exp.Anonymous() if inner.name == "struct_extract" and (packed := unpacked(inner)) is not inner:
                return kind(packed)
            case exp.Anonymous() if inner.name in KEEPING:
                return kind(inner.expressions[0])
            case exp.Coalesce() | exp.Greatest() | exp.Least():
                return common([inner.this, *inner.expressions])
            case exp.Array() if inner.expressions:
                inside = common(inner.expressions)
                if isinstance(inside, exp.Literal):
                    return exp.Literal.string(f"{inside.name}[]")
            case exp.Map() if inner.args.get("keys") and inner.args.get("values"):
                sides = [kind(inner.args[side]) for side in ("keys", "values")]
                if all(isinstance(side, exp.Literal) and side.name.endswith("[]") for side in sides):
                    return exp.Literal.string(f"MAP({', '.join(side.name.removesuffix('[]') for side in sides)})")
            case exp.Round():
                return rule("rounded", kind(inner.this), "n" if inner.args.get("decimals") else "")
            case exp.Ceil() | exp.Floor():
                return rule("rounded", kind(inner.this), "")
            case exp.Case() | exp.If():
                return common(branches(inner))
            case exp.DPipe():
                return kind(inner.expression if isinstance(inner.this, exp.Null) else inner.this)
            case exp.Add() | exp.Sub() if isinstance(inner.expression.unnest(), exp.Interval):
                return kind(inner.this)
            case exp.DateAdd() | exp.DateTrunc() | exp.TimestampTrunc():
                return rule("dated", kind(inner.this), "")
            case exp.Neg() | exp.Abs() | exp.Nullif():
                return kind(inner.this)
            case exp.Sum() | exp.Avg() | exp.Max() | exp.Min() | exp.Filter() | exp.Window():
                return _of_aggregate(inner)
    return call("typeof", expression.copy())


def _of_aggregate(outer: exp.Expr) -> exp.Expr:
    """Return what names the type of an aggregate, by that of its argument, and do not write the whole again."""
    aggregate = outer
    while isinstance(aggregate, exp.Filter | exp.Window):
        aggregate = aggregate.this
    if not isinstance(aggregate, exp.Sum | exp.Avg | exp.Max | exp.Min) or aggregate.expressions:
        return call("typeof", outer.copy())
    of = aggregate.this.expressions[0] if isinstance(aggregate.this, exp.Distinct) else aggregate.this
    name = kind(of)
    if not isinstance(outer, exp.Window):  # next to other aggregates, there are no single values to ask for
        for asked in [node for node in name.find_all(exp.Anonymous) if node.name == "typeof"]:
            asked.set("expressions", [exp.AnyValue(this=asked.expressions[0])])
    match aggregate:
        case exp.Sum():
            return rule("summed", name, "")
        case exp.Avg():
            return rule("averaged", name, "")
    return name


def branches(node: exp.Case | exp.If) -> list[exp.Expr]:
    """Return the values that a condition chooses from."""
    values = [branch.args["true"] for branch in node.args.get("ifs") or [node]]
    otherwise = node.args.get("default") or node.args.get("false")
    return values if otherwise is None else [*values, otherwise]


def common(expressions: Sequence[exp.Expr]) -> exp.Expr:
    """Return what names the type to which all of some expressions are coerced."""
    return reduce(lambda one, other: rule("common", one, other), dict.fromkeys(map(kind, expressions)))


def is_text(expression: exp.Expr) -> bool:
    """Say whether an expression can be nothing but a text."""
    name = kind(expression)
    return isinstance(name, exp.Literal) and name.name == "VARCHAR"


def typed(expression: exp.Expr, type_name: exp.Expr) -> exp.Expr:
    """Cast to the type that is called so."""
    is_number = isinstance(expression.unnest(), exp.Literal) and not expression.unnest().is_string
    if isinstance(type_name, exp.Literal) and not is_number:
        own = kind(expression)
        if own == type_name:
            return expression.copy()
    return call("cast_to_type", expression.copy(), of_type(type_name))


def of_type(type_name: exp.Expr) -> exp.Expr:
    """Return what stands for a type by its name."""
    return call("struct_extract", call("athena_types"), type_name.copy())


def sample(type_name: exp.Expr) -> exp.Expr:
    """Return a null of the type that is called so, whose type a macro asks for: a name does not enter a lambda."""
    return call("cast_to_type", exp.null(), of_type(type_name))


def agree(values: Sequence[exp.Expr]) -> exp.Expr:
    """Return the first of some values, which fails where they have no type in common."""
    return unless_refused(values[0], rule("agreeing", common(values), ""))


def argument(value: exp.Expr, wanted: str) -> exp.Expr:
    """Return an argument of the kind that a function takes: one of `kinds.required`, or of `signatures`.

    The name of the function may stand after a "@", for its error.
    """
    wanted, at, function = wanted.partition("@")
    match wanted:
        case "" | "any":
            return value
        case "absent":
            raise refuse(f"the argument {value.sql('trino')[:60]}")
        case "lambda":
            if not isinstance(value, exp.Lambda):
                raise StatementError("TYPE_MISMATCH", f"line 1:1: expected a lambda, found {value.sql('trino')[:60]}")
            return value
        case "array" | "map":
            return unless_refused(value, rule("shaped", kind(value), f"{wanted}{at}{function}"))
        case _ if isinstance(value, exp.Lambda) and "lambda" in wanted.split("|"):
            return value
        case _:
            return typed(value, rule("required", kind(value), f"{wanted.removesuffix('|lambda')}{at}{function}"))


def element(value: exp.Expr, array: exp.Expr) -> exp.Expr:
    """Return a value that is compared with the elements of an array."""
    return typed(value, rule("compared", kind(value), rule("element", kind(array), "")))


def unless_refused(value: exp.Expr, ruling: exp.Expr) -> exp.Expr:
    """Return a value of any type; `ruling` is of a rule that gives the name of a field, or refuses."""
    if isinstance(ruling, exp.Literal):
        return value
    packed = call("struct_pack", exp.PropertyEQ(this=exp.to_identifier(RULED), expression=value.copy()))
    return call("struct_extract", packed, ruling)


def unpacked(expression: exp.Expr) -> exp.Expr:
    """Return the value that `unless_refused` was given."""
    packed = expression.expressions[0] if isinstance(expression, exp.Anonymous) and expression.expressions else None
    if isinstance(packed, exp.Anonymous) and packed.name == "struct_pack" and packed.expressions[0].name == RULED:
        return packed.expressions[0].expression
    return expression


def is_map(expression: exp.Expr) -> bool:
    """Say whether an expression is a map by its looks."""
    if isinstance(expression, exp.Column):
        found = origins.of(expression)
        return bool(found) and all(map(is_map, found))
    name = kind(expression)
    inner = unpacked(expression.unnest())
    while isinstance(inner, exp.Filter | exp.Window):
        inner = inner.this
    if isinstance(inner, exp.Anonymous) and inner.name.lower() in _MAPS:
        return True
    return isinstance(inner, exp.Map) or (
        isinstance(name, exp.Literal) and name.name.startswith("MAP") and name.name.endswith(")")
    )


def is_opaque(*operands: exp.Expr) -> bool:
    """Say whether an operand is a row, whose type nothing here compares."""
    return any(isinstance(operand.unnest(), exp.Tuple) for operand in operands)
