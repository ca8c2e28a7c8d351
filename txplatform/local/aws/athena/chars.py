"""CHAR(n): texts filled up with spaces, which do not count when they are compared; which are such, looks tell.

https://trino.io/docs/current/language/types.html#char; a text beside one is compared as one.
"""

from sqlglot import exp

from txplatform.local.aws.athena import origins
from txplatform.local.aws.athena.operands import argument
from txplatform.local.aws.athena.rewriting import call, each, refuse
from txplatform.local.aws.athena.signatures import TEXT

_LENGTH = "length"
_LONGEST = 65_536
_CHAR = (exp.DataType.Type.CHAR,)
_KEEPING = (exp.Paren, exp.Alias, exp.Reverse, exp.Min, exp.Max)
_COMPARING = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ, exp.In, exp.Between)
_TAKING = (
    *_KEEPING, *_COMPARING, exp.Is, exp.DPipe, exp.Concat, exp.Cast, exp.Ordered, exp.Group, exp.Count, exp.Distinct,
    exp.Select, exp.Tuple, exp.Values, exp.Typeof,
)  # fmt: skip
_FUNCTIONS = ("length", "upper", "lower")


def length_of(node: exp.Expr) -> int | None:
    """Return the length of a CHAR, None for another expression."""
    if _LENGTH in node.meta:
        return node.meta[_LENGTH]
    match node:
        case exp.Cast() if node.to.this in _CHAR:
            default = len(node.this.name) if node.this.is_string else 1
            return int(node.to.expressions[0].name) if node.to.expressions else default
        case exp.Column():
            return _common(origins.of(node) or [])
        case exp.Anonymous() if node.name.lower() in _FUNCTIONS[1:] and node.expressions:
            return length_of(node.expressions[0])
        case _:
            return length_of(node.this) if isinstance(node, _KEEPING) and isinstance(node.this, exp.Expr) else None


def _common(nodes: list[exp.Expr]) -> int | None:
    found = {length_of(node) for node in nodes}
    if len(found) > 1:
        raise refuse("CHAR of several lengths, or beside other texts, in a column")
    return found.pop() if found else None


def padded(tree: exp.Expr) -> exp.Expr:
    """Fill up what is cast to CHAR, and compare without the spaces at the end."""

    def cast(node: exp.Cast) -> exp.Expr | None:
        own, wanted = length_of(node.this), length_of(node)
        if wanted is None and own is not None and node.to.this not in exp.DataType.TEXT_TYPES:
            raise refuse(f"a cast of CHAR to {node.to.sql('trino')}")
        if wanted is None:
            return None
        if not 0 <= wanted <= _LONGEST:
            raise refuse(f"CHAR({wanted})")
        text = node.this.copy() if own is None else call("rtrim", node.this.copy(), exp.Literal.string(" "))
        made = call("athena_char", argument(text, TEXT), exp.Literal.number(wanted))
        made.meta[_LENGTH] = wanted
        return made

    def compared(node: exp.Expr) -> None:
        sides = list(node.iter_expressions())
        if not any(length_of(side) is not None for side in sides):
            return
        for side in sides:
            side.replace(call("rtrim", argument(side.copy(), TEXT), exp.Literal.string(" ")))

    def named(node: exp.Typeof) -> exp.Expr | None:
        own = length_of(node.this)
        return None if own is None else exp.Literal.string(f"char({own})")

    if not any(node.this in _CHAR for node in tree.find_all(exp.DataType)):
        return tree
    tree = each(tree, (exp.Cast, exp.TryCast), cast)
    tree = each(tree, exp.Typeof, named)
    _refuse_unseen(tree)
    return each(tree, _COMPARING, compared)


def _refuse_unseen(tree: exp.Expr) -> None:
    """Refuse a CHAR where it would be taken for another text."""
    for values in tree.find_all(exp.Values):
        rows = [row.expressions if isinstance(row, exp.Tuple) else [row] for row in values.expressions]
        for column in zip(*rows, strict=False):
            _common(list(column))
    for node in tree.walk():
        if isinstance(node, exp.Query) or length_of(node) is None:
            continue
        outer = node.parent
        if isinstance(outer, exp.Select | exp.Tuple | exp.Values):
            origins.require_seen(node, "CHAR")
        elif isinstance(outer, exp.Alias):
            origins.require_seen(outer, "CHAR")
        named = outer.name.lower() if isinstance(outer, exp.Anonymous) else ""
        if not isinstance(outer, _TAKING) and named not in (*_FUNCTIONS, "rtrim"):
            raise refuse(f"{node.sql('trino')[:60]}: CHAR at this place")


ALL = (padded,)
