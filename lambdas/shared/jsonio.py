"""JSON without loss: numbers with a point come in as Decimal, and what has no single exact meaning is refused."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn, cast

from lambdas.shared.errors import InvalidJsonError

# Brackets, and texts as wholes, so that brackets in them do not count; what is never closed is read to its end, once.
_BRACKETS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Limits:
    """How deep JSON may be nested, and how many characters a text of it may have.

    With a limit of texts, half a surrogate pair is refused too.
    """

    depth: int
    text: int | None = None


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidJsonError(f"{name} is no JSON number")


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise InvalidJsonError("an object holds the same name twice")
    return made


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_refuse_duplicates)


def loads(text: str, limits: Limits | None = None) -> Any:
    """Parse one JSON text within these limits; raise InvalidJsonError, whatever the text is."""
    if limits is not None:
        _check_depth(text, limits.depth)
    try:
        value = _DECODER.decode(text)
    except (ValueError, ArithmeticError) as error:  # syntax, an integer of thousands of digits, an endless exponent
        raise InvalidJsonError("the text is no valid JSON") from error
    except RecursionError as error:
        raise InvalidJsonError("the text is nested too deeply") from error
    # A half of a pair is written as \ud8… to \udf…, or stands there itself.
    most = None if limits is None else limits.text
    if most is not None and (len(text) > most or "\\u" in text or not text.isascii()):
        _check_texts(value, most)
    return value


def _check_depth(text: str, most: int) -> None:
    """Refuse deeper nesting before it is parsed: how deep a parser goes differs from Python to Python."""
    if text.count("[") + text.count("{") <= most:
        return
    depth = 0
    for found in _BRACKETS.finditer(text):
        character = text[found.start()]
        if character in "[{":
            depth += 1
            if depth > most:
                raise InvalidJsonError(f"the text is nested more than {most} levels deep")
        elif character in "]}":
            depth -= 1


def _check_texts(value: Any, most: int) -> None:
    for text in _texts(value):
        if len(text) > most:
            raise InvalidJsonError(f"a text has more than {most} characters")
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError as error:
                raise InvalidJsonError("a text holds half of a surrogate pair") from error


def _texts(value: Any) -> Iterator[str]:
    """Yield every text of a value, the names within objects included."""
    waiting: list[Any] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            entries = cast("dict[str, Any]", item)
            yield from entries
            waiting += entries.values()
        elif isinstance(item, list):
            waiting += cast("list[Any]", item)


def dumps(value: Any, *, ascii_only: bool = True) -> str:
    """One line of JSON, without spaces; keys keep their order."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False, ensure_ascii=ascii_only)
