"""JSON without loss: numbers with a point come in as Decimal, and what has no single exact meaning is refused.

How deep a text may nest and how long its numbers may be is said here, and is the same on every Python: what the
interpreter itself allows differs from version to version.
"""

import json
from decimal import Decimal
from typing import Any, NoReturn, cast

from lambdas.shared.errors import InvalidJsonError

MAX_DEPTH = 64  # of lists and objects inside each other; an interpreter allows some hundreds at least
MAX_NUMBER_LENGTH = 1_000  # characters; Python makes integers of 4,300 digits unless that is changed
_TOO_DEEP = f"the text is nested more than {MAX_DEPTH} deep"


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidJsonError(f"{name} is no JSON number")


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise InvalidJsonError("an object holds the same name twice")
    return made


def _bounded(number: str) -> str:
    if len(number) > MAX_NUMBER_LENGTH:
        raise InvalidJsonError(f"a number has more than {MAX_NUMBER_LENGTH} characters")
    return number


_DECODER = json.JSONDecoder(
    parse_float=lambda number: Decimal(_bounded(number)),
    parse_int=lambda number: int(_bounded(number)),
    parse_constant=_refuse_constant,
    object_pairs_hook=_refuse_duplicates,
)


def loads(text: str) -> Any:
    """Parse one JSON text; raise InvalidJsonError, whatever the text is."""
    try:
        value = _DECODER.decode(text)
    except (ValueError, ArithmeticError) as error:  # syntax, or an exponent without end
        raise InvalidJsonError("the text is no valid JSON") from error
    except RecursionError as error:
        raise InvalidJsonError(_TOO_DEEP) from error
    if text.count("[") + text.count("{") > MAX_DEPTH:
        _check_depth(value)
    return value


def _check_depth(value: Any) -> None:
    """Raise InvalidJsonError for a value that is too deep, going through it level by level."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _inner(outer) if isinstance(inner, list | dict)]
        if not level:
            return
    raise InvalidJsonError(_TOO_DEEP)


def _inner(value: Any) -> Any:
    """What a list or an object holds; nothing of any other value."""
    if isinstance(value, dict):
        return cast("dict[str, Any]", value).values()
    return cast("list[Any]", value) if isinstance(value, list) else ()


def dumps(value: Any, *, ascii_only: bool = True) -> str:
    """One line of JSON, without spaces; keys keep their order."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False, ensure_ascii=ascii_only)
