"""Renders bounds of a decimal as a pattern of its canonical texts, since JSON Schema has bounds for numbers alone.

A canonical text of decimal(precision, scale) is an integer, of so many smallest steps, with a point in it. The pattern
lists the integers between two bounds by their leading digits, as one would write `[3-9][0-9]|[1-9][0-9]{2}` for 30 to
999.
"""

from collections.abc import Iterator
from decimal import Context, Decimal

from txplatform.contracts.model import Field
from txplatform.contracts.render.registry import decimal_pattern

_EXACT = Context(prec=100)
_Digits = tuple[tuple[int, int], ...]  # the least and the greatest digit at each place


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
            yield from (_text(digits, scale) for digits in _of_one_length(first, last))
    if whole:
        fraction = rf"\.{_run(((0, 9),) * scale)}" if scale else ""
        yield f"[1-9][0-9]{{{whole[0] - shortest},{whole[-1] - shortest}}}{fraction}"


def _of_one_length(first: str, last: str) -> Iterator[_Digits]:
    """Yield the digits of the numbers between two of the same length."""
    if not first:
        yield ()
    elif set(first) == {"0"} and set(last) == {"9"}:
        yield ((0, 9),) * len(first)
    elif first[0] == last[0]:
        digit = int(first[0])
        for rest in _of_one_length(first[1:], last[1:]):
            yield ((digit, digit), *rest)
    else:
        places = len(first) - 1
        low, high = int(first[0]), int(last[0])
        whole_low, whole_high = set(first[1:]) <= {"0"}, set(last[1:]) <= {"9"}
        if not whole_low:
            for rest in _of_one_length(first[1:], "9" * places):
                yield ((low, low), *rest)
        start, end = low + (not whole_low), high - (not whole_high)
        if start <= end:
            yield ((start, end), *((0, 9),) * places)
        if not whole_high:
            for rest in _of_one_length("0" * places, last[1:]):
                yield ((high, high), *rest)


def _text(digits: _Digits, scale: int) -> str:
    """Return the pattern of these digits, with a point before the last `scale` of them."""
    whole, fraction = digits[: len(digits) - scale], digits[len(digits) - scale :]
    return _run(whole) + (rf"\.{_run(fraction)}" if fraction else "")


def _run(digits: _Digits) -> str:
    text = ""
    position = 0
    while position < len(digits):
        end = position
        while end < len(digits) and digits[end] == digits[position]:
            end += 1
        low, high = digits[position]
        place = str(low) if low == high else f"[{low}-{high}]"
        text += place + (f"{{{end - position}}}" if end - position > 1 else "")
        position = end
    return text
