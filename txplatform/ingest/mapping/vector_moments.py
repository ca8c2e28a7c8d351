"""Transforms of days and moments over columns, exact to the microsecond; what is finer is cut off."""

import re

import polars as pl

from txplatform.ingest.mapping.terms import UnvectorisedError
from txplatform.ingest.mapping.vector_numbers import numbers
from txplatform.ingest.mapping.vectors import MARK, Kind, Vector, texts

# Per unit: digits after the point down to the microsecond, or how many units make one.
_FRACTION = {"s": 6, "ms": 3, "us": 0}
_PER_MICROSECOND = {"ns": 1_000}
_LAST = 253_402_300_800_000_000  # the year 10000, in microseconds since 1970
_CANONICAL = "%Y-%m-%dT%H:%M:%S%.6fZ"
_ISO = (
    r"(?P<Y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})[Tt ](?P<H>[0-9]{2}):(?P<M>[0-9]{2}):(?P<S>[0-9]{2})"
    r"(?:[.,](?P<f>[0-9]{1,18}))?(?P<z>[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_ISO_DAY = r"(?P<Y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})"
_DIRECTIVES = {
    "Y": "(?P<Y>[0-9]{4})",
    "m": "(?P<m>[0-9]{2})",
    "d": "(?P<d>[0-9]{2})",
    "H": "(?P<H>[0-9]{2})",
    "M": "(?P<M>[0-9]{2})",
    "S": "(?P<S>[0-9]{2})",
    "f": "(?P<f>[0-9]{1,18})",
    "z": "(?P<z>[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)",
    "%": "%",
}


def epoch(vector: Vector, unit: str) -> Vector:
    """From a number of units since 1970 that is not before it."""
    number = numbers(vector)
    whole = number.text.str.extract(r"^([0-9]{1,18})(?:\.[0-9]+)?$", 1).cast(pl.Int64, strict=False)
    if unit in _PER_MICROSECOND:
        micros = whole // _PER_MICROSECOND[unit]
    else:
        digits = _FRACTION[unit]
        fraction = number.text.str.extract(r"\.([0-9]+)$", 1).fill_null("").str.slice(0, digits)
        after = fraction.str.pad_end(digits, "0").cast(pl.Int64, strict=False) if digits else pl.lit(0, pl.Int64)
        in_range = whole < _LAST // 10**digits
        micros = pl.when(in_range).then(whole) * 10**digits + after
    moment = pl.when(micros < _LAST).then(micros).cast(pl.Datetime("us"))
    return number.becomes(moment.dt.strftime(_CANONICAL), Kind.TEXT)


def timestamp(vector: Vector, form: str | None, zone: str | None) -> Vector:
    """From a text in ISO 8601, or in the form given; sound from the year 1000 on, and for offsets below a day."""
    text = texts(vector)
    pattern = _ISO if form is None else _pattern(form)
    parts = text.text.str.extract_groups(f"^(?:{pattern})$").struct
    part = {name: parts.field(name) for name in re.findall(r"\(\?P<(\w)>", pattern)}
    absent = pl.lit(None, pl.String)
    clock = [part.get(name, absent).fill_null("00") for name in "HMS"]
    fraction = part.get("f", absent).fill_null("").str.slice(0, 6).str.pad_end(6, "0")
    date, time = pl.concat_str([part[name] for name in "Ymd"], separator="-"), pl.concat_str(clock, separator=":")
    local = pl.concat_str([date, pl.lit(" "), time, pl.lit("."), fraction])
    moment = local.str.to_datetime("%Y-%m-%d %H:%M:%S%.6f", time_unit="us", strict=False)
    written = part.get("z", absent)
    offset = written if zone is None else pl.coalesce(written, pl.lit(zone))
    instant = moment - pl.duration(minutes=_minutes(offset), time_unit="us")
    known = (part["Y"] > "1000") & (part["Y"] < "9999") & (clock[2] < "60")
    return text.becomes(pl.when(known).then(instant).dt.strftime(_CANONICAL), Kind.TEXT)


def moment(vector: Vector, unit: str, zone: str | None) -> Vector:
    """From a number as `epoch` reads it, or from a text as `timestamp` does."""
    if vector.kind is Kind.TEXT:
        return timestamp(vector, None, zone)
    if vector.kind is not Kind.TOKEN:
        return epoch(vector, unit)
    is_number = vector.text.str.starts_with(MARK).fill_null(value=False)
    of_number = epoch(Vector(pl.when(is_number).then(vector.text), Kind.TOKEN, vector.sound), unit)
    of_text = timestamp(Vector(pl.when(~is_number).then(vector.text), Kind.TOKEN, vector.sound), None, zone)
    return Vector(pl.coalesce(of_number.text, of_text.text), Kind.TEXT, of_number.sound & of_text.sound)


def not_before(vector: Vector, first: str) -> Vector:
    text = texts(vector)
    return text.where(text.text >= first)


def day(vector: Vector, form: str | None) -> Vector:
    """From a text that holds a day, the day as it is written there."""
    text = texts(vector)
    parts = text.text.str.extract_groups(f"^(?:{_ISO_DAY if form is None else _pattern(form)})$").struct
    written = pl.concat_str([parts.field(name) for name in "Ymd"], separator="-")
    known = pl.when(written > "0001").then(written).str.to_date("%Y-%m-%d", strict=False)
    return text.becomes(pl.when(known.is_not_null()).then(written), Kind.TEXT)


def _pattern(form: str) -> str:
    pieces = re.split(r"%(.)", form, flags=re.DOTALL)
    if "b" in pieces[1::2]:
        raise UnvectorisedError("names of months")
    return "".join(_DIRECTIVES[piece] if position % 2 else re.escape(piece) for position, piece in enumerate(pieces))


def _minutes(zone: pl.Expr) -> pl.Expr:
    """The minutes of an offset that is below a day, of minutes below an hour."""
    found = zone.str.extract_groups(r"^(?P<sign>[+-])(?P<h>[01][0-9]|2[0-3])(?::?(?P<m>[0-5][0-9]))?$").struct
    minutes = found.field("h").cast(pl.Int64) * 60 + found.field("m").fill_null("0").cast(pl.Int64)
    signed = pl.when(found.field("sign") == "-").then(-minutes).otherwise(minutes)
    return pl.when(zone.is_in(["Z", "z"])).then(pl.lit(0, pl.Int64)).otherwise(signed)
