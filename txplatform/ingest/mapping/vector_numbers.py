"""Transforms of numbers over columns: whole numbers of 128 bits, and texts, so that no digit is ever rounded."""

import re
from collections.abc import Mapping

import polars as pl

from txplatform.ingest.mapping.columns import Columns
from txplatform.ingest.mapping.terms import Listing, Term, UnvectorisedError
from txplatform.ingest.mapping.vectors import MARK, NO, PLAIN, Kind, Vector, texts, words

_WHOLE = r"^-?[0-9]{1,18}$"
_MOST_DIGITS = 50  # of a decimal that is sound; the row engine takes some more
_MOST_OF_A_FACTOR = 18  # digits: the product of two fits 128 bits


def numbers(vector: Vector) -> Vector:
    """A vector of which only numbers, and texts of some, are sound, in plain notation."""
    match vector.kind:
        case Kind.TOKEN:
            bare = vector.text.str.strip_prefix(MARK)
        case Kind.TEXT | Kind.NUMBER:
            bare = vector.text
        case _:
            return vector.where(NO)
    plain = bare.str.contains(PLAIN) & (bare.str.len_bytes() <= _MOST_DIGITS)
    return Vector(bare, Kind.NUMBER, vector.where(plain).sound)


def minor_units(vector: Vector, currency: Vector, exponents: Mapping[str, int]) -> Vector:
    """From whole minor units to the currency's own; sound for currencies that are known."""
    number = numbers(vector)
    number = number.where(number.text.str.contains(_WHOLE))
    code = texts(currency)
    exponent = code.text.str.to_uppercase().replace_strict(dict(exponents), default=None, return_dtype=pl.Int64)
    ascii_only = code.text.str.len_bytes() == code.text.str.len_chars()
    number = number.where(code.sound & ascii_only & exponent.is_not_null())
    return number.becomes(_scaled(number.text.cast(pl.Int64, strict=False).cast(pl.String), exponent), Kind.NUMBER)


def integer(vector: Vector) -> Vector:
    number = numbers(vector)
    number = number.where(number.text.str.contains(_WHOLE))
    return number.becomes(number.text.cast(pl.Int64, strict=False).cast(pl.String), Kind.NUMBER)


def decimal(vector: Vector, point: str, groups: str | None) -> Vector:
    """From a text with these separators; numbers stay."""
    if vector.kind is Kind.NUMBER:
        return numbers(vector)
    grouped = "" if groups is None else rf"|[0-9]{{1,3}}(?:{re.escape(groups)}[0-9]{{3}})+"
    pattern = rf"^[+-]?(?:[0-9]+{grouped})(?:{re.escape(point)}[0-9]+)?$"
    is_number = vector.text.str.starts_with(MARK) if vector.kind is Kind.TOKEN else NO
    text = vector if vector.kind is not Kind.TOKEN else vector.where(~vector.text.str.contains(r"^[\[{]"))
    written = text.text if groups is None else text.text.str.replace_all(groups, "", literal=True)
    written = written.str.replace(point, ".", literal=True).str.strip_prefix("+")
    bare = (
        pl.when(is_number)
        .then(text.text.str.strip_prefix(MARK))
        .otherwise(pl.when(text.text.str.contains(pattern)).then(written))
    )
    shortest = bare.str.replace(r"^(-?)0+([0-9])", "${1}${2}")
    return numbers(Vector(shortest, Kind.NUMBER, text.becomes(shortest, Kind.NUMBER).sound))


def product(columns: Columns, term: Term, scale: int | None) -> Vector:
    """The exact product of two terms; null where one of them is."""
    if not isinstance(term, Listing) or len(term.items) != 2:
        raise UnvectorisedError("product of other than two values")
    one, other = (_factor(columns.vector(item)) for item in term.items)
    (left, left_scale), (right, right_scale) = _parts(one.text), _parts(other.text)
    total = left_scale + right_scale
    sound = one.sound & other.sound
    if scale is not None:
        sound = sound & (total <= scale).fill_null(value=True)
    return Vector(_scaled((left * right).cast(pl.String), total), Kind.NUMBER, sound)


def _factor(vector: Vector) -> Vector:
    number = numbers(vector)
    return number.where(number.text.str.len_bytes() <= _MOST_OF_A_FACTOR)


def _parts(text: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """The digits of a number as a whole, and how many of them stand after the point."""
    whole = text.str.replace(".", "", literal=True).cast(pl.Int128, strict=False)
    fraction = text.str.extract(r"\.([0-9]+)$", 1).fill_null("").str.len_bytes().cast(pl.Int64)
    return whole, pl.when(text.is_not_null()).then(fraction)


def _scaled(whole: pl.Expr, scale: pl.Expr) -> pl.Expr:
    """The text of a whole number with so many of its digits after the point."""
    sign = pl.when(whole.str.starts_with("-")).then(pl.lit("-")).otherwise(pl.lit(""))
    digits = whole.str.strip_prefix("-")
    missing = (scale + 1 - digits.str.len_bytes().cast(pl.Int64)).clip(lower_bound=0)
    digits = pl.concat_str([pl.lit("0" * 40).str.slice(0, missing), digits])
    before = digits.str.len_bytes().cast(pl.Int64) - scale
    shown = pl.concat_str([sign, digits.str.slice(0, before), pl.lit("."), digits.str.slice(before)])
    return pl.when(scale == 0).then(pl.concat_str([sign, digits])).otherwise(shown)


def exact(vector: Vector) -> Vector:
    """A decimal as a contract's field takes it: a number, or a text in plain notation."""
    return numbers(vector) if vector.kind is not Kind.BOOLEAN else words(vector).where(NO)
