"""Doubles as Java, and so Athena, writes them."""

from decimal import Decimal


def java_double(value: float) -> str:
    """Write a double as Java, and so Athena, does: 1.0E7, 0.001, 1.0E-4, NaN, Infinity."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    digits, _, exponent = f"{abs(value)!r}".partition("e")
    whole, _, decimals = digits.partition(".")
    sign = "-" if str(value).startswith("-") else ""
    if not exponent and (1e-3 <= abs(value) < 1e7 or value == 0):
        return f"{sign}{whole}.{decimals or '0'}"
    significant = (whole + decimals).lstrip("0")
    leading = len(whole) - 1 if whole.strip("0") else -1 - (len(decimals) - len(decimals.lstrip("0")))
    significant = significant.rstrip("0") or "0"
    return f"{sign}{significant[0]}.{significant[1:] or '0'}E{leading + int(exponent or 0)}"


def scientific(text: str) -> str:
    """Write a double or real, given in its shortest digits, as a cast to varchar does: 3.77E1, 1.0E0, 0.0E0."""
    value = float(text)
    if value != value or value in (float("inf"), float("-inf")):
        return java_double(value)
    sign, digits, exponent = Decimal(text).as_tuple()
    assert isinstance(exponent, int)
    written = "".join(map(str, digits))
    shift = exponent + len(written) - 1 if value else 0
    return f"{'-' * sign}{written[0]}.{written[1:].rstrip('0') or '0'}E{shift}"
