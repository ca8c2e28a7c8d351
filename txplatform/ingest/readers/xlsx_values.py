"""The exact text of what a cell of an Excel sheet holds, or why it has none."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

from txplatform.ingest.readers.doubles import INEXACT, exact_text, is_exact
from txplatform.ingest.readers.workbook import Style, unescaped

_DAY = 86_400_000_000  # microseconds
_MOST_DAYS = 2_958_466  # the year 10000
_FIRST_DAY = 61  # Excel counts a 29 February 1900, so a day before is one of two
_BEYOND = "the number is no day from March 1900 to 9999: write the day as a text"
_FINER = "the number is no moment to the microsecond: write it as a text"


class Value(NamedTuple):
    """A text, and why it does not count, if it does not."""

    text: str
    problem: str | None = None


def value_of(kind: str, raw: str, style: Style, texts: Sequence[str], *, from_1904: bool) -> Value | None:
    """What a cell of a kind (attribute `t`) holds; None where it is empty."""
    if not raw:
        return None
    match kind:
        case "s":
            return Value(texts[int(raw)]) if texts[int(raw)] else None
        case "str" | "inlineStr" | "d":
            return Value(unescaped(raw))
        case "b":
            return Value("true" if raw == "1" else "false")
        case "e":
            return Value(raw, f"the cell holds the error {raw[:20]}")
        case _:
            return _number(raw, style, from_1904=from_1904)


def _number(raw: str, style: Style, *, from_1904: bool) -> Value:
    value = float(raw)
    if style != "number":
        return _moment(value, raw, style, from_1904=from_1904)
    return Value(exact_text(value)) if is_exact(value) else Value(raw, INEXACT)


def _moment(value: float, raw: str, style: Style, *, from_1904: bool) -> Value:
    """The day, or the moment without a zone, that a number of days stands for."""
    if not (0 if from_1904 else _FIRST_DAY) <= value < _MOST_DAYS - (1462 if from_1904 else 0):
        return Value(raw, _BEYOND)
    begin = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 # Excel knows no zones
    if style == "day" and value.is_integer():
        return Value((begin + timedelta(days=value)).date().isoformat())
    for unit in (1_000_000, 1_000, 1):  # the coarsest that the number stands for
        micros = round(Fraction(value) * _DAY / unit) * unit
        if micros / _DAY == value and math.ulp(value) * _DAY < unit:
            return Value((begin + timedelta(microseconds=micros)).isoformat(timespec="microseconds"))
    return Value(raw, _FINER)
