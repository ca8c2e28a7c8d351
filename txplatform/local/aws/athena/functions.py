"""Functions of Trino that DuckDB lacks or computes otherwise, as macros and a few exact Python functions.

DuckDB divides decimals as doubles, so quotients and averages of decimals go through `athena_quotient`. Where the type
of a result follows from the operands, the macro casts to the type of an expression that has it.
"""

import duckdb

_MACROS = (
    r"""athena_scale(x) AS
        CASE WHEN typeof(x) LIKE 'DECIMAL%' THEN CAST(regexp_extract(typeof(x), ',\s*(\d+)\)', 1) AS INTEGER)
             ELSE 0 END""",
    """athena_divide(a, b) AS cast_to_type(
        CASE WHEN typeof(a + b) LIKE 'DECIMAL%' THEN athena_quotient(
                CAST(a AS VARCHAR), CAST(b AS VARCHAR), greatest(athena_scale(a), athena_scale(b)))
             WHEN typeof(a + b) IN ('DOUBLE', 'FLOAT') THEN CAST(CAST(a AS DOUBLE) / CAST(b AS DOUBLE) AS VARCHAR)
             WHEN b = 0 THEN athena_fail('DIVISION_BY_ZERO: Division by zero')
             ELSE CAST(a // b AS VARCHAR) END,
        a + b)""",
    """athena_average(total, number, sample) AS cast_to_type(
        CASE WHEN typeof(total) LIKE 'DECIMAL%' THEN CASE WHEN number > 0 THEN athena_quotient(
                CAST(total AS VARCHAR), CAST(number AS VARCHAR), athena_scale(total)) END
             ELSE CAST(CAST(total AS DOUBLE) / CAST(number AS DOUBLE) AS VARCHAR) END,
        list_median([sample]))""",
    """athena_subtract(a, b) AS
        CASE WHEN typeof(a) = 'DATE' AND typeof(b) = 'DATE'
             THEN cast_to_type(
                athena_fail('NOT_SUPPORTED: date - date is not supported locally; use date_diff'), a - b)
             ELSE a - b END""",
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
)


class DivisionByZeroError(Exception):
    """Carried through DuckDB to `errors.from_duckdb`."""


class RefusedError(Exception):
    """Carried through DuckDB to `errors.from_duckdb`."""


def quotient(dividend: str, divisor: str, scale: int) -> str:
    """Divide two numbers in plain notation exactly, rounded half up to `scale` decimals."""
    top, top_scale = _unscaled(dividend)
    bottom, bottom_scale = _unscaled(divisor)
    if bottom == 0:
        raise DivisionByZeroError("athena:DIVISION_BY_ZERO: Division by zero")
    shift = scale + bottom_scale - top_scale
    top, bottom = top * 10 ** max(shift, 0), bottom * 10 ** max(-shift, 0)
    whole, rest = divmod(abs(top), abs(bottom))
    digits = str(whole + (2 * rest >= abs(bottom))).rjust(scale + 1, "0")
    sign = "-" if (top < 0) != (bottom < 0) else ""
    return f"{sign}{digits[: len(digits) - scale]}.{digits[len(digits) - scale :]}" if scale else sign + digits


def _unscaled(text: str) -> tuple[int, int]:
    whole, _, decimals = text.partition(".")
    return int(whole + decimals), len(decimals)


def fail(reason: str) -> str:
    """Fail the statement; `reason` is "NAME: message"."""
    raise RefusedError(f"athena:{reason}")


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


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the functions in the instance of `connection`, for all its cursors."""
    connection.create_function("athena_quotient", quotient, ["VARCHAR", "VARCHAR", "INTEGER"], "VARCHAR")  # type: ignore[list-item, arg-type]
    connection.create_function("athena_fail", fail, ["VARCHAR"], "VARCHAR")  # type: ignore[list-item, arg-type]
    connection.create_function("athena_double", java_double, ["DOUBLE"], "VARCHAR")  # type: ignore[list-item, arg-type]
    for macro in _MACROS:
        connection.execute(f"CREATE MACRO {macro}")
