"""Names of types, as Athena's DML has them: sqlglot reads those of many dialects, and some as another type.

https://docs.aws.amazon.com/athena/latest/ug/data-types.html, https://trino.io/docs/current/language/types.html.
"""

from collections.abc import Sequence

from sqlglot import exp
from sqlglot.dialects import Trino
from sqlglot.tokenizer_core import Token, TokenType

from txplatform.local.aws.athena import literal_texts
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.grammar import words

_OF_LITERALS = frozenset(
    ("boolean", "tinyint", "smallint", "integer", "int", "bigint", "real", "double", "precision", "decimal", "varchar",
     "char", "json", "date", "time", "timestamp", "interval", "x")
)  # fmt: skip
_NAMES = _OF_LITERALS - {"x"} | frozenset(
    ("dec", "numeric", "varbinary", "with", "without", "zone", "array", "map", "row", "uuid", "ipaddress")
)
_OF_ONE_TYPE = ("with", "without", "time", "zone", "precision")  # words that continue the name of a type


def refuse_unknown(tokens: Sequence[Token]) -> None:
    """Raise StatementError for a type that Athena's DML does not have, in a cast or before a literal."""
    texts = words(tokens)
    for position, word in enumerate(texts):
        if word in ("cast", "try_cast") and texts[position + 1 : position + 2] == ["("]:
            _check_cast(tokens, texts, position + 2)
        if position and tokens[position].token_type == TokenType.STRING:
            before = tokens[position - 1]
            if before.token_type in Trino.Parser.TYPE_TOKENS and texts[position - 1] not in (*_OF_LITERALS, ""):
                raise _unknown(before)
            place = f"line {before.line}:{before.col - len(before.text) + 1}"
            literal_texts.check(texts[position - 1], tokens[position].text, place)


def _check_cast(tokens: Sequence[Token], texts: list[str], position: int) -> None:
    depth, of_type = 1, False
    while position < len(texts) and depth:
        depth += {"(": 1, ")": -1}.get(texts[position], 0)
        if of_type and texts[position].isidentifier() and texts[position] not in _NAMES:
            following = texts[position + 1] if position + 1 < len(texts) else ""
            if not following.isidentifier() or following in _OF_ONE_TYPE:  # else the name of a field
                raise _unknown(tokens[position])
        of_type = of_type or (depth == 1 and texts[position] == "as")
        position += 1


def _unknown(token: Token) -> StatementError:
    column = token.col - len(token.text) + 1
    return StatementError("TYPE_NOT_FOUND", f"line {token.line}:{column}: Unknown type: {token.text.lower()}")


def is_exact(kind: exp.DataType) -> bool:
    """Say whether DuckDB's type of this name holds the same values."""
    unlike = (exp.DataType.Type.JSON, exp.DataType.Type.UUID, exp.DataType.Type.CHAR, exp.DataType.Type.TIME)
    return kind.this not in (*unlike, exp.DataType.Type.TIMETZ, exp.DataType.Type.IPADDRESS)
