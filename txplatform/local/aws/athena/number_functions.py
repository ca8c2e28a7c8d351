"""Functions on numbers in Python, called by DuckDB for what is not null.

https://trino.io/docs/current/functions/math.html, https://trino.io/docs/current/functions/bitwise.html,
https://trino.io/docs/current/functions/datetime.html#human_readable_seconds.
"""

import math
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any

from txplatform.local.aws.athena.kinds import RefusedError

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_DURATIONS = {
    "ns": Decimal("1e-6"), "us": Decimal("1e-3"), "ms": Decimal(1), "s": Decimal(1000), "m": Decimal(60_000),
    "h": Decimal(3_600_000), "d": Decimal(86_400_000),
}  # fmt: skip
_UNITS = (("week", 604800), ("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


def from_base(text: str, radix: int) -> int:
    """Return the bigint that a text means to a base."""
    _check_radix(radix)
    digits = text.lower().removeprefix("+" if text.startswith("+") else "-")
    if not digits or any(digit not in _DIGITS[:radix] for digit in digits):
        raise _refused(f"Not a valid base-{radix} number: {text}")
    value = int(digits, radix) * (-1 if text.startswith("-") else 1)
    if not -(2**63) <= value < 2**63:
        raise _refused(f"Not a valid base-{radix} number: {text}")
    return value


def to_base(value: int, radix: int) -> str:
    """Write a bigint to a base."""
    _check_radix(radix)
    rest, written = abs(value), ""
    while rest or not written:
        rest, digit = divmod(rest, radix)
        written = _DIGITS[digit] + written
    return f"{'-' * (value < 0)}{written}"


def _check_radix(radix: int) -> None:
    if not 2 <= radix <= 36:
        raise _refused("Radix must be between 2 and 36")


def bit_count(value: int, bits: int) -> int:
    """Return how many bits are set in a number of so many bits."""
    if not 2 <= bits <= 64:
        raise _refused("Bits specified in bit_count must be between 2 and 64, got {bits}")
    if not -(2 ** (bits - 1)) <= value < 2 ** (bits - 1):
        raise _refused(f"Number must be representable with the bits specified. {value} cannot be represented")
    return (value % 2**bits).bit_count()


def width_bucket(value: float, low: float, high: float, count: int) -> int:
    """Return in which of equal buckets between two bounds a value is."""
    if count <= 0:
        raise _refused("bucketCount must be greater than 0")
    if math.isnan(value) or not math.isfinite(low) or not math.isfinite(high) or low == high:
        raise _refused("the operand must not be NaN, and the bounds finite and different")
    lower, upper = min(low, high), max(low, high)
    if value < lower:
        bucket = 0
    elif value >= upper:
        bucket = count + 1
    else:
        bucket = int(count * (value - lower) / (upper - lower) + 1)
    return bucket if low < high else count - bucket + 1


def human_readable_seconds(seconds: float) -> str:
    """Write seconds as weeks, days, hours, minutes and seconds."""
    if not math.isfinite(seconds):
        raise _refused("Invalid argument found in human_readable_seconds")
    rest, words = int(abs(math.floor(seconds + 0.5))), []
    for name, size in _UNITS:
        count, rest = divmod(rest, size)
        if count or (name == "second" and not words):
            words.append(f"{count} {name}{'s' * (count != 1)}")
    return ", ".join(words)


def _refused(message: str) -> RefusedError:
    return RefusedError("INVALID_FUNCTION_ARGUMENT", message)


def cbrt(value: float) -> float:
    """Return the double that is nearest to the cube root."""
    near = math.cbrt(value)
    if not math.isfinite(near) or near == 0:
        return near
    around = (math.nextafter(near, -math.inf), near, math.nextafter(near, math.inf))
    return min(around, key=lambda root: abs(Fraction(root) ** 3 - Fraction(value)))


def left_shift(value: int, shift: int, bits: int) -> int:
    """Shift a number of so many bits to the left."""
    if shift < 0:
        raise RefusedError("NOT_SUPPORTED", "a shift by less than 0 bits is not supported locally")
    shifted = (value << shift) % 2**bits if shift < bits else 0
    return shifted - 2**bits if shifted >= 2 ** (bits - 1) else shifted


def right_shift_arithmetic(value: int, shift: int, _: int) -> int:
    """Shift a number to the right, its sign with it."""
    if shift < 0:
        raise RefusedError("NOT_SUPPORTED", "a shift by less than 0 bits is not supported locally")
    return value >> shift


def right_shift(value: int, shift: int, bits: int) -> int:
    """Shift a number of so many bits to the right, as if it had no sign."""
    if shift < 0:
        raise RefusedError("NOT_SUPPORTED", "a shift by less than 0 bits is not supported locally")
    shifted = value % 2**bits >> shift
    return shifted - 2**bits if shifted >= 2 ** (bits - 1) else shifted


def combined(count: int, size: int) -> list[list[int]]:
    """Return the positions of so many elements in each combination of some of them, the last ones going slowest."""
    if not 0 <= size <= 5:
        raise _refused("combination size must not be negative, and not exceed 5")
    made = sorted(combinations(range(1, count + 1), size), key=lambda positions: positions[::-1])
    if len(made) > 100_000:
        raise _refused("combinations exceed max size")
    return [list(positions) for positions in made]


def parse_duration(text: str) -> int:
    """Return the milliseconds of a number and its unit."""
    found = re.fullmatch(r"\s*(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[a-zA-Z]+)\s*", text)
    if found is None or found["unit"] not in _DURATIONS:
        raise _refused(f"duration is not a valid data duration string: {text}")
    return int(Decimal(found["number"]) * _DURATIONS[found["unit"]] + Decimal("0.5"))


FUNCTIONS: dict[str, tuple[Callable[..., Any], list[str], str]] = {
    "bit_count": (bit_count, ["BIGINT", "BIGINT"], "BIGINT"),
    "duration_milliseconds": (parse_duration, ["VARCHAR"], "BIGINT"),
    "positions_combined": (combined, ["BIGINT", "BIGINT"], "BIGINT[][]"),
    "cbrt": (cbrt, ["DOUBLE"], "DOUBLE"),
    "from_base": (from_base, ["VARCHAR", "BIGINT"], "BIGINT"),
    "human_readable_seconds": (human_readable_seconds, ["DOUBLE"], "VARCHAR"),
    "left_shift": (left_shift, ["BIGINT", "BIGINT", "BIGINT"], "BIGINT"),
    "right_shift": (right_shift, ["BIGINT", "BIGINT", "BIGINT"], "BIGINT"),
    "right_shift_arithmetic": (right_shift_arithmetic, ["BIGINT", "BIGINT", "BIGINT"], "BIGINT"),
    "to_base": (to_base, ["BIGINT", "BIGINT"], "VARCHAR"),
    "width_bucket": (width_bucket, ["DOUBLE", "DOUBLE", "DOUBLE", "BIGINT"], "BIGINT"),
}
