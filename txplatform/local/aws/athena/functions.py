"""Functions of Trino that DuckDB lacks or computes otherwise, as macros and a few exact Python functions.

DuckDB divides decimals as doubles, so quotients and averages of decimals go through `athena_quotient`. Results leave a
macro as texts and get their type from `coercions`, or from an expression that has it.
"""

import json
from collections.abc import Callable
from decimal import Context, Decimal
from typing import Any

import duckdb

from txplatform.local.aws.athena.kinds import RULES, SCALARS, RefusedError

_EXACT = Context(prec=100)  # more digits than the integer quotient of two decimals can have
_MACROS = (
    r"""athena_scale(kind) AS CAST(coalesce(nullif(regexp_extract(kind, ',\s*(\d+)\)', 1), ''), '0') AS INTEGER)""",
    """athena_divide(a, b, kind) AS
        CASE WHEN kind LIKE 'DECIMAL%' THEN athena_quotient(CAST(a AS VARCHAR), CAST(b AS VARCHAR), athena_scale(kind))
             WHEN kind IN ('DOUBLE', 'FLOAT') THEN CAST(CAST(a AS DOUBLE) / CAST(b AS DOUBLE) AS VARCHAR)
             WHEN b = 0 THEN athena_fail('DIVISION_BY_ZERO: Division by zero')
             ELSE CAST(a // b AS VARCHAR) END""",
    """athena_modulo(a, b, kind) AS
        CASE WHEN kind LIKE 'DECIMAL%' THEN athena_remainder(CAST(a AS VARCHAR), CAST(b AS VARCHAR))
             WHEN kind IN ('DOUBLE', 'FLOAT') THEN CAST(CAST(a AS DOUBLE) % CAST(b AS DOUBLE) AS VARCHAR)
             WHEN b = 0 THEN athena_fail('DIVISION_BY_ZERO: Division by zero')
             ELSE CAST(a % b AS VARCHAR) END""",
    """athena_average(total, number, sample) AS cast_to_type(
        CASE WHEN typeof(total) LIKE 'DECIMAL%' THEN CASE WHEN number > 0 THEN athena_quotient(
                CAST(total AS VARCHAR), CAST(number AS VARCHAR), athena_scale(typeof(total))) END
             ELSE CAST(CAST(total AS DOUBLE) / CAST(number AS DOUBLE) AS VARCHAR) END,
        list_median([sample]))""",
    """athena_varchar(x) AS
        CASE WHEN typeof(x) = 'TIMESTAMP WITH TIME ZONE'
             THEN strftime(TRY_CAST(CAST(x AS VARCHAR) AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%f') || ' UTC'
             WHEN typeof(x) = 'TIMESTAMP'
             THEN strftime(TRY_CAST(CAST(x AS VARCHAR) AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%f')
             WHEN typeof(x) IN ('DOUBLE', 'FLOAT') THEN athena_double(TRY_CAST(CAST(x AS VARCHAR) AS DOUBLE))
             ELSE CAST(x AS VARCHAR) END""",
    """athena_milliseconds(x) AS
        cast_to_type(date_trunc('milliseconds', x + INTERVAL 500 MICROSECOND), x)""",
    """athena_scalars(x) AS
        CASE WHEN typeof(x) LIKE 'STRUCT(%)[]'
             THEN cast_to_type(athena_fail('SYNTAX_ERROR: Column alias list of UNNEST must name every field'), x)
             ELSE x END""",
    "athena_regexp_extract(x, p, g) AS CASE WHEN regexp_matches(x, p) THEN regexp_extract(x, p, g) END",
    "athena_split_part(x, d, n) AS string_split(x, d)[n]",
    """athena_substring(x, s, n) AS
        CASE WHEN s = 0 OR abs(s) > length(x) OR n < 1 THEN CASE WHEN x IS NOT NULL THEN '' END
             ELSE substring(x, s, n) END""",
    """athena_whole(x) AS
        CASE WHEN typeof(x) IN ('DOUBLE', 'FLOAT')
             THEN cast_to_type(round(TRY_CAST(CAST(x AS VARCHAR) AS DOUBLE)), x) ELSE x END""",
    """athena_literal(x, p, kind, strict) AS
        CASE WHEN typeof(x) = 'VARCHAR' AND NOT regexp_full_match(CAST(x AS VARCHAR), p)
             THEN CASE WHEN strict THEN cast_to_type(athena_fail(
                concat('INVALID_CAST_ARGUMENT: Cannot cast to ', kind, ': ', CAST(x AS VARCHAR))), x) END
             ELSE x END""",
)


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
    create("json_scalar", json_scalar, ["VARCHAR", "VARCHAR"], "VARCHAR", null_handling="special")
    for macro in _MACROS:
        connection.execute(f"CREATE MACRO {macro}")
