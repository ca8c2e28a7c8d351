"""Transforms of days and moments, exact to the microsecond; what is finer is cut off."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from lambdas.shared.epochs import PER_SECOND, epoch_text
from lambdas.shared.mapping.numbers import number
from lambdas.shared.mapping.refusals import RefusedError
from lambdas.shared.timestamps import timestamp_text

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(
    r"(?P<Y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})[Tt ](?P<H>[0-9]{2}):(?P<M>[0-9]{2}):(?P<S>[0-9]{2})"
    r"(?:[.,](?P<f>[0-9]{1,18}))?(?P<z>[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_ISO_DAY = re.compile(r"(?P<Y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})")
_DIRECTIVES = {
    "Y": "(?P<Y>[0-9]{4})",
    "m": "(?P<m>[0-9]{2})",
    "d": "(?P<d>[0-9]{2})",
    "b": "(?P<b>[A-Za-z]{3})",
    "H": "(?P<H>[0-9]{2})",
    "M": "(?P<M>[0-9]{2})",
    "S": "(?P<S>[0-9]{2})",
    "f": "(?P<f>[0-9]{1,18})",
    "z": "(?P<z>[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)",
    "%": "%",
}


def epoch(unit: str) -> Callable[[Any], str]:
    """From a number, or a text of one, of units since 1970."""
    numerator, denominator = PER_SECOND[unit]

    def step(value: Any) -> str:
        exact = value if type(value) is int else number(value)
        text = epoch_text(exact, numerator, denominator)
        if text is None:
            raise RefusedError("range", "is no moment of the calendar")
        return text

    return step


def timestamp(form: str | None, zone: str | None) -> Callable[[Any], str]:
    """From a text in ISO 8601, or in the form given; `zone` is that of texts that have none."""
    pattern = _ISO if form is None else _pattern(form)

    def step(value: Any) -> str:
        parts = _parts(pattern, value, "must be a moment as the mapping writes it")
        offset = parts.get("z") or zone
        if offset is None:
            raise RefusedError("zone", "must have a zone")
        fraction = (parts.get("f") or "")[:6]
        clock = ":".join(parts.get(name) or "00" for name in "HMS")
        try:
            return timestamp_text(datetime.fromisoformat(f"{_day(parts)}T{clock}.{fraction:0<6}{_offset(offset)}"))
        except (ValueError, OverflowError) as error:
            raise RefusedError("range", "is no moment of the calendar") from error

    return step


def moment(unit: str, zone: str | None) -> Callable[[Any], str]:
    """From a number of units since 1970, or from a text in ISO 8601, for sources that write both."""
    of_number, of_text = epoch(unit), timestamp(None, zone)
    return lambda value: of_text(value) if isinstance(value, str) else of_number(value)


def not_before(first: str) -> Callable[[Any], Any]:
    """Refuse moments before a day, which a wrong unit or a lost digit makes."""

    def step(value: Any) -> Any:
        if not isinstance(value, str) or value < first:
            raise RefusedError("range", f"must not lie before {first}")
        return value

    return step


def later(seconds: int) -> Callable[[Any], str]:
    """Add seconds to a moment that a step before has read."""
    added = timedelta(seconds=seconds)

    def step(value: Any) -> str:
        if not isinstance(value, str) or not value.endswith("Z"):
            raise RefusedError("format", "must be a moment that a step before has read")
        try:
            return timestamp_text(datetime.fromisoformat(value) + added)
        except (ValueError, OverflowError) as error:
            raise RefusedError("range", "is no moment of the calendar") from error

    return step


def day(form: str | None) -> Callable[[Any], str]:
    """From a text that holds a day, the day as it is written there."""
    pattern = _ISO_DAY if form is None else _pattern(form)

    def step(value: Any) -> str:
        parts = _parts(pattern, value, "must be a day as the mapping writes it")
        try:
            return date.fromisoformat(_day(parts)).isoformat()
        except ValueError as error:
            raise RefusedError("range", "is no day of the calendar") from error

    return step


def _pattern(form: str) -> re.Pattern[str]:
    pieces = re.split(r"%(.)", form, flags=re.DOTALL)
    return re.compile(
        "".join(_DIRECTIVES[piece] if position % 2 else re.escape(piece) for position, piece in enumerate(pieces))
    )


def _parts(pattern: re.Pattern[str], value: Any, problem: str) -> dict[str, str | None]:
    found = pattern.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise RefusedError("format", problem)
    return found.groupdict()


def _day(parts: dict[str, str | None]) -> str:
    month = parts.get("m")
    if month is None:
        name = (parts.get("b") or "").lower()
        month = f"{_MONTHS.index(name) + 1:02d}" if name in _MONTHS else "00"
    return f"{parts['Y']}-{month}-{parts['d']}"


def _offset(text: str) -> str:
    return "+00:00" if text in "Zz" else text if len(text) > 3 else f"{text}:00"
