"""Texts made by Java's format strings, as far as they are known: https://trino.io/docs/current/functions/string.html#format.

https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/Formatter.html. Pure functions.
"""

import re
from decimal import ROUND_HALF_UP, Context, Decimal

from txplatform.local.aws.athena.java_numbers import java_double
from txplatform.local.aws.athena.kinds import INTEGERS, RefusedError

_SPECIFIER = re.compile(r"%(?P<flags>[-+ 0,(]*)(?P<width>[1-9]\d*)?(?:\.(?P<precision>\d+))?(?P<type>[a-zA-Z%])")
_WIDE = Context(prec=200)
_PLAIN = 6  # decimals up to which Java writes no exponent


def java_format(pattern: str | None, texts: list[str | None] | None, kinds: list[str]) -> str | None:
    """Return a pattern with values in it; `texts` are those of the values, and `kinds` their types."""
    if pattern is None or texts is None:
        return None
    values = iter(zip(texts, kinds, strict=True))
    made, end = "", 0
    for found in _SPECIFIER.finditer(pattern):
        if "%" in pattern[end : found.start()]:
            raise _unknown(pattern)
        made += pattern[end : found.start()] + _piece(pattern, found, values)
        end = found.end()
    if "%" in pattern[end:]:
        raise _unknown(pattern)
    return made + pattern[end:]


def _piece(pattern: str, found: re.Match[str], values: "zip[tuple[str | None, str]]") -> str:
    if found[0] in ("%%", "%n"):
        return "%" if found[0] == "%%" else "\n"
    try:
        text, kind = next(values)
    except StopIteration as error:
        reason = f"Invalid format string: {pattern} (MissingFormatArgument: Format specifier '{found[0]}')"
        raise RefusedError("INVALID_FUNCTION_ARGUMENT", reason) from error
    flags, width, precision = found["flags"], int(found["width"] or 0), found["precision"]
    if ("-" in flags and "0" in flags) or ("-" in flags and not width) or len(set(flags)) < len(flags):
        raise _unknown(pattern)
    written = _written(pattern, found["type"], text, kind, precision)
    if found["type"] in "df" and text is not None:
        written = _with_flags(written, flags, width)
    elif set(flags) - {"-"}:
        raise _unknown(pattern)
    return written.ljust(width) if "-" in flags else written.rjust(width)


def _written(pattern: str, conversion: str, text: str | None, kind: str, precision: str | None) -> str:
    match conversion:
        case "s" if precision is None and (text is None or _is_plain(kind)):
            return "null" if text is None else java_double(float(text)) if kind == "DOUBLE" else text
        case "d" if precision is None and kind in INTEGERS:
            return "null" if text is None else text
        case "x" if precision is None and kind in INTEGERS and text is not None:
            return f"{int(text) % 2**64:x}"
        case "f" if text is not None and (kind.startswith("DECIMAL") or kind == "DOUBLE"):
            places = 6 if precision is None else int(precision)
            value = Decimal(text)
            rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _WIDE)
            exact = Decimal(float(text)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _WIDE)
            if kind.startswith("DECIMAL") or exact == rounded:  # of its digits and of itself alike
                return format(rounded, "f")
    raise _unknown(pattern)


def _is_plain(kind: str) -> bool:
    scale = re.fullmatch(r"DECIMAL\(\d+,(\d+)\)", kind)
    return kind in (*INTEGERS, "VARCHAR", "BOOLEAN", "DATE", "DOUBLE") or (
        scale is not None and int(scale[1]) <= _PLAIN
    )


def _with_flags(number: str, flags: str, width: int) -> str:
    digits = number.lstrip("-")
    sign = "-" if number.startswith("-") else "+" if "+" in flags else " " if " " in flags else ""
    if "," in flags:
        whole, point, decimals = digits.partition(".")
        digits = f"{int(whole):,}{point}{decimals}"
    if "(" in flags and sign == "-":
        return f"({digits})"
    return sign + (digits.rjust(width - len(sign), "0") if "0" in flags else digits)


def _unknown(pattern: str) -> RefusedError:
    return RefusedError("NOT_SUPPORTED", f"the format {pattern!r} of such values is not supported locally")
