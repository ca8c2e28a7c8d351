"""What sqlglot or DuckDB would take and Trino's grammar does not have, recognised by the tokens of a statement.

https://github.com/trinodb/trino/blob/master/core/trino-grammar/src/main/antlr4/io/trino/grammar/sql/SqlBase.g4
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from sqlglot.tokenizer_core import Token, TokenType

from txplatform.local.aws.athena import intervals
from txplatform.local.aws.athena.errors import UNRESOLVED, StatementError

_INDEXABLE = (TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.VAR, TokenType.IDENTIFIER, TokenType.ARRAY)
_DANGLING = (TokenType.COMMA, TokenType.FROM, TokenType.R_PAREN)
_FIRST = ("select", "with", "values", "table", "(", "merge")
_UNKNOWN = ("isnull", "notnull", "symmetric", "==", "<=>", "^", "{", "!", "//", "**", "recursive", "::", "@", ":=")
_AFTER_IS = ("null", "not", "distinct")
_INTERVAL_UNITS = ("second", "minute", "hour", "day", "month", "year")
_OF_UNITS = ("date_add", "date_diff", "date_trunc")
_AFTER_LIMIT = ("", ")", ";", "union", "intersect", "except")
_BEFORE_OPERANDS = (
    "(", ",", "[", "+", "-", "*", "/", "%", "=", "<", ">", "<=", ">=", "<>", "!=", "||", "select", "distinct", "where",
    "having", "and", "or", "not", "on", "by", "when", "then", "else", "case", "between", "in", "like", "values",
)  # fmt: skip
_MAXIMUM = 2**63  # of a literal; its minus, if any, stands before it
# (before, token) that stand next to each other in no statement of Trino
_PAIRS = {("by", "all"), ("as", "materialized"), ("distinct", "on")}


def refuse_unknown(tokens: Sequence[Token]) -> None:
    """Raise StatementError, SYNTAX_ERROR as Athena words it, at the first token that cannot stand where it does."""
    if tokens and tokens[0].text.lower() not in _FIRST:
        raise mismatched(tokens[0])
    for before, token in pairwise(tokens):
        if _is_misplaced(before, token):
            raise mismatched(token)
    for before, sign, token in zip(tokens, tokens[1:], tokens[2:], strict=False):
        _check_plus(before, sign, token)
    _refuse_clauses(tokens)
    found = words(tokens)
    conditional = found.count("join") - sum(
        pair in (("cross", "join"), ("natural", "join")) for pair in pairwise(found)
    )
    if conditional > found.count("on") + found.count("using"):
        raise StatementError("SYNTAX_ERROR", "line 1:1: mismatched input '<EOF>'. Expecting: 'ON', 'USING'")


def _check_plus(before: Token, sign: Token, token: Token) -> None:
    """Refuse a plus before what may be no number: sqlglot drops it."""
    begins = before.text.lower() in _BEFORE_OPERANDS and before.token_type != TokenType.STRING
    if sign.token_type != TokenType.PLUS or not begins or token.token_type == TokenType.NUMBER:
        return
    if token.token_type == TokenType.STRING:
        raise StatementError("TYPE_MISMATCH", f"line {sign.line}:{sign.col}: Unary '+' operator cannot be applied")
    raise StatementError("NOT_SUPPORTED", f"line {sign.line}:{sign.col}: a sign before an expression")


def mismatched(token: Token) -> StatementError:
    text = ":" if token.text == "::" else token.text
    column = max(1, token.col - len(token.text) + 1)
    return StatementError("SYNTAX_ERROR", f"line {token.line}:{column}: mismatched input '{text}'")


def words(tokens: Sequence[Token]) -> list[str]:
    """Return keywords and bare names in lower case; a text or a quoted name is no word."""
    quoted = (TokenType.STRING, TokenType.IDENTIFIER)
    return ["" if token.token_type in quoted else token.text.lower() for token in tokens]


def _is_misplaced(before: Token, token: Token) -> bool:
    (one, two), kind = words((before, token)), token.token_type
    return (
        (kind == TokenType.L_BRACKET and before.token_type not in _INDEXABLE)
        or (kind == TokenType.STRING and (before.token_type == TokenType.STRING or one == "as"))
        or (one == "," and kind in _DANGLING)
        or two in _UNKNOWN
        or (one, two) in _PAIRS
        or (one == "is" and two not in _AFTER_IS)
        or (kind == TokenType.VAR and "$" in token.text)
        or (before.token_type == TokenType.NUMBER and token.start == before.end + 1 and token.text[0].isidentifier())
        or (
            kind == TokenType.HEX_STRING and (len(token.text) % 2 == 1 or token.end - token.start < len(token.text) + 2)
        )
        or (kind == TokenType.NUMBER and token.text.isdigit() and int(token.text) > _MAXIMUM - (one != "-"))
    )


def _refuse_clauses(tokens: Sequence[Token]) -> None:
    texts = [*words(tokens), "", "", "", ""]
    for position, (token, word) in enumerate(zip(tokens, texts, strict=False)):
        following = texts[position + 1]
        if word == "not" and texts[position - 1] == "is" and following not in ("null", "distinct"):
            raise mismatched(tokens[min(position + 1, len(tokens) - 1)])
        if word in _OF_UNITS and following == "(" and texts[position + 2].isidentifier():
            unit = tokens[position + 2]
            raise StatementError("COLUMN_NOT_FOUND", f"line {unit.line}:1: {UNRESOLVED.format(unit.text)}")
        if word == "position" and following == "(" and "in" not in _arguments(texts, position + 2):
            raise mismatched(token)
        if word == "limit" and (following.isdigit() or following == "all") and texts[position + 2] not in _AFTER_LIMIT:
            raise mismatched(tokens[position + 2])
        if word == "limit" and position + 1 < len(tokens) and not following.isdigit() and following != "all":
            raise mismatched(tokens[position + 1])
        if token.token_type == TokenType.INTERVAL:
            _check_interval(list(_rest(tokens, position + 1)))


def _arguments(texts: Sequence[str], position: int) -> Iterator[str]:
    """Yield the words between the brackets that a call begins with, without those of brackets inside."""
    depth = 1
    for word in texts[position:]:
        depth += {"(": 1, ")": -1}.get(word, 0)
        if not depth:
            return
        if depth == 1:
            yield word


def _rest(tokens: Sequence[Token], position: int) -> Iterator[Token]:
    """Yield an interval's text and unit, after its sign."""
    if position < len(tokens) and tokens[position].text in ("+", "-"):
        position += 1
    yield from tokens[position : position + 4]


def _check_interval(rest: Sequence[Token]) -> None:
    if len(rest) < 2 or rest[0].token_type != TokenType.STRING:
        raise mismatched(rest[0]) if rest else StatementError("SYNTAX_ERROR", "line 1:1: mismatched input '<EOF>'")
    first = last = rest[1].text.lower()
    if len(rest) > 3 and rest[2].text.lower() == "to":
        last = rest[3].text.lower()
        if last not in _INTERVAL_UNITS:
            raise mismatched(rest[3])
    if first not in _INTERVAL_UNITS:
        raise mismatched(rest[1])
    if intervals.count(rest[0].text, first, last) is None:
        raise StatementError("INVALID_LITERAL", f"line {rest[0].line}:1: '{rest[0].text}' is not a valid INTERVAL")
