"""The columns of a statement, read from its text."""

import re
from collections.abc import Iterable

_LITERAL = re.compile(r"'(?:[^']|'')*'")
_COMMENT = re.compile(r"--[^\n]*")
_STEP = re.compile(r"[(),]|\b(?:SELECT|FROM)\b", re.IGNORECASE)
_NAME = re.compile(r"(?:\bAS\s+|^|\.)\"?(\w+)\"?$", re.IGNORECASE)


def without_literals(sql: str) -> str:
    """The statement without its comments and with empty literals."""
    return _LITERAL.sub("''", _COMMENT.sub("", sql))


def select_list(sql: str) -> Iterable[str]:
    """The items of the first select list outside of parentheses, of a statement without literals and comments."""
    start, depth = None, 0
    for token in _STEP.finditer(sql):
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if depth or token[0] in "()":
            continue
        if start is None:
            start = token.end() if token[0].upper() == "SELECT" else None
            continue
        yield sql[start : token.start()].strip()
        start = token.end()
        if token[0] != ",":
            return


def column_names(sql: str) -> list[str]:
    """The names of a statement's columns; of one that has no name, its text."""
    items = list(select_list(without_literals(sql)))
    return [found[1] if (found := _NAME.search(item)) else item for item in items]
