"""Athena's SQL as DuckDB's: parse in the one, rewrite what differs in meaning, print in the other."""

import re
from functools import lru_cache
from itertools import pairwise
from typing import Any, ClassVar

import sqlglot
from sqlglot import exp
from sqlglot.dialects import Trino
from sqlglot.errors import ParseError, TokenError, UnsupportedError
from sqlglot.tokenizer_core import Token, TokenType

from txplatform.local.aws.athena import grammar, rewrites, samples, vocabulary
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.kinds import MAXIMUM_DIGITS
from txplatform.local.aws.athena.library_functions import FUNCTIONS as LIBRARY


def _without_library(parsers: dict[str, Any]) -> dict[str, Any]:
    return {name: parse for name, parse in parsers.items() if name.lower() not in LIBRARY}


class _Athena(Trino):
    """Trino, without the functions of `library`, and with subscripts as they are written."""

    INDEX_OFFSET = 0

    class Parser(Trino.Parser):
        FUNCTIONS: ClassVar = _without_library(Trino.Parser.FUNCTIONS)
        FUNCTION_PARSERS: ClassVar = _without_library(Trino.Parser.FUNCTION_PARSERS)


@lru_cache(maxsize=64)
def tokens(sql: str) -> tuple[Token, ...]:
    """Split a statement; raise StatementError where that is impossible. Each step of a statement asks for the same."""
    try:
        return tuple(sqlglot.tokenize(sql, read="trino"))
    except TokenError as error:
        raise StatementError("SYNTAX_ERROR", f"line 1:1: {error}") from error


def place(sql: str, identifier: str) -> str:
    """Return "line l:c" where `identifier` first stands in the statement."""
    for token in tokens(sql):
        if token.text.lower() == identifier.lower():
            quote = 2 if token.token_type == TokenType.IDENTIFIER else 0
            return f"line {token.line}:{token.col - len(token.text) + 1 - quote}"
    return "line 1:1"


def parse(sql: str) -> exp.Expr:
    """Parse one statement of Athena's DML; raise StatementError, SYNTAX_ERROR as Athena words it."""
    found = tokens(sql)
    grammar.refuse_unknown(found)
    try:
        typed = _with_typed_numbers(sql)
        statements = [statement for statement in sqlglot.parse(typed, read=_Athena) if statement is not None]
    except ParseError as error:
        first = error.errors[0]
        word = str(first["highlight"])
        raise StatementError(
            "SYNTAX_ERROR",
            f"line {first['line']}:{max(1, int(first['col'] or 1) - len(word) + 1)}: mismatched input '{word}'",
        ) from error
    if len(statements) != 1:
        raise StatementError("SYNTAX_ERROR", "line 1:1: Only one sql statement is allowed")
    (tree,) = statements
    for rewrite in samples.ALL:
        tree = rewrite(tree)
    vocabulary.refuse_unknown(tree, found)
    return tree


def to_duckdb(tree: exp.Expr) -> str:
    """Print a parsed statement for DuckDB; `tree` is rewritten in place where the meanings differ."""
    for rewrite in rewrites.ALL:
        tree = rewrite(tree)
    try:
        return tree.sql("duckdb", unsupported_level=sqlglot.ErrorLevel.RAISE)
    except UnsupportedError as error:
        raise StatementError("NOT_SUPPORTED", f"line 1:1: {error}") from error


def _with_typed_numbers(sql: str) -> str:
    """Write numbers so that sqlglot and DuckDB give them the types of Athena.

    DECIMAL '1.50' is a cast to decimal(3,2), which sqlglot takes for one to decimal(38,0). A bare 1.50 is a double:
    https://docs.aws.amazon.com/athena/latest/ug/data-types.html has decimals written as DECIMAL '1.50'.
    """
    made, end = "", 0
    found = tokens(sql)
    for token, value in pairwise([*found, *found[-1:]]):
        if token.token_type == TokenType.NUMBER and "." in token.text and "e" not in token.text.lower():
            made += f"{sql[end : token.start]}{float(token.text)!r}{'' if 'e' in repr(float(token.text)) else 'E0'}"
            end = token.end + 1
        if token.token_type != TokenType.DECIMAL or value.token_type != TokenType.STRING:
            continue
        digits = re.fullmatch(r"[+-]?(\d*)\.?(\d*)", value.text)
        if digits is None or not digits[1] + digits[2] or len(digits[1] + digits[2]) > MAXIMUM_DIGITS:
            place_ = f"line {token.line}:{token.col - len(token.text) + 1}"
            raise StatementError("INVALID_LITERAL", f"{place_}: '{value.text}' is not a valid DECIMAL literal")
        kind = f"decimal({len(digits[1] + digits[2])},{len(digits[2])})"
        made += f"{sql[end : token.start]}CAST('{value.text}' AS {kind})"
        end = value.end + 1
    return made + sql[end:]
