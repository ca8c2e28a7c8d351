"""Renders bounds of a decimal as a pattern of its canonical texts, since JSON Schema has bounds for numbers alone.

A canonical text of decimal(precision, scale) is an integer, of so many smallest steps, with a point in it. The pattern
lists the integers between two bounds by their leading digits, see digit_ranges.py.
"""

from collections.abc import Iterator
from decimal import Context, Decimal

from txplatform.contracts.model import Field
from txplatform.contracts.render.digit_ranges import Digits, digits_between, digits_pattern
from txplatform.contracts.render.registry import decimal_pattern

_EXACT = Context(prec=100)


def bounded_decimal_pattern(field: Field) -> str:
    """Return the pattern of exactly the canonical texts of a decimal field that are within its bounds."""
    assert field.precision is not None
    assert field.scale is not None
    if field.minimum is None and field.maximum is None:
        return decimal_pattern(field.precision, field.scale)
    most = 10**field.precision - 1
    low = -most if field.minimum is None else max(-most, _steps(field.minimum, field.scale))
    high = most if field.maximum is None else min(most, _steps(field.maximum, field.scale))
    options = list(_between(max(low, 0), high, field.scale))
    negative = list(_between(max(1, -high), -low, field.scale))
    if negative:
        options.append(f"-(?:{'|'.join(negative)})")
    return f"^(?:{'|'.join(options)})$"


def _steps(bound: Decimal, scale: int) -> int:
    """Return a bound in smallest steps; the loader takes no bound with more digits than the scale."""
    return int(bound.scaleb(scale, _EXACT))


def _between(low: int, high: int, scale: int) -> Iterator[str]:
    """Yield patterns of the numbers from `low` to `high`, which have one digit at least before the point."""
    shortest = scale + 1
    whole: list[int] = []  # the lengths of which every number is between the bounds
    for length in range(shortest, max(shortest, len(str(max(high, 0)))) + 1):
        least, most = 0 if length == shortest else 10 ** (length - 1), 10**length - 1
        if low <= least and most <= high and length > shortest:
            whole.append(length)
        elif max(low, least) <= min(high, most):
            first, last = f"{max(low, least):0{length}}", f"{min(high, most):0{length}}"
            yield from (_text(digits, scale) for digits in digits_between(first, last))
    if whole:
        fraction = rf"\.{digits_pattern(((0, 9),) * scale)}" if scale else ""
        yield f"[1-9][0-9]{{{whole[0] - shortest},{whole[-1] - shortest}}}{fraction}"


def _text(digits: Digits, scale: int) -> str:
    """Return the pattern of these digits, with a point before the last `scale` of them."""
    whole, fraction = digits[: len(digits) - scale], digits[len(digits) - scale :]
    return digits_pattern(whole) + (rf"\.{digits_pattern(fraction)}" if fraction else "")
