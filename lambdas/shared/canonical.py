"""One way to write every value: the canonical form in which records travel on the API and in change files.

Decimals are texts with exactly `scale` digits after the point, dates `YYYY-MM-DD`, timestamps
`YYYY-MM-DDTHH:MM:SS.ffffffZ`. A value that has no exact canonical form is a violation, never rounded.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_DOWN, Context, Decimal, Inexact, InvalidOperation

from lambdas.shared.errors import Violation
from lambdas.shared.schema import FieldRule, Scalar
from lambdas.shared.timestamps import timestamp_text

_PLAIN_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIMESTAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]((?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])(?:\.([0-9]+))?"
    r"([Zz]|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9])"
)
_CANONICAL_TIMESTAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z")
_INT64 = 2**63
_EXACT = Context(prec=80, rounding=ROUND_DOWN, traps=[Inexact, InvalidOperation])
_LAST_DIGITS = tuple(Decimal((0, (1,), -scale)) for scale in range(39))  # by scale
_SHOWN = 60


def canonical_value(rule: FieldRule, value: object) -> Scalar | Violation:
    """The canonical form of one scalar as parsed by `jsonio`, or the rule it breaks."""
    return _BY_TYPE[rule.type](rule, value)


def _string(rule: FieldRule, value: object) -> Scalar | Violation:
    if not isinstance(value, str):
        return _broken(rule, "type", "must be a text", value)
    if value.isascii():
        return value
    try:
        value.encode()
    except UnicodeEncodeError:
        return _broken(rule, "type", "holds half of a surrogate pair", value)
    return value


def _integer(rule: FieldRule, value: object) -> Scalar | Violation:
    if isinstance(value, Decimal) and (not value or (value.adjusted() < 20 and value == value.to_integral_value())):
        value = int(value) if value else 0
    if isinstance(value, bool) or not isinstance(value, int):
        return _broken(rule, "type", "must be a whole number", value)
    if not -_INT64 <= value < _INT64:
        return _broken(rule, "type", "does not fit 64 bits", value)
    return value


def _decimal(rule: FieldRule, value: object) -> Scalar | Violation:
    number = None
    if isinstance(value, str):
        number = Decimal(value) if _PLAIN_NUMBER.fullmatch(value) else None
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        number = Decimal(value)
    if number is None:
        return _broken(rule, "type", "must be a decimal in plain notation", value)
    if not number.is_finite():
        return _broken(rule, "type", "must be finite", value)
    if not number:
        return format(Decimal((0, (0,), -rule.scale)), "f")
    if number.adjusted() >= rule.precision - rule.scale:
        digits = rule.precision - rule.scale
        return _broken(rule, "precision", f"must have at most {digits} digits before the point", value)
    try:
        return format(_EXACT.quantize(number, _LAST_DIGITS[rule.scale]), "f")
    except Inexact:
        return _broken(rule, "scale", f"must have at most {rule.scale} digits after the point", value)


def _boolean(rule: FieldRule, value: object) -> Scalar | Violation:
    return value if isinstance(value, bool) else _broken(rule, "type", "must be true or false", value)


def _date(rule: FieldRule, value: object) -> Scalar | Violation:
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            return _broken(rule, "type", "is no day of the calendar", value)
    return _broken(rule, "type", "must be a date, YYYY-MM-DD", value)


def _timestamp(rule: FieldRule, value: object) -> Scalar | Violation:
    if isinstance(value, str) and _CANONICAL_TIMESTAMP.fullmatch(value):
        try:
            datetime.fromisoformat(value)
        except ValueError:
            return _broken(rule, "type", "is no moment of the calendar", value)
        return value
    match = _TIMESTAMP.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return _broken(rule, "type", "must be an ISO 8601 timestamp with its zone", value)
    day, time, fraction, zone = match.groups()
    fraction = (fraction or "").rstrip("0")
    if len(fraction) > 6:
        return _broken(rule, "precision", "must not be finer than a microsecond", value)
    try:
        return timestamp_text(datetime.fromisoformat(f"{day}T{time}.{fraction:0<6}{zone.upper()}"))
    except (ValueError, OverflowError):
        return _broken(rule, "type", "is no moment of the calendar", value)


_BY_TYPE: dict[str, Callable[[FieldRule, object], Scalar | Violation]] = {
    "string": _string,
    "integer": _integer,
    "decimal": _decimal,
    "boolean": _boolean,
    "date": _date,
    "timestamp": _timestamp,
}


def _broken(rule: FieldRule, name: str, problem: str, value: object) -> Violation:
    return Violation(rule.name, name, problem + shown(rule, value))


def shown(rule: FieldRule, value: object) -> str:
    """The value as a message may show it: shortened; nothing at all of a personal field."""
    if rule.personal:
        return ""
    if isinstance(value, dict | list):
        return f", not {'an object' if isinstance(value, dict) else 'a list'}"
    try:
        text = repr(value) if isinstance(value, str) else str(value)
    except ValueError:  # an integer beyond the interpreter's limit for printing
        return ""
    return f", not {text[:_SHOWN]}{'…' if len(text) > _SHOWN else ''}"
