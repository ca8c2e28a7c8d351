"""Trino's arithmetic, casts and dates computed by Python's decimal and datetime, independently of DuckDB.

https://trino.io/docs/current/functions/decimal.html for the types; dates as Joda-Time counts them.
"""

import calendar
import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

_WIDE = Context(prec=200, rounding=ROUND_HALF_UP)
_DIGITS = {"integer": 10, "bigint": 19}
_LARGEST = {"integer": 2**31 - 1, "bigint": 2**63 - 1}


class TrinoError(Exception):
    """A failure that Trino gives a name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


@dataclass(frozen=True, slots=True)
class Exact:
    """An integer or a decimal: SQL that makes it, its value, and its kind or its (digits, scale)."""

    sql: str
    value: Decimal
    kind: str | tuple[int, int]

    @property
    def shape(self) -> tuple[int, int]:
        return (_DIGITS[self.kind], 0) if isinstance(self.kind, str) else self.kind

    @property
    def text(self) -> str:
        return format(self.value.quantize(Decimal(1).scaleb(-self.shape[1]), context=_WIDE) + 0, "f")


def apply(symbol: str, one: Exact, other: Exact) -> Exact:
    """Return what an operator gives; raise TrinoError where it fails."""
    sql = f"({one.sql} {symbol} {other.sql})"
    if isinstance(one.kind, str) and isinstance(other.kind, str):
        kind = max(one.kind, other.kind, key=lambda name: _DIGITS[name])
        return Exact(sql, _checked(_of_integers(symbol, one.value, other.value), kind), kind)
    (p, s), (q, t) = one.shape, other.shape
    digits, scale = {
        "+": (max(p - s, q - t) + max(s, t) + 1, max(s, t)),
        "-": (max(p - s, q - t) + max(s, t) + 1, max(s, t)),
        "*": (p + q, s + t),
        "/": (p + t + max(0, t - s), max(s, t)),
        "%": (min(p - s, q - t) + max(s, t), max(s, t)),
    }[symbol]
    if scale > 38:
        raise TrinoError("INVALID_FUNCTION_ARGUMENT")
    if symbol in "/%" and not other.value:
        raise TrinoError("DIVISION_BY_ZERO")
    value = {
        "+": _WIDE.add,
        "-": _WIDE.subtract,
        "*": _WIDE.multiply,
        "/": _WIDE.divide,
        "%": _WIDE.remainder,
    }[symbol](one.value, other.value)
    return Exact(sql, _fitting(value, (min(38, digits), scale)), (min(38, digits), scale))


def cast(of: Exact, digits: int, scale: int) -> Exact:
    """Return CAST(of AS decimal(digits, scale)); raise TrinoError where it does not fit."""
    try:
        value = _fitting(of.value, (digits, scale))
    except TrinoError as error:
        raise TrinoError("INVALID_CAST_ARGUMENT") from error
    return Exact(f"CAST({of.sql} AS decimal({digits},{scale}))", value, (digits, scale))


def rounded(of: Exact, decimals: int) -> Exact:
    """Return round(of, decimals) of a decimal."""
    digits, scale = of.shape
    value = of.value
    if decimals < scale:
        value = value.quantize(Decimal(1).scaleb(-decimals), context=_WIDE)
    kind = (min(38, digits + 1), scale)
    return Exact(f"round({of.sql}, {decimals})", _fitting(value, kind), kind)


def _of_integers(symbol: str, one: Decimal, other: Decimal) -> int:
    a, b = int(one), int(other)
    if symbol in "/%":
        if not b:
            raise TrinoError("DIVISION_BY_ZERO")
        whole = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
        return whole if symbol == "/" else a - whole * b
    return {"+": a + b, "-": a - b, "*": a * b}[symbol]


def _checked(value: int, kind: str) -> Decimal:
    if not -_LARGEST[kind] - 1 <= value <= _LARGEST[kind]:
        raise TrinoError("NUMERIC_VALUE_OUT_OF_RANGE")
    return Decimal(value)


def _fitting(value: Decimal, kind: tuple[int, int]) -> Decimal:
    digits, scale = kind
    made = value.quantize(Decimal(1).scaleb(-scale), context=_WIDE)
    if abs(made.scaleb(scale, context=_WIDE)) >= 10**digits:
        raise TrinoError("NUMERIC_VALUE_OUT_OF_RANGE")
    return made


def plus_months(day: dt.date, months: int) -> dt.date:
    """Return the same day so many months later, or the last one of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))


def full_months(start: dt.datetime, end: dt.datetime) -> int:
    """Return how many months of Joda-Time fit between two moments: negative where the end is before the start."""
    if end < start:
        return -full_months(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    shifted = dt.datetime.combine(plus_months(start.date(), months), start.time())
    return months - (shifted > end)


def truncated(moment: dt.datetime, unit: str) -> dt.datetime:
    """Return the start of the unit that a moment is in."""
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    match unit:
        case "year":
            return day.replace(month=1, day=1)
        case "quarter":
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case "month":
            return day.replace(day=1)
        case "week":
            return day - dt.timedelta(days=day.weekday())
        case "day":
            return day
        case "hour":
            return moment.replace(minute=0, second=0, microsecond=0)
        case _:
            return moment.replace(second=0, microsecond=0)
