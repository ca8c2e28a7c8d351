"""Time zones by the names and offsets that Trino has: of a text, of a literal moment, and how to move between them.

https://trino.io/docs/current/language/types.html#timestamp-with-time-zone; a zone's other names for UTC are UTC.
"""

import re
from functools import cache
from zoneinfo import available_timezones

from sqlglot import exp

from txplatform.local.aws.athena.cast_texts import MOMENT_OF_DAY
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.rewriting import call, refuse

UTC = "UTC"
_UTC = frozenset(("utc", "z", "ut", "uct", "gmt", "greenwich", "universal", "zulu", "etc/utc", "etc/gmt", "etc/uct"))
_OFFSET = re.compile(r"(?P<sign>[+-])(?P<hours>\d\d):(?P<minutes>\d\d)")
_LITERAL = re.compile(rf"(?P<moment>{MOMENT_OF_DAY.rstrip('*')}*[\d.])\s*(?P<zone>[A-Za-z+-].*)")
_MOST_MINUTES = 14 * 60


@cache
def _names() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones() if "/" in name}


def named(text: str) -> str:
    """Return a zone as Trino writes it; raise StatementError for one that it has not."""
    if text.lower() in _UTC:
        return UTC
    if found := _OFFSET.fullmatch(text):
        minutes = _minutes(text)
        if abs(minutes) > _MOST_MINUTES or int(found["minutes"]) > 59:
            raise StatementError("INVALID_FUNCTION_ARGUMENT", f"line 1:1: Time zone not supported: {text}")
        return text if minutes else UTC
    if text.lower() in _names():
        return _names()[text.lower()]
    raise refuse(f"the time zone {text!r}")


def offset(minutes: int) -> str:
    """Return the zone of so many minutes east of UTC."""
    if abs(minutes) > _MOST_MINUTES:
        raise StatementError("INVALID_FUNCTION_ARGUMENT", f"line 1:1: Invalid offset minutes {minutes}")
    hours, rest = divmod(abs(minutes), 60)
    return named(f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}")


def of_literal(text: str) -> tuple[str, str] | None:
    """Return moment and zone of a literal that has one."""
    found = _LITERAL.fullmatch(text)
    return (found["moment"], named(found["zone"])) if found else None


def _minutes(zone: str) -> int:
    found = _OFFSET.fullmatch(zone)
    assert found is not None
    return int(f"{found['sign']}1") * (int(found["hours"]) * 60 + int(found["minutes"]))


def local(instant: exp.Expr, zone: str) -> exp.Expr:
    """Return the time of day and date that an instant has in a zone, as a timestamp without one."""
    if zone == UTC or _OFFSET.fullmatch(zone):
        minutes = 0 if zone == UTC else _minutes(zone)
        return call("athena_local_by", instant.copy(), exp.Literal.number(minutes))
    return call("athena_local", instant.copy(), exp.Literal.string(zone))


def instant(timestamp: exp.Expr, zone: str) -> exp.Expr:
    """Return when a timestamp without a zone is in one."""
    if zone == UTC or _OFFSET.fullmatch(zone):
        minutes = 0 if zone == UTC else _minutes(zone)
        return call("athena_instant_by", timestamp.copy(), exp.Literal.number(minutes))
    return call("athena_instant", timestamp.copy(), exp.Literal.string(zone))
