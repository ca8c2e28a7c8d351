"""Dates and timestamps: units, zones and intervals, as Trino has them.

https://trino.io/docs/current/functions/datetime.html: the units of date_add, date_diff and date_trunc, the fields of
extract. Everything is in UTC here; other zones are for `zoned`.
"""

from sqlglot import exp

from txplatform.local.aws.athena import intervals
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.kinds import TIME_UNITS
from txplatform.local.aws.athena.moment_kinds import INTERVAL, TIME
from txplatform.local.aws.athena.operands import argument, kind, of_type, rule, typed
from txplatform.local.aws.athena.rewriting import call, each
from txplatform.local.aws.athena.signatures import INTEGER, MOMENT

_UNITS = (*TIME_UNITS, "day", "week", "month", "quarter", "year")
_FIELDS = {name: name for name in ("year", "quarter", "month", "week", "day", "hour", "minute", "second")} | {
    "day_of_month": "day",
    "day_of_week": "isodow",  # Sunday is day 7
    "dow": "isodow",
    "day_of_year": "doy",
    "doy": "doy",
    "year_of_week": "isoyear",
    "yow": "isoyear",
}
_PARTS: dict[type[exp.Expr], str] = {
    exp.Year: "year", exp.Quarter: "quarter", exp.Month: "month", exp.Day: "day", exp.DayOfWeekIso: "day",
    exp.Hour: "hour", exp.Minute: "minute", exp.Second: "second",
}  # fmt: skip


_OF_INTERVALS = ("year", "month", "day", "hour", "minute", "second")


def _dated(value: exp.Expr, unit: str) -> exp.Expr:
    return typed(value, rule("dated", kind(value), unit))


def _kept(made: exp.Expr, value: exp.Expr, unit: str) -> exp.Expr:
    """Give what DuckDB makes of a moment the type of that moment."""
    return call("cast_to_type", made, of_type(rule("dated", kind(value), unit)))


def _unit(node: exp.Expr) -> str:
    unit = node.text("unit").lower()
    if unit not in _UNITS:
        raise StatementError("INVALID_FUNCTION_ARGUMENT", f"line 1:1: '{unit}' is not a valid TIMESTAMP field")
    return unit


def _part(interval: exp.Expr, field: str) -> exp.Expr:
    own = intervals.kind(interval.unnest())
    wanted = intervals.MONTHS if field in ("year", "month") else intervals.MILLISECONDS
    if field not in _OF_INTERVALS or own not in (wanted, None):
        raise StatementError(
            "TYPE_MISMATCH", f"line 1:1: Cannot extract {field.upper()} from {own or INTERVAL.lower()}"
        )
    return call("athena_interval_part", interval.copy(), exp.Literal.string(field))


def parts(tree: exp.Expr) -> exp.Expr:
    """Only the fields that Trino has are extracted, and those of a time from no date."""

    def extracted(node: exp.Extract) -> exp.Expr:
        field = node.name.lower()
        if field in ("timezone_hour", "timezone_minute"):
            return call("athena_timezone", argument(node.expression, MOMENT))
        if field not in _FIELDS:
            raise StatementError("SYNTAX_ERROR", f"line 1:1: Invalid EXTRACT field: {field}")
        if kind(node.expression).name == INTERVAL:
            return _part(node.expression, field)
        part = exp.Var(this=_FIELDS[field].upper())
        return exp.Extract(this=part, expression=typed(node.expression, rule("timed", kind(node.expression), field)))

    def part(node: exp.Expr) -> exp.Expr | None:
        if kind(node.this).name == INTERVAL:
            return _part(node.this, _PARTS[type(node)])
        clock = "clocked" if _PARTS[type(node)] in TIME_UNITS else "timed"
        node.set("this", typed(node.this, rule(clock, kind(node.this), _PARTS[type(node)])))
        return None

    tree = each(tree, exp.Extract, extracted)
    return each(tree, tuple(_PARTS), part)


def dates(tree: exp.Expr) -> exp.Expr:
    """date(x) is a cast; date_diff counts full units; adding an interval to a date, or truncating one, gives a date."""

    def shifted(node: exp.Expr) -> exp.Expr | None:
        value, interval = node.args["this"], node.args["expression"]
        if intervals.is_one(value) and not intervals.is_one(interval) and isinstance(node, exp.Add):
            value, interval = interval, value
        elif not intervals.is_one(interval) or kind(value).name == INTERVAL:
            return None
        unit = next(interval.find_all(exp.Interval)).text("unit").lower()
        return _kept(type(node)(this=_dated(value, unit), expression=interval.copy()), value, unit)

    def added(node: exp.DateAdd) -> exp.Expr:
        unit = _unit(node)
        count = argument(node.expression, INTEGER)
        amount = exp.Interval(this=exp.Paren(this=count.copy()), unit=exp.Var(this=unit.upper()))
        return _kept(exp.Add(this=_dated(node.this, unit), expression=amount), node.this, unit)

    def difference(node: exp.DateDiff) -> exp.Expr:
        unit = _unit(node)
        return call("date_sub", exp.Literal.string(unit), _dated(node.expression, unit), _dated(node.this, unit))

    def truncated(node: exp.Expr) -> exp.Expr:
        unit = _unit(node)
        if kind(node.this).name == TIME:
            return _kept(call("athena_time_trunc", exp.Literal.string(unit), _dated(node.this, unit)), node.this, unit)
        return _kept(call("date_trunc", exp.Literal.string(unit), _dated(node.this, unit)), node.this, unit)

    tree = each(tree, exp.Localtimestamp, lambda _: exp.cast(exp.CurrentTimestamp(), "timestamp"))
    tree = each(tree, exp.Date, lambda node: exp.cast(node.this.copy(), "date"))
    tree = each(tree, (exp.Add, exp.Sub), shifted)
    tree = each(tree, exp.DateAdd, added)
    tree = each(tree, exp.DateDiff, difference)
    return each(tree, (exp.DateTrunc, exp.TimestampTrunc), truncated)


ALL = (parts, dates)
