"""Numbers since 1970 as canonical timestamps: exact, cut to the microsecond as sources count finer."""

from datetime import datetime, timedelta
from decimal import Decimal

# Microseconds of a unit, as a fraction.
PER_SECOND = {"s": (1_000_000, 1), "ms": (1_000, 1), "us": (1, 1), "ns": (1, 1_000)}

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - UTC; the text is written with its zone
_MOST_DIGITS = 30


def epoch_text(value: int | Decimal, numerator: int, denominator: int) -> str | None:
    """The canonical text of `value` units, each of so many microseconds; None outside the calendar."""
    if isinstance(value, int):
        top, bottom = value, 1
    else:
        if not value.is_finite() or value.adjusted() > _MOST_DIGITS or len(value.as_tuple().digits) > 3 * _MOST_DIGITS:
            return None
        top, bottom = value.as_integer_ratio() if value.adjusted() > -_MOST_DIGITS else (0, 1)
    whole = abs(top) * numerator // (bottom * denominator)
    try:
        moment = _EPOCH + timedelta(0, 0, whole if top > 0 else -whole)
    except OverflowError:
        return None
    return moment.isoformat("T", "microseconds") + "Z"
