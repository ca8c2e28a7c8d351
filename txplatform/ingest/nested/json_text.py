"""The canonical text of a JSON value: sorted names, no spaces, each number in plain digits, nothing escaped needlessly.

Two texts of the same value have the same canonical text, and its numbers never pass through a float.
"""

import json
from decimal import Context, Decimal
from typing import Any, NoReturn, cast

import polars as pl

MAX_DIGITS = 400  # of a number, on each side of the point, as in the functions: a short exponent can mean gigabytes
MAX_DEPTH = 32
_EXACT = Context(prec=2 * MAX_DIGITS)


def canonical_texts(texts: pl.Series) -> pl.Series:
    """Return the canonical text of each JSON text, null where it is not JSON. Each distinct text is parsed once."""
    distinct = texts.drop_nulls().unique()
    known = {text: canonical_text(text) for text in distinct}
    return pl.Series(texts.name, [None if text is None else known[text] for text in texts], dtype=pl.String)


def canonical_text(text: str) -> str | None:
    """Return the canonical text of one JSON text; None where it is not JSON, or beyond a limit."""
    try:
        made = written(parsed(text))
        made.encode()
    except (ValueError, ArithmeticError, RecursionError):  # half a surrogate pair is a ValueError, too
        return None
    return made


def parsed(text: str) -> Any:
    """Return the value of JSON text, numbers as Decimal; raise ValueError, ArithmeticError or RecursionError."""
    return json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=_refuse, object_pairs_hook=_object)


def written(value: Any, depth: int = 0) -> str:
    """Return the canonical text of a parsed value; raise ValueError where it is beyond a limit."""
    if depth > MAX_DEPTH:
        raise ValueError(f"nested more than {MAX_DEPTH} deep")
    match value:
        case dict():
            members = sorted(cast("dict[str, Any]", value).items())
            return "{" + ",".join(f"{_string(name)}:{written(item, depth + 1)}" for name, item in members) + "}"
        case list():
            return "[" + ",".join(written(item, depth + 1) for item in cast("list[Any]", value)) + "]"
        case Decimal():
            return _digits(value)
        case str():
            return _string(value)
        case _:
            return json.dumps(value)


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _digits(number: Decimal) -> str:
    _, digits, exponent = number.as_tuple()
    if number and (number.adjusted() >= MAX_DIGITS or not isinstance(exponent, int) or exponent < -MAX_DIGITS):
        raise ValueError(f"a number of {len(digits)} digits has more than {MAX_DIGITS} on a side of the point")
    return format(number.normalize(_EXACT), "f") if number else "0"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("an object holds the same name twice")
    return made


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")
