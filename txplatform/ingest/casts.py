"""Exact casts from text. A text that has no exact value in the field's type becomes null: nothing is rounded."""

from collections.abc import Callable
from decimal import Decimal

import polars as pl

from txplatform.contracts.model import Field, FieldType
from txplatform.ingest.nested import json_text
from txplatform.ingest.years import within_years

_INTEGER = r"^-?[0-9]+(?:\.0+)?$"
PLAIN = r"^-?[0-9]+(?:\.[0-9]+)?$"
_EXPONENT = r"^-?[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]+$"
_MOST_DIGITS = 60  # that a number with an exponent is written with: more than any field takes
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_DAY, _TIME, _FRACTION, _ZONE = (
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})",
    r"((?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])",
    r"(?:\.([0-9]+))?",
    r"([Zz]|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9])",
)
_TIMESTAMP = f"^{_DAY}[Tt ]{_TIME}{_FRACTION}{_ZONE}$"

MESSAGES = {
    FieldType.STRING: "must be a text",
    FieldType.INTEGER: "must be a whole number of 64 bits",
    FieldType.DECIMAL: "must be a decimal number",
    FieldType.BOOLEAN: "must be true or false",
    FieldType.DATE: "must be a day of the calendar, YYYY-MM-DD",
    FieldType.TIMESTAMP: "must be an ISO 8601 timestamp with its zone",
    FieldType.OBJECT: "must be an object",
    FieldType.MAP: "must be an object",
    FieldType.ARRAY: "must be a list",
    FieldType.JSON: "must be JSON",
}


RULES = ("type", "precision", "scale", "depth")  # that a text breaks which has no exact value


def typed(field: Field, text: pl.Expr) -> pl.Expr:
    """The value of a text in the field's type; null where it has no exact one."""
    return _CASTS[field.type](field, text if field.type is FieldType.STRING else text.str.strip_chars())


def broken_rule(field: Field, text: pl.Expr) -> pl.Expr:
    """Which of RULES a text breaks that `typed` turned to null."""
    if field.type is FieldType.JSON:
        return text.map_elements(json_text.broken_rule, pl.String)
    text = text.str.strip_chars()
    kind = pl.lit("type")
    if field.type is FieldType.DECIMAL:
        digits, plain = _whole_digits(field), _plain(text)
        return (
            pl.when(~plain.str.contains(PLAIN))
            .then(kind)
            .when(~plain.str.contains(rf"^-?0*[0-9]{{0,{digits}}}(?:\.|$)"))
            .then(pl.lit("precision"))
            .otherwise(pl.lit("scale"))
        )
    if field.type is FieldType.TIMESTAMP:
        return (
            pl.when(text.str.contains(_TIMESTAMP) & (_fraction(text).str.len_chars() > 6))
            .then(pl.lit("precision"))
            .otherwise(kind)
        )
    return kind


def message(field: Field, rule: str) -> str:
    """What the rule requires, without the value that broke it."""
    if field.type is FieldType.JSON:
        return json_text.MESSAGES.get(rule, "")
    if rule == "precision" and field.type is FieldType.DECIMAL:
        return f"must have at most {_whole_digits(field)} digits before the point"
    if rule == "precision":
        return "must not be finer than a microsecond"
    if rule == "scale":
        return f"must have at most {field.scale} digits after the point"
    return MESSAGES[field.type]


def _whole_digits(field: Field) -> int:
    return (field.precision or 0) - (field.scale or 0)


def _string(_: Field, text: pl.Expr) -> pl.Expr:
    return text


def _integer(_: Field, text: pl.Expr) -> pl.Expr:
    text = _plain(text)
    whole = text.str.replace(r"\.0+$", "")
    return pl.when(text.str.contains(_INTEGER)).then(whole).cast(pl.Int64, strict=False)


def _decimal(field: Field, text: pl.Expr) -> pl.Expr:
    plain = _plain(text)
    fits = plain.str.contains(rf"^-?0*[0-9]{{0,{_whole_digits(field)}}}(?:\.[0-9]{{0,{field.scale}}}0*)?$")
    shortest = plain.str.replace(r"(\.[0-9]*?)0+$", "${1}").str.replace(r"\.$", "")
    exact = pl.when(fits & plain.str.contains(PLAIN)).then(shortest)
    return exact.cast(pl.Decimal(field.precision, field.scale or 0), strict=False)


def _plain(text: pl.Expr) -> pl.Expr:
    """The texts, with plain notation for the few numbers that JSON writers put as 1e-08."""
    return text.map_batches(without_exponents, pl.String)


def without_exponents(texts: pl.Series) -> pl.Series:
    """The texts, with plain notation for the numbers among them; by distinct text."""
    found = texts.filter(texts.str.contains(_EXPONENT)).unique().to_list()
    return texts.replace({text: _without_exponent(text) for text in found}) if found else texts


def _without_exponent(text: str) -> str:
    """Plain notation; in place of a number beyond all fields a shorter one that is beyond them too."""
    try:
        number = Decimal(text)
    except ArithmeticError:  # an exponent without end
        return text
    if not number:
        return "0"
    sign = "-" if number.is_signed() else ""
    if number.adjusted() >= _MOST_DIGITS:
        return f"{sign}{'9' * _MOST_DIGITS}"
    if number.adjusted() < -_MOST_DIGITS:
        return f"{sign}0.{'0' * _MOST_DIGITS}1"
    return format(number, "f")


def _boolean(_: Field, text: pl.Expr) -> pl.Expr:
    folded = text.str.to_lowercase()
    return pl.when(folded.is_in(["true", "false"])).then(folded == "true")


def _date(_: Field, text: pl.Expr) -> pl.Expr:
    day = pl.when(text.str.contains(_DATE)).then(text).str.to_date("%Y-%m-%d", strict=False)
    return day.map_batches(within_years, pl.Date)


def _fraction(text: pl.Expr) -> pl.Expr:
    return text.str.extract(_TIMESTAMP, 3).fill_null("").str.strip_chars_end("0")


def _timestamp(_: Field, text: pl.Expr) -> pl.Expr:
    parts = text.str.extract_groups(_TIMESTAMP).struct
    day, time, zone = parts.field("1"), parts.field("2"), parts.field("4")
    fraction = _fraction(text)
    local = pl.concat_str(day, pl.lit(" "), time, pl.lit("."), fraction.str.pad_end(6, "0"))
    moment = local.str.to_datetime("%Y-%m-%d %H:%M:%S%.6f", time_unit="us", time_zone="UTC", strict=False)
    digits = zone.str.replace(":", "", literal=True)
    minutes = digits.str.slice(1, 2).cast(pl.Int64, strict=False) * 60 + digits.str.slice(3, 2).cast(
        pl.Int64, strict=False
    )
    signed = pl.when(zone.str.starts_with("-")).then(-minutes).otherwise(minutes)
    offset = pl.when(zone.str.contains("^[Zz]$")).then(pl.lit(0, pl.Int64)).otherwise(signed)
    instant = moment - pl.duration(minutes=offset, time_unit="us")
    return pl.when(fraction.str.len_chars() <= 6).then(instant.map_batches(within_years, pl.Datetime("us", "UTC")))


_CASTS: dict[FieldType, Callable[[Field, pl.Expr], pl.Expr]] = {
    FieldType.STRING: _string,
    FieldType.INTEGER: _integer,
    FieldType.DECIMAL: _decimal,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _date,
    FieldType.TIMESTAMP: _timestamp,
}
