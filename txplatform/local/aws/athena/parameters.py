"""ExecutionParameters: literals put in place of the question marks of a statement."""

from collections.abc import Sequence

from sqlglot import exp
from sqlglot.tokenizer_core import TokenType

from txplatform.local.aws.athena import dialect
from txplatform.local.aws.athena.errors import StatementError

_LITERALS = (exp.Literal, exp.Cast, exp.Neg, exp.Boolean, exp.Null)


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
        _require_literal(parameter)
        filled += sql[end : mark.start] + parameter
        end = mark.end + 1
    return filled + sql[end:]


def _require_literal(parameter: str) -> None:
    selected = dialect.parse(f"SELECT {parameter}")
    literals = selected.expressions if isinstance(selected, exp.Select) else []
    if len(literals) != 1 or not isinstance(literals[0], _LITERALS) or len(selected.args.get("joins") or []):
        raise StatementError("INVALID_PARAMETER_USAGE", f"line 1:1: {parameter!r} is not a literal")
