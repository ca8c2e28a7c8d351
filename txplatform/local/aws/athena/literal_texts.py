"""Literals of a type and a text, DATE '2024-05-07', whose text the type does not take: INVALID_LITERAL on Athena.

https://trino.io/docs/current/language/types.html. Texts that a cast takes are in `casts`, whose patterns these are.
"""

import re
from datetime import date, time

from txplatform.local.aws.athena.cast_texts import TEXTS
from txplatform.local.aws.athena.errors import StatementError

_BITS = {"tinyint": 8, "smallint": 16, "integer": 32, "int": 32, "bigint": 64}
_MOMENT = re.compile(r"(\d+)-(\d+)-(\d+)(?: (\d+):(\d+)(?::(\d+))?)?")


def check(kind: str, text: str, place: str) -> None:
    """Raise StatementError where the text of a literal is not of the kind that its word says."""
    if kind in _BITS:
        valid = re.fullmatch(TEXTS["integer"], text) is not None and _fits(int(text), _BITS[kind])
    elif kind in ("double", "precision", "boolean", "date", "time"):
        valid = re.fullmatch(TEXTS["double" if kind == "precision" else kind], text) is not None
    elif kind == "timestamp":
        valid = re.match(r"\d{4,}-", text) is not None and (_is_zoned(text) or _is_moment(text))
    else:
        return
    if not valid or (kind in ("date", "timestamp") and not _is_day(text)):
        raise StatementError("INVALID_LITERAL", f"{place}: '{text}' is not a valid {kind.upper()} literal")


def _fits(number: int, bits: int) -> bool:
    return -(2 ** (bits - 1)) <= number < 2 ** (bits - 1)


def _is_zoned(text: str) -> bool:
    return re.search(r"\d\s*[A-Za-z+-][\w/:+-]*$", text) is not None and "T" not in text[:12]


def _is_moment(text: str) -> bool:
    return re.fullmatch(TEXTS["timestamp"], text) is not None


def _is_day(text: str) -> bool:
    found = _MOMENT.match(text)
    if found is None:
        return False
    numbers = [int(number or 0) for number in found.groups()]
    try:
        year, month, day, hour, minute, second = numbers
        date(year, month, day)
        time(hour, minute, second)
    except ValueError:
        return False
    return True
