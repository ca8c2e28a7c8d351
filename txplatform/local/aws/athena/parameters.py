"""ExecutionParameters: literals put in place of the question marks of a statement.

https://docs.aws.amazon.com/athena/latest/ug/querying-with-prepared-statements-querying-using-execution-parameters.html.
What is pasted is read here to its last character, so that no parameter can carry SQL, or a comment, of its own.
"""

import re
from collections.abc import Sequence

from sqlglot.tokenizer_core import TokenType

from txplatform.local.aws.athena import dialect
from txplatform.local.aws.athena.errors import StatementError

_LITERAL = re.compile(
    r"""\s*(?:
        [+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?
        | (?:(?:date|timestamp|time|decimal|real|double|bigint|integer|smallint|tinyint|boolean|varchar|json)\s*)?
          '(?:[^']|'')*'
        | true | false | null
    )\s*""",
    re.IGNORECASE | re.VERBOSE,
)


def fill(sql: str, parameters: Sequence[str]) -> str:
    """Return the statement with its parameters; raise StatementError when they do not fit."""
    marks = [token for token in dialect.tokens(sql) if token.token_type == TokenType.PLACEHOLDER]
    if len(marks) != len(parameters):
        raise StatementError(
            "INVALID_PARAMETER_USAGE",
            f"line 1:1: Incorrect number of parameters: expected {len(marks)} but found {len(parameters)}",
        )
    filled, end = "", 0
    for mark, parameter in zip(marks, parameters, strict=True):
        if _LITERAL.fullmatch(parameter) is None:
            raise StatementError("INVALID_PARAMETER_USAGE", f"line 1:1: {parameter[:80]!r} is not a literal")
        filled += f"{sql[end : mark.start]} {parameter} "  # -? with -1 would begin a comment
        end = mark.end + 1
    return filled + sql[end:]
