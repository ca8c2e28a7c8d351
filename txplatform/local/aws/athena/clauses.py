"""Parts of a statement at its outermost level: where a word or a closing bracket stands among its tokens."""

import re

from txplatform.local.aws.athena import dialect
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.grammar import mismatched, words

_STRING = r"'((?:[^']|'')*)'"
_VALUE = r"'(?:[^']|'')*'|[0-9]+|true|false|array\s*\[\s*(?:'(?:[^']|'')*'\s*,?\s*)*\]"
_PROPERTY = re.compile(rf"\s*(?P<name>\w+)\s*=\s*(?P<value>{_VALUE})\s*(?:,|\Z)", re.IGNORECASE)

Value = str | int | bool | list[str]


def split(sql: str, word: str) -> tuple[str, str]:
    """Return what stands before and after the first `word` outside of brackets; "" after it where there is none."""
    depth, found = 0, dialect.tokens(sql)
    for token, text in zip(found, words(found), strict=True):
        if depth == 0 and text == word:
            return sql[: token.start], sql[token.end + 1 :]
        depth += _step(text)
        if depth < 0:
            raise mismatched(token)
    if depth:
        raise StatementError("SYNTAX_ERROR", "line 1:1: mismatched input '<EOF>'")
    return sql, ""


def bracketed(sql: str) -> tuple[str, str]:
    """Return what stands inside of the brackets that a text begins with, and after them; raise StatementError."""
    depth, found = 0, dialect.tokens(sql)
    for token, text in zip(found, words(found), strict=True):
        depth += _step(text)
        if depth < 1:
            if token is found[0]:
                break
            return sql[found[0].end + 1 : token.start], sql[token.end + 1 :]
    raise mismatched(found[0]) if found else StatementError("SYNTAX_ERROR", "line 1:1: mismatched input '<EOF>'")


def properties(text: str) -> dict[str, Value]:
    """Read name = value, … by the names in lower case; raise StatementError for one given twice, or no literal."""
    read: dict[str, Value] = {}
    rest = text.strip()
    while rest:
        found = _PROPERTY.match(rest)
        if found is None or found["name"].lower() in read:
            raise StatementError("INVALID_TABLE_PROPERTY", f"line 1:1: mismatched table property '{rest[:40]}'")
        read[found["name"].lower()] = _value(found["value"])
        rest = rest[found.end() :]
    return read


def _value(text: str) -> Value:
    if text.startswith("'"):
        return text[1:-1].replace("''", "'")
    if text[0].isdigit():
        return int(text)
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    return [name.replace("''", "'").lower() for name in re.findall(_STRING, text)]


def _step(text: str) -> int:
    return {"(": 1, "[": 1, ")": -1, "]": -1}.get(text, 0)
