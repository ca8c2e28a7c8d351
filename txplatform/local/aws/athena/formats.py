"""Dates as texts: MySQL's patterns of date_format and date_parse, and ISO 8601, read as Trino's Joda-Time reads them.

https://trino.io/docs/current/functions/datetime.html#mysql-date-functions. Pure functions.
"""

import re
from calendar import month_abbr, month_name
from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache

from txplatform.local.aws.athena import zones
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.kinds import RefusedError
from txplatform.local.aws.athena.rewriting import refuse

_STRFTIME = {
    "a": "%a", "b": "%b", "c": "%-m", "d": "%d", "e": "%-d", "f": "%f", "H": "%H", "h": "%I", "I": "%I", "i": "%M",
    "j": "%j", "k": "%-H", "l": "%-I", "M": "%B", "m": "%m", "p": "%p", "r": "%I:%M:%S %p", "S": "%S", "s": "%S",
    "T": "%H:%M:%S", "v": "%V", "W": "%A", "x": "%G", "Y": "%Y", "y": "%y",
}  # fmt: skip
_REFUSED_BY_TRINO = "DUuVwX"
_MONTHS = {name: number % 12 + 1 for number, name in enumerate([*month_name[1:], *month_abbr[1:]])}
_NUMBERS = {"m": "month", "c": "month", "d": "day", "e": "day", "i": "minute", "s": "second", "S": "second"}
_HOURS, _HALF_DAY_HOURS = "Hk", "hIl"
_ABBREVIATIONS = {"r": "%I:%i:%s %p", "T": "%H:%i:%s"}
_YEAR_WITHOUT_DATE, _YEAR_OF_DATE = 1970, 2000  # where the pattern has no year
_PIVOT = 70  # two-digit years are those from 1970 to 2069
_ISO = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:T(?P<hour>[0-9]{2})(?::(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?)?"
    r"(?P<zone>Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
_PERHAPS_ISO = re.compile(r"[-+0-9:.,TWZ]+")


def _pieces(pattern: str) -> Iterator[tuple[str, str]]:
    """Yield (character of a specifier, "") or ("", a literal character)."""
    for specifier, literal in re.findall(r"%(.)|(.)", pattern, re.DOTALL):
        if specifier and specifier in _REFUSED_BY_TRINO:
            raise StatementError("INVALID_FUNCTION_ARGUMENT", f"%{specifier} not supported in date format string")
        if literal == "%":
            raise refuse(f"the date pattern {pattern!r}")
        yield (specifier, "") if specifier in _STRFTIME else ("", specifier or literal)


def to_strftime(pattern: str) -> str:
    """Return the pattern of DuckDB's strftime that writes what date_format writes."""
    return "".join(
        _STRFTIME[specifier] if specifier else literal.replace("%", "%%") for specifier, literal in _pieces(pattern)
    )


@lru_cache
def reader(pattern: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """Return what a text of the pattern looks like, and the specifier by which each of its fields is written."""
    made, specifiers = "", dict[str, str]()
    for abbreviation, meaning in _ABBREVIATIONS.items():
        pattern = re.sub(f"(?<!%)((?:%%)*)%{abbreviation}", rf"\g<1>{meaning}", pattern)
    for specifier, literal in _pieces(pattern):
        if not specifier:
            made += f"(?i:{re.escape(literal)})"
            continue
        field, looks = _field(specifier)
        if not field or field in specifiers:
            raise refuse(f"date_parse with the pattern {pattern!r}")
        specifiers[field] = specifier
        made += f"(?P<{field}>{looks})"
    if ("half" in specifiers) and specifiers.get("hour", "H") in _HOURS:
        raise refuse(f"date_parse with the pattern {pattern!r}")
    return re.compile(made), specifiers


def checked(pattern: str) -> str:
    """Return a pattern that date_parse can read; raise StatementError for any other."""
    reader(pattern)
    return pattern


def _field(specifier: str) -> tuple[str, str]:
    if specifier in _NUMBERS:
        return _NUMBERS[specifier], "[0-9]{1,2}+"
    if specifier in _HOURS + _HALF_DAY_HOURS:
        return "hour", "[0-9]{1,2}+"
    if specifier in "bM":
        names = (shape for name in _MONTHS for shape in (name, name.upper(), name.lower()))
        return "month", f"(?>{'|'.join(names)})"
    return {
        "Y": ("year", r"\+?[0-9]{1,4}+"),
        "y": ("year", "[0-9]{2}"),
        "f": ("fraction", "[0-9]{0,9}+"),
        "p": ("half", "AM|PM|am|pm"),
    }.get(specifier, ("", ""))


def date_parse(text: str, pattern: str) -> datetime:
    """Read a moment; raise RefusedError where the text is not of the pattern."""
    looks, specifiers = reader(pattern)
    found = looks.fullmatch(text)
    if found is None:
        raise _malformed(text)
    fields = found.groupdict()
    number = {name: int(value) for name, value in fields.items() if value.isdigit() and name != "fraction"}
    number["year"] = _year(fields, specifiers)
    if specifiers.get("month", "") in ("b", "M"):
        number["month"] = _MONTHS[fields["month"].capitalize()]
    if specifiers.get("hour", "H") in _HALF_DAY_HOURS:
        if not 1 <= number["hour"] <= 12:
            raise _malformed(text)
        number["hour"] = number["hour"] % 12 + 12 * (fields.get("half", "").lower() == "pm")
    return _moment(text, number, fields.get("fraction", ""))


def _year(fields: dict[str, str], specifiers: dict[str, str]) -> int:
    if "year" not in fields:
        return _YEAR_OF_DATE if fields.keys() & {"month", "day"} else _YEAR_WITHOUT_DATE
    year = int(fields["year"])
    if specifiers["year"] == "y":
        return year + (1900 if year >= _PIVOT else 2000)
    return year


def iso_timestamp(text: str) -> datetime:
    """Read a moment in UTC, of milliseconds; raise RefusedError for other text, or another zone."""
    found = _ISO.fullmatch(text)
    if found is None or iso_zone(text) != zones.UTC:
        raise _not_iso(text)
    fields = found.groupdict(default="0")
    number = dict(zip(("year", "month", "day"), map(int, fields["date"].split("-")), strict=True))
    number |= {name: int(fields[name]) for name in ("hour", "minute", "second")}
    return _moment(text, number, fields["fraction"])


def iso_zone(text: str) -> str:
    """Return the zone of a text, UTC where it has none."""
    found = _ISO.fullmatch(text)
    digits = found["zone"].replace(":", "") if found and found["zone"] else "Z"
    return zones.named(f"{digits[:3]}:{digits[3:] or '00'}") if digits != "Z" else zones.UTC


def iso_local(text: str) -> str:
    """Return the moment that a text with a zone shows, as a text without one."""
    found = _ISO.fullmatch(text)
    assert found is not None
    return str(iso_timestamp(text.removesuffix(found["zone"] or "")))


def iso_date(text: str) -> date:
    """Read a date; raise RefusedError for other text."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is None:
        raise _malformed(text) if "T" in text else _not_iso(text)
    return iso_timestamp(text).date()


def _moment(text: str, fields: dict[str, int], fraction: str) -> datetime:
    try:
        return datetime(  # noqa: DTZ001 - a DuckDB TIMESTAMP has no zone
            fields["year"],
            fields.get("month", 1),
            fields.get("day", 1),
            fields.get("hour", 0),
            fields.get("minute", 0),
            fields.get("second", 0),
            int(fraction[:3].ljust(3, "0")) * 1000,
        )
    except ValueError as error:
        raise _malformed(text) from error


def _malformed(text: str) -> RefusedError:
    return RefusedError("INVALID_FUNCTION_ARGUMENT", f'Invalid format: "{text}"')


def _not_iso(text: str) -> RefusedError:
    if _PERHAPS_ISO.fullmatch(text):
        return RefusedError("NOT_SUPPORTED", f"the ISO 8601 text {text!r} is not supported locally")
    return _malformed(text)
