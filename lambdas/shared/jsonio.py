"""JSON without loss: numbers with a point come in as Decimal, and what has no single exact meaning is refused."""

import json
from decimal import Decimal
from typing import Any, NoReturn

from lambdas.shared.errors import InvalidJsonError


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidJsonError(f"{name} is no JSON number")


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise InvalidJsonError("an object holds the same name twice")
    return made


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_refuse_duplicates)


def loads(text: str) -> Any:
    """Parse one JSON text; raise InvalidJsonError, whatever the text is."""
    try:
        return _DECODER.decode(text)
    except (ValueError, ArithmeticError) as error:  # syntax, an integer of thousands of digits, an endless exponent
        raise InvalidJsonError("the text is no valid JSON") from error
    except RecursionError as error:
        raise InvalidJsonError("the text is nested too deeply") from error


def dumps(value: Any, *, ascii_only: bool = True) -> str:
    """One line of JSON, without spaces; keys keep their order."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False, ensure_ascii=ascii_only)
