"""Kinds of statements: what Athena calls them, by their first words.

https://docs.aws.amazon.com/athena/latest/APIReference/API_QueryExecution.html: StatementType and SubstatementType.
"""

import re

from sqlglot.tokenizer_core import TokenType

from txplatform.local.aws.athena import dialect
from txplatform.local.aws.athena.errors import RequestError, StatementError

_COMMENTS = re.compile(r"\A(?:\s+|--[^\n]*\n?|/\*.*?\*/)+", re.DOTALL)
_QUERIES = ("select", "with", "values", "table", "(")
_WRITING = ("insert", "update", "delete", "merge", "unload", "optimize", "vacuum")
_DEFINING = re.compile(r"(create|drop|alter)\s+(?:or\s+replace\s+)?(?:external\s+)?(table|view|database|schema)\b")
_SELECTING = re.compile(r"create\s+table\b.*\bas\b\s*(?:\(|select|with|values|table)", re.DOTALL)
_TELLING = ("show", "describe", "desc", "explain")


def bare(sql: str) -> str:
    """Return a statement without leading comments and closing semicolon."""
    statement = _COMMENTS.sub("", sql).rstrip()
    try:
        found = dialect.tokens(statement)
    except StatementError:  # the escapes of Hive; else it is reported when the statement is parsed
        return statement.removesuffix(";").rstrip()
    if found and found[-1].token_type == TokenType.SEMICOLON:
        found = found[:-1]
    return statement[: found[-1].end + 1] if found else ""


def kind_of(sql: str) -> tuple[str, str]:
    """Return Athena's StatementType and SubstatementType; raise RequestError for a statement that is not supported."""
    statement = bare(sql).lower()
    first = (re.match(r"\(|\w+", statement) or [""])[0]
    if first in _QUERIES:
        return "DML", "SELECT"
    if first in _WRITING:
        return "DML", first.upper()
    if found := _DEFINING.match(statement):
        what = "CREATE_TABLE_AS_SELECT" if _SELECTING.match(statement) else f"{found[1]}_{found[2]}".upper()
        return "DDL", what.replace("SCHEMA", "DATABASE")
    if first in _TELLING:
        return "UTILITY", "EXPLAIN" if first == "explain" else "_".join(statement.split(None, 2)[:2]).upper()
    if first == "msck":
        return "DDL", "MSCK_REPAIR"
    if first in ("prepare", "deallocate"):
        return "DDL", first.upper()
    if first in ("create", "drop", "alter"):
        raise RequestError(f"Queries of this type are not supported locally: {' '.join(statement.split()[:2]).upper()}")
    raise RequestError(f"line 1:1: mismatched input '{first or sql.strip()[:20]}'. Expecting: 'SELECT', 'WITH', …")
