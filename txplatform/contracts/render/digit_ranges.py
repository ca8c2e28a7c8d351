"""Renders ranges of whole numbers as patterns of their digits: `[3-9][0-9]|[1-9][0-9]{2}` are 30 to 999."""

from collections.abc import Iterator

Digits = tuple[tuple[int, int], ...]
"""The least and the greatest digit at each place."""


def digits_between(first: str, last: str) -> Iterator[Digits]:
    """Yield the digits of the numbers between two of the same length."""
    if not first:
        yield ()
    elif set(first) == {"0"} and set(last) == {"9"}:
        yield ((0, 9),) * len(first)
    elif first[0] == last[0]:
        digit = int(first[0])
        for rest in digits_between(first[1:], last[1:]):
            yield ((digit, digit), *rest)
    else:
        places = len(first) - 1
        low, high = int(first[0]), int(last[0])
        whole_low, whole_high = set(first[1:]) <= {"0"}, set(last[1:]) <= {"9"}
        if not whole_low:
            for rest in digits_between(first[1:], "9" * places):
                yield ((low, low), *rest)
        start, end = low + (not whole_low), high - (not whole_high)
        if start <= end:
            yield ((start, end), *((0, 9),) * places)
        if not whole_high:
            for rest in digits_between("0" * places, last[1:]):
                yield ((high, high), *rest)


def digits_pattern(digits: Digits) -> str:
    """Return the pattern of these digits."""
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
