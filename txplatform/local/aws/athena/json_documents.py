"""JSON as Trino reads and writes it: https://trino.io/docs/current/functions/json.html. Pure functions.

A document is refused where Trino's text of it is not known: numbers that a double would write otherwise.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from txplatform.local.aws.athena.java_numbers import java_double
from txplatform.local.aws.athena.kinds import RefusedError

_INTEGER = re.compile(r"-?(?:0|[1-9]\d*)")
_SPACE = " \t\n\r"


class Number(str):
    """A number of a JSON document, digit for digit."""


def read(document: str) -> Any:
    """Return a document with its numbers as written; raise ValueError for what is no JSON."""
    if document.strip(_SPACE) != document.strip() or _has_control(document):
        raise ValueError(document)
    return json.loads(document, parse_float=Number, parse_int=Number, parse_constant=_not_json)


def _has_control(document: str) -> bool:
    return any(ord(character) < 32 and character not in _SPACE for character in document)


def _not_json(constant: str) -> None:
    raise ValueError(constant)


def found(document: str, path: str) -> Any:
    """Return what `path`, a JSON list of keys and indices, leads to; raise LookupError where there is nothing."""
    value = read(document)
    for step in json.loads(path):
        if not isinstance(value, list if isinstance(step, int) else dict):
            raise LookupError(step)
        value = value[step]
    return value


def text_of(value: Any) -> str:
    """Write a document without white space, its keys in order; raise RefusedError where Trino's text is not known."""
    return "".join(_texts(value))


def _texts(value: Any) -> Iterator[str]:
    match value:
        case Number():
            if not _INTEGER.fullmatch(value) and java_double(float(value)) != value:
                raise RefusedError("NOT_SUPPORTED", f"the number {value} inside of JSON is not supported locally")
            yield value
        case dict():
            yield "{"
            for position, (key, of) in enumerate(sorted(value.items())):
                yield f"{',' * bool(position)}{string(key)}:"
                yield from _texts(of)
            yield "}"
        case list():
            yield "["
            for position, of in enumerate(value):
                yield "," * bool(position)
                yield from _texts(of)
            yield "]"
        case str():
            yield string(value)
        case _:
            yield json.dumps(value)


def string(text: str) -> str:
    """Write a text as JSON has it."""
    written = json.dumps(text, ensure_ascii=False)
    return re.sub(r"\\u([0-9a-f]{4})", lambda code: "\\u" + code[1].upper(), written)
