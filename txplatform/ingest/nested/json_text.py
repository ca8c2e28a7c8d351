"""The canonical text of a JSON value: sorted names, no spaces, each number in plain digits, nothing escaped needlessly.

Two texts of the same value have the same canonical text, and its numbers never pass through a float.
"""

import json
from decimal import Context, Decimal
from typing import Any, NoReturn, cast

import polars as pl

MAX_DIGITS = 400  # of a number, on each side of the point, as in the functions: a short exponent can mean gigabytes
MAX_DEPTH = 32
MAX_NUMBER_LENGTH = 1_000  # characters of a number, as in the functions
BROKEN = "\ufdd2"  # stands before the rule that is in place of a value which breaks it
_EXACT = Context(prec=2 * MAX_DIGITS)
MESSAGES = {
    "type": "must be JSON",
    "depth": f"must not be nested more than {MAX_DEPTH} deep",
    "precision": f"must not hold a number of more than {MAX_DIGITS} digits on a side of the point",
}


class UnfitJsonError(ValueError):
    """A value is no JSON that can be kept; `rule` is what it breaks."""

    def __init__(self, rule: str) -> None:
        self.rule = rule
        super().__init__(MESSAGES[rule])


def canonical_texts(texts: pl.Series) -> pl.Series:
    """Return the canonical text of each JSON text, null where it is not JSON. Each distinct text is parsed once."""
    distinct = texts.drop_nulls().unique()
    known = {text: canonical_text(text) for text in distinct}
    return pl.Series(texts.name, [None if text is None else known[text] for text in texts], dtype=pl.String)


def canonical_text(text: str) -> str | None:
    """Return the canonical text of one JSON text; None where it is not JSON, or beyond a limit."""
    try:
        return written(parsed(text))
    except (ValueError, ArithmeticError, RecursionError):
        return None


def broken_rule(text: str) -> str:
    """Return the rule that a text breaks which has no canonical one. It may be the rule itself, behind its mark."""
    if text.startswith(BROKEN):
        return text.removeprefix(BROKEN)
    try:
        written(parsed(text))
    except UnfitJsonError as error:
        return error.rule
    except (ValueError, ArithmeticError, RecursionError):
        return "type"
    return "type"


class Number(Decimal):
    """A number of JSON text, and how it is written there: `1.0` and `0.1e1` are no whole numbers to a contract."""

    text: str


def parsed(text: str) -> Any:
    """Return the value of JSON text, numbers as Number; raise ValueError, ArithmeticError or RecursionError."""
    return json.loads(text, parse_float=_number, parse_int=_number, parse_constant=_refuse, object_pairs_hook=_object)


def written(value: Any, depth: int = 0) -> str:
    """Return the canonical text of a parsed value; raise UnfitJsonError where it is beyond a limit."""
    match value:
        case dict() | list() if depth == MAX_DEPTH:
            raise UnfitJsonError("depth")
        case dict():
            members = sorted(cast("dict[str, Any]", value).items())
            return "{" + ",".join(f"{as_string(name)}:{written(item, depth + 1)}" for name, item in members) + "}"
        case list():
            return "[" + ",".join(written(item, depth + 1) for item in cast("list[Any]", value)) + "]"
        case Decimal():
            return _digits(value)
        case str():
            return as_string(value)
        case _:
            return json.dumps(value)


def as_string(text: str) -> str:
    """Return a text as a JSON string; raise UnfitJsonError where it holds half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UnfitJsonError("type") from error
    return json.dumps(text, ensure_ascii=False)


def _digits(number: Decimal) -> str:
    exponent = number.as_tuple().exponent
    if number and (number.adjusted() >= MAX_DIGITS or not isinstance(exponent, int) or exponent < -MAX_DIGITS):
        raise UnfitJsonError("precision")
    return format(number.normalize(_EXACT), "f") if number else "0"


def _number(text: str) -> Number:
    if len(text) > MAX_NUMBER_LENGTH:
        raise ValueError(f"a number has more than {MAX_NUMBER_LENGTH} characters")
    number = Number(text)
    number.text = text
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("an object holds the same name twice")
    return made


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")
