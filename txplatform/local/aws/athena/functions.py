"""Functions of Trino that DuckDB lacks or computes otherwise: the few exact ones in Python, beside `macros`."""

import json
from collections.abc import Callable
from decimal import Context, Decimal
from typing import Any

import duckdb

from txplatform.local.aws.athena import characters, formats, macros, quotients, regexps
from txplatform.local.aws.athena.kinds import RULES, SCALARS, RefusedError

_EXACT = Context(prec=100)  # more digits than the integer quotient of two decimals can have


def quotient(dividend: str, divisor: str, scale: int) -> str:
    """Divide two numbers in plain notation exactly, rounded half up to `scale` decimals."""
    top, top_scale = _unscaled(dividend)
    bottom, bottom_scale = _unscaled(divisor)
    if bottom == 0:
        raise RefusedError("DIVISION_BY_ZERO", "Division by zero")
    shift = scale + bottom_scale - top_scale
    top, bottom = top * 10 ** max(shift, 0), bottom * 10 ** max(-shift, 0)
    whole, rest = divmod(abs(top), abs(bottom))
    digits = str(whole + (2 * rest >= abs(bottom))).rjust(scale + 1, "0")
    sign = "-" if (top < 0) != (bottom < 0) else ""
    return f"{sign}{digits[: len(digits) - scale]}.{digits[len(digits) - scale :]}" if scale else sign + digits


def remainder(dividend: str, divisor: str) -> str:
    """Return what is left of the exact division of two numbers in plain notation, with the sign of the dividend."""
    if not Decimal(divisor):
        raise RefusedError("DIVISION_BY_ZERO", "Division by zero")
    return format(_EXACT.remainder(Decimal(dividend), Decimal(divisor)), "f")


def _unscaled(text: str) -> tuple[int, int]:
    whole, _, decimals = text.partition(".")
    return int(whole + decimals), len(decimals)


def fail(reason: str) -> str:
    """Fail the statement; `reason` is "NAME: message"."""
    name, _, message = reason.partition(": ")
    raise RefusedError(name, message)


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


class _Number(str):
    """A number of a JSON document, digit for digit."""


def json_scalar(document: str | None, path: str) -> str | None:
    """Return what `path`, a JSON list of keys and indices, leads to: a scalar as it is written, null for all else."""
    if document is None:
        return None
    try:
        found: Any = json.loads(document, parse_float=_Number, parse_int=_Number, parse_constant=_not_json)
        for step in json.loads(path):
            if isinstance(found, list) != isinstance(step, int):
                return None
            found = found[step]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    if isinstance(found, bool):
        return str(found).lower()
    return str(found) if isinstance(found, str) else None


def json_array_length(document: str | None) -> int | None:
    """Return how many elements a JSON array has, null for all else."""
    try:
        found = json.loads(document or "", parse_constant=_not_json)
    except (ValueError, RecursionError):
        return None
    return len(found) if isinstance(found, list) else None


def _not_json(constant: str) -> None:
    raise ValueError(constant)


def _types() -> None:
    """Never called: DuckDB takes only the type of `athena_types()`."""


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the functions in the instance of `connection`, for all its cursors."""
    fields = ", ".join(f'"{name}" {name}' for name in SCALARS)

    def create(name: str, function: Callable[..., Any], arguments: list[str], result: str, **options: Any) -> None:
        connection.create_function(f"athena_{name}", function, arguments, result, **options)  # type: ignore[arg-type]

    create(
        "types", _types, [], f"STRUCT({fields})", side_effects=True
    )  # else DuckDB would evaluate it, and lose the type
    for name, rule in RULES.items():
        create(f"{name}_type", rule, ["VARCHAR", "VARCHAR"], "VARCHAR")
    create("quotient", quotient, ["VARCHAR", "VARCHAR", "INTEGER"], "VARCHAR")
    create("remainder", remainder, ["VARCHAR", "VARCHAR"], "VARCHAR")
    create("fail", fail, ["VARCHAR"], "VARCHAR")
    create("double", java_double, ["DOUBLE"], "VARCHAR")
    create("scientific", scientific, ["VARCHAR"], "VARCHAR")
    create("json_scalar", json_scalar, ["VARCHAR", "VARCHAR"], "VARCHAR", null_handling="special")
    create("json_array_length", json_array_length, ["VARCHAR"], "BIGINT", null_handling="special")
    create("upper_characters", characters.upper, ["VARCHAR"], "VARCHAR")
    create("lower_characters", characters.lower, ["VARCHAR"], "VARCHAR")
    create("reverse_characters", characters.reverse, ["VARCHAR"], "VARCHAR")
    create("regexp_like", regexps.like, ["VARCHAR", "VARCHAR"], "BOOLEAN")
    create("regexp_extract", regexps.extract, ["VARCHAR", "VARCHAR", "BIGINT"], "VARCHAR", null_handling="special")
    create("regexp_replace", regexps.replace, ["VARCHAR", "VARCHAR", "VARCHAR"], "VARCHAR")
    create("date_parse", formats.date_parse, ["VARCHAR", "VARCHAR"], "TIMESTAMP")
    create("iso_timestamp", formats.iso_timestamp, ["VARCHAR"], "TIMESTAMP")
    create("from_iso8601_date", formats.iso_date, ["VARCHAR"], "DATE")
    for macro in (*quotients.ALL, *macros.ALL):
        connection.execute(f"CREATE MACRO {macro}")
