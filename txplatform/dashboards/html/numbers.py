"""Formats numbers and times for a dashboard. Exact where there is room, three significant digits where there is not."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import reduce

# The default context rounds to 28 digits; a decimal(38, 18) summed over a table needs more.
_EXACT = Context(prec=76, rounding=ROUND_HALF_EVEN)
_STEPS = ((Decimal(10) ** 12, "T"), (Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "k"))
_LEAST, _BEYOND = Decimal("0.001"), Decimal("999.5e12")  # outside of these only an exponent is short


def total(values: Iterable[Decimal]) -> Decimal:
    """The exact sum."""
    return reduce(_EXACT.add, values, Decimal(0))


def compact(value: Decimal | int) -> str:
    """Three significant digits with k, M, B or T, beyond with an exponent: 1234567 → 1.23M, 0.5 → 0.5, 10²⁰ → 1e20."""
    number = Decimal(value)
    if number and not _LEAST <= number.copy_abs() < _BEYOND:
        digits, _, exponent = f"{number:.2e}".partition("e")
        return f"{_bare(digits)}e{int(exponent)}"
    for step, suffix in _STEPS:
        if number.copy_abs() >= step * Decimal("0.9995"):
            return _significant(_EXACT.divide(number, step)) + suffix
    return _significant(number)


def _significant(number: Decimal) -> str:
    digits = max(0, 2 - number.adjusted()) if number else 0
    rounded = number.quantize(Decimal(1).scaleb(-digits), context=_EXACT)
    return _bare(f"{rounded:f}")


def _bare(text: str) -> str:
    """Drop zeros at the end of a fraction."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def grouped(value: Decimal | int, decimals: int | None = None) -> str:
    """Thousands separated by commas; `decimals` digits after the point, by default all of them."""
    if decimals is not None:
        value = Decimal(value).quantize(Decimal(1).scaleb(-decimals), context=_EXACT)
    return f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"


def money(value: Decimal, currency: str) -> str:
    """An amount in full, to the cent."""
    return f"{currency} {grouped(value, 2)}"


def share(part: int, whole: int) -> str:
    """A percentage with one decimal below ten percent: 4.2%, 57%."""
    if not whole:
        return "0%"
    percent = Decimal(100 * part) / whole
    decimals = 1 if 0 < percent < Decimal("9.95") else 0
    return f"{grouped(percent, decimals)}%"


def day_label(day: date) -> str:
    return f"{day.day} {day:%b}"


def instant(moment: datetime) -> str:
    """A UTC time to the second."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def age(moment: datetime, now: datetime) -> str:
    """How long ago, in the largest fitting unit; clocks that disagree slightly read as now."""
    elapsed = now - moment
    if elapsed < timedelta(seconds=1):
        return "just now"
    seconds = int(elapsed.total_seconds())
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"


def as_of_text(moment: datetime) -> str:
    """Of which moment figures are."""
    return f"as of {moment:%Y-%m-%d %H:%M} UTC"
