"""JSON without loss: numbers with a point come in as Decimal, and what has no single exact meaning is refused.

How deep a text may nest and how long its numbers may be is said here, and is the same on every Python: what the
interpreter itself allows differs from version to version.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn, cast

from lambdas.shared.errors import InvalidJsonError
from lambdas.shared.json_value import Json, number_text

MAX_DEPTH = 64  # of lists and objects inside each other; an interpreter allows some hundreds at least
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")  # in JSON, such a character is part of a text
_SPACE = " \t\n\r"  # what may stand around a JSON text
MAX_NUMBER_LENGTH = 1_000  # characters; Python makes integers of 4,300 digits unless that is changed


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


def _refuse_long(number: str) -> NoReturn:
    raise InvalidJsonError(f"a number has more than {MAX_NUMBER_LENGTH} characters")


_DECODER = json.JSONDecoder(
    parse_float=lambda number: Decimal(number) if len(number) <= MAX_NUMBER_LENGTH else _refuse_long(number),
    parse_int=lambda number: int(number) if len(number) <= MAX_NUMBER_LENGTH else _refuse_long(number),
    parse_constant=_refuse_constant,
    object_pairs_hook=_refuse_duplicates,
)


def loads(text: str, limits: Limits | None = None) -> Any:
    """Parse one JSON text within these limits; raise InvalidJsonError, whatever the text is."""
    depth = MAX_DEPTH if limits is None else limits.depth
    try:
        value, end = _DECODER.raw_decode(text, len(text) - len(text.lstrip(_SPACE)))
        rest = text[end:].lstrip(_SPACE)
        if rest:
            raise json.JSONDecodeError("another value", text, len(text) - len(rest))
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InvalidJsonError(f"the text is no valid JSON at {place}") from error
    except (ValueError, ArithmeticError) as error:  # half a surrogate pair, or an exponent without end
        raise InvalidJsonError("the text is no valid JSON") from error
    except RecursionError as error:
        raise InvalidJsonError(_too_deep(depth)) from error
    if text.count("[") + text.count("{") > depth:
        _check_depth(value, depth)
    # A half of a pair is written as \ud8… to \udf…, or stands there itself.
    most = None if limits is None else limits.text
    if most is not None and (len(text) > most or "\\" in text or not text.isascii()):
        _check_texts(value, most)
    return value


def _too_deep(most: int) -> str:
    return f"the text is nested more than {most} deep"


def _check_depth(value: Any, most: int) -> None:
    """Raise InvalidJsonError for a value that is too deep, going through it level by level."""
    level = [value]
    for _ in range(most):
        level = [inner for outer in level for inner in _inner(outer) if isinstance(inner, list | dict)]
        if not level:
            return
    raise InvalidJsonError(_too_deep(most))


def _inner(value: Any) -> Any:
    """What a list or an object holds; nothing of any other value."""
    if isinstance(value, dict):
        return cast("dict[str, Any]", value).values()
    return cast("list[Any]", value) if isinstance(value, list) else ()


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
    """One line of JSON, without spaces; keys keep their order, numbers their digits."""
    try:
        return _encoded(value, ascii_only)
    except TypeError:  # it holds what Python's encoder does not know: an exact number, or a value kept as its text
        return _exact(value, ascii_only)


def _encoded(value: Any, ascii_only: bool) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False, ensure_ascii=ascii_only)


def _exact(value: Any, ascii_only: bool) -> str:
    if isinstance(value, Mapping):
        entries = cast("Mapping[str, Any]", value).items()
        return f"{{{','.join(f'{_encoded(name, ascii_only)}:{_exact(item, ascii_only)}' for name, item in entries)}}}"
    if isinstance(value, list | tuple):
        return f"[{','.join(_exact(item, ascii_only) for item in cast('list[Any]', value))}]"
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, Json):
        return _NOT_ASCII.sub(_escaped, value.text) if ascii_only else value.text
    return _encoded(value, ascii_only)


def _escaped(character: re.Match[str]) -> str:
    return _encoded(character[0], True)[1:-1]
