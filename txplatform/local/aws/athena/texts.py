"""Functions on texts, where DuckDB's mean something else than Trino's.

https://trino.io/docs/current/functions/string.html
"""

import re

from sqlglot import exp

from txplatform.local.aws.athena import characters
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.operands import argument, kind
from txplatform.local.aws.athena.rewriting import call, each, refuse
from txplatform.local.aws.athena.signatures import BYTES, INTEGER, TEXT

_LONGEST = 2**31 - 1
_TRIMS = {"LEADING": "ltrim", "TRAILING": "rtrim"}


def characters_of(tree: exp.Expr) -> exp.Expr:
    """Cases, order, padding and white space go by code points."""

    def trimmed(node: exp.Trim) -> exp.Expr:
        of = node.expression if node.args.get("expression") else exp.Literal.string(characters.WHITE_SPACE)
        name = _TRIMS.get(node.text("position").upper(), "trim")
        return call(name, argument(node.this, TEXT), argument(of, TEXT))

    def replaced(node: exp.Replace) -> exp.Expr | None:
        node.set("replacement", node.args.get("replacement") or exp.Literal.string(""))
        for part in ("this", "expression", "replacement"):
            node.set(part, argument(node.args[part], TEXT))
        if node.expression.is_string and node.expression.name:
            return None  # DuckDB's own is the same; a macro writes its arguments several times, at each depth again
        return call("athena_replace", node.this, node.expression, node.args["replacement"])

    def reversed_(node: exp.Reverse) -> exp.Expr:
        if isinstance(node.this, exp.Array):
            return call("list_reverse", node.this)
        if kind(node.this).name == "BLOB":
            return call("athena_reverse_bytes", node.this.copy())
        if kind(node.this).name.endswith("[]"):
            return call("list_reverse", node.this.copy())
        return call("athena_reverse", argument(node.this, TEXT))

    tree = each(tree, exp.Trim, trimmed)
    tree = each(tree, exp.Replace, replaced)
    return each(tree, exp.Reverse, reversed_)


def escapes(tree: exp.Expr) -> exp.Expr:
    """An escape character of LIKE escapes %, _ and itself alone."""

    def escaped(node: exp.Escape) -> None:
        pattern, escape = node.this.expression, node.expression
        if not (pattern.is_string and escape.is_string):
            raise refuse("LIKE with a computed pattern and ESCAPE")
        if len(escape.name) != 1:
            raise StatementError("INVALID_FUNCTION_ARGUMENT", "line 1:1: Escape string must be a single character")
        mark = re.escape(escape.name)
        if not re.fullmatch(f"(?:[^{mark}]|{mark}[%_{mark}])*", pattern.name, re.DOTALL):
            raise StatementError(
                "INVALID_FUNCTION_ARGUMENT",
                "line 1:1: Escape character must be followed by '%', '_' or the escape character itself",
            )

    return each(tree, exp.Escape, escaped)


def parts(tree: exp.Expr) -> exp.Expr:
    """A part of a text is found by a position from its end, too; beyond both ends it is empty."""

    def cut(node: exp.Substring) -> exp.Expr | None:
        length = node.args.get("length")
        own = kind(node.this).name
        node.set("this", argument(node.this, BYTES if own == BYTES else TEXT))
        node.set("start", argument(node.args["start"], INTEGER))
        length = argument(length, INTEGER) if length else exp.Literal.number(_LONGEST)
        if own == BYTES:
            return call("athena_substr_bytes", node.this, node.args["start"], length)
        if _is_positive(node.args["start"]) and _is_positive(length):
            node.set("length", length)
            return None  # as DuckDB has it
        return call("athena_substring", node.this, node.args["start"], length)

    def position(node: exp.StrPosition) -> exp.Expr:
        return call("strpos", argument(node.this, TEXT), argument(node.args["substr"], TEXT))

    tree = each(tree, exp.StrPosition, position)
    return each(tree, exp.Substring, cut)


def _is_positive(number: exp.Expr) -> bool:
    return number.is_int and not number.is_string and int(number.to_py()) > 0


ALL = (characters_of, escapes, parts)
