"""What a moment shows of itself in its zone: its parts and texts, and what is counted in its days and months.

https://trino.io/docs/current/functions/datetime.html: hours are added to the instant, days in the zone.
"""

from collections.abc import Callable

from sqlglot import exp

from txplatform.local.aws.athena import zones
from txplatform.local.aws.athena.kinds import TIME_UNITS
from txplatform.local.aws.athena.precisions import DIGITS, digits_of
from txplatform.local.aws.athena.rewriting import call, each, refuse

ZONE = "zone"  # that of a node, among its meta
_PLAIN = (exp.DataType.Type.DATE, exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIME)
_PARTS = (exp.Year, exp.Quarter, exp.Month, exp.Day, exp.DayOfWeekIso, exp.Hour, exp.Minute, exp.Second, exp.Date)
_OF_ZONE = ("timezone_hour", "timezone_minute")
_SHOWING = (
    "date_format", "day_of_month", "day_of_year", "doy", "format_datetime", "last_day_of_month", "millisecond", "week",
    "week_of_year", "year_of_week", "yow",
)  # fmt: skip
_CALENDAR = ("month", "year")


def marked(made: exp.Expr, zone: str, digits: int) -> exp.Expr:
    """Keep zone and digits with what is made of a moment."""
    made.meta[ZONE], made.meta[DIGITS] = zone, digits
    return made


def shown(tree: exp.Expr, zone_of: Callable[[exp.Expr], str]) -> exp.Expr:
    """Compute from the time in its zone what a moment of another zone than UTC shows."""

    def local(node: exp.Expr) -> exp.Expr:
        made = zones.local(node, zone_of(node))
        made.meta[DIGITS] = digits_of(node)
        return made

    def moved(node: exp.Expr) -> exp.Expr:
        zone, digits = zone_of(node.this), digits_of(node)
        node.set("this", local(node.this))
        return marked(zones.instant(node, zone), zone, digits)

    def offset(node: exp.Expr, part: str) -> exp.Expr:
        return call("athena_offset_part", local(node), zones.local(node, zones.UTC), exp.Literal.string(part))

    def called(node: exp.Anonymous) -> exp.Expr | None:
        name, (value, *others) = node.name.lower(), node.expressions
        if name in _OF_ZONE:
            return offset(value, name)
        if name in _SHOWING:
            if name == "format_datetime" and any(symbol in others[0].name for symbol in "zZ"):
                raise refuse("format_datetime of a time zone")
            node.set("expressions", [local(value), *others])
        elif name == "to_iso8601":
            text = call("athena_offset_text", local(value), zones.local(value, zones.UTC))
            return exp.paren(exp.DPipe(this=call("to_iso8601", local(value)), expression=text, safe=False))
        return None

    def correct(node: exp.Expr) -> exp.Expr | None:
        value = node.expression if isinstance(node, exp.Extract | exp.DateDiff) else node.this
        if isinstance(node, exp.Anonymous):
            value = node.expressions[0] if node.expressions else None
        if not isinstance(value, exp.Expr) or zone_of(value) == zones.UTC:
            return None
        unit = node.text("unit").lower()
        match node:
            case exp.Cast() if node.to.this in exp.DataType.TEXT_TYPES and not node.to.expressions:
                zone = exp.Literal.string(f" {zone_of(value)}")
                return exp.paren(exp.DPipe(this=exp.cast(local(value), "varchar"), expression=zone, safe=False))
            case exp.Cast() if node.to.this not in _PLAIN:
                return None
            case exp.Extract() if node.name.lower() in _OF_ZONE:
                return offset(value, node.name.lower())
            case exp.Extract():
                node.set("expression", local(value))
            case exp.DateTrunc() | exp.TimestampTrunc():
                return moved(node)
            case exp.DateAdd():
                return None if unit in TIME_UNITS else moved(node)
            case exp.Add() | exp.Sub():
                interval = node.expression.unnest()
                return moved(node) if interval.text("unit").lower() in _CALENDAR else None
            case exp.DateDiff():
                zone = zone_of(value)
                for side in ("expression", "this") if unit not in TIME_UNITS else ():
                    node.set(side, zones.local(node.args[side], zone))
            case exp.Anonymous():
                return called(node)
            case _:
                node.set("this", local(value))
        return None

    kinds = (exp.Cast, exp.Extract, exp.DateTrunc, exp.TimestampTrunc, exp.DateAdd, exp.DateDiff, exp.Add, exp.Sub)
    return each(tree, (*kinds, exp.Anonymous, *_PARTS), correct)
