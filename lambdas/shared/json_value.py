"""A JSON value that a field keeps as it came: as one text, which is the same for the same value.

Names are sorted, nothing stands between the parts, numbers have the digits that they need and no exponent, and
characters stand for themselves. So two values are equal exactly if their texts are: `1` and `1.0` are, `1` and `true`
are not.
"""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

MAX_DEPTH = 32  # so that a request that holds it is not too deep to be read
MAX_DIGITS = 400  # of a number, before and after the point: a double needs 325

_BEYOND = 10**MAX_DIGITS


class UnfitJsonError(ValueError):
    """A value is no JSON that can be kept; `rule` is what it breaks."""

    def __init__(self, rule: str, problem: str) -> None:
        self.rule = rule
        super().__init__(problem)


@dataclass(frozen=True, slots=True)
class Json:
    """The value whose text this is."""

    text: str

    @classmethod
    def of(cls, value: object) -> "Json":
        """The text of a value as parsed by `jsonio`; raise UnfitJsonError."""
        return cls(_text(value, MAX_DEPTH))

    def __str__(self) -> str:
        return self.text


def number_text(number: Decimal) -> str:
    """The digits of a finite number, without an exponent and without zeros that say nothing."""
    if not number:
        return "0"
    whole, _, fraction = format(number, "f").partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


def _text(value: object, depth: int) -> str:
    if isinstance(value, str):
        return _string(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        if abs(value) >= _BEYOND:
            raise UnfitJsonError("precision", f"holds a number of more than {MAX_DIGITS} digits")
        return str(value)
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, Json):
        return value.text
    if depth == 0:
        raise UnfitJsonError("depth", f"is nested more than {MAX_DEPTH} deep")
    if isinstance(value, dict):
        entries = sorted(cast("dict[str, Any]", value).items())
        return f"{{{','.join(f'{_string(name)}:{_text(inner, depth - 1)}' for name, inner in entries)}}}"
    if isinstance(value, list):
        return f"[{','.join(_text(inner, depth - 1) for inner in cast('list[Any]', value))}]"
    raise UnfitJsonError("type", "must be a JSON value")


def _number(number: Decimal) -> str:
    if not number.is_finite():
        raise UnfitJsonError("type", "holds a number that is not finite")
    exponent = cast("int", number.as_tuple().exponent)
    if number and (number.adjusted() >= MAX_DIGITS or exponent < -MAX_DIGITS):
        raise UnfitJsonError("precision", f"holds a number of more than {MAX_DIGITS} digits on a side of the point")
    return number_text(number)


def _string(text: str) -> str:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise UnfitJsonError("type", "holds half of a surrogate pair") from error
    return json.dumps(text, ensure_ascii=False)
