"""Texts with code points by number, and bytes: https://trino.io/docs/current/language/types.html#string."""

import re

from sqlglot import exp

from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.rewriting import call, each, refuse

_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{4})|\+([0-9a-fA-F]{6})|(\\))|(\\)")


def unicode(tree: exp.Expr) -> exp.Expr:
    """Write a text of U&'…' with its characters."""

    def character(found: re.Match[str]) -> str:
        code = int(found[1] or found[2] or "5c", 16)
        if found[4] or code > 0x10FFFF or 0xD800 <= code < 0xE000:
            raise StatementError("INVALID_LITERAL", "line 1:1: Invalid escape sequence in a Unicode literal")
        return chr(code)

    def written(node: exp.UnicodeString) -> exp.Expr:
        if node.args.get("escape"):
            raise refuse("UESCAPE")
        return exp.Literal.string(_ESCAPE.sub(character, node.name))

    return each(tree, exp.UnicodeString, written)


def binary(tree: exp.Expr) -> exp.Expr:
    """Bytes are written by their hexadecimal digits."""
    return each(tree, exp.HexString, lambda node: call("unhex", exp.Literal.string(node.name)))


ALL = (unicode, binary)
