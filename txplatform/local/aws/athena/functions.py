"""Functions of Trino that DuckDB lacks or computes otherwise: the few exact ones in Python, beside `macros`."""

from collections.abc import Callable
from decimal import Context, Decimal
from functools import wraps
from typing import Any

import duckdb

from txplatform.local.aws.athena import (
    bytes_functions,
    formats,
    json_functions,
    json_readers,
    line_files,
    macros,
    macros_of_arrays,
    macros_of_moments,
    number_functions,
    quotients,
    regexps,
    sql_json,
    text_functions,
    urls,
    words,
)
from txplatform.local.aws.athena.java_format import java_format
from txplatform.local.aws.athena.java_numbers import java_double, scientific
from txplatform.local.aws.athena.kinds import SCALARS, RefusedError
from txplatform.local.aws.athena.rules import RULES

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


_OF_VALUES = text_functions.FUNCTIONS | number_functions.FUNCTIONS | bytes_functions.FUNCTIONS | words.FUNCTIONS


def _unless_null(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that may return null itself, and does so for null."""

    @wraps(function)
    def made(*values: Any) -> Any:
        return None if None in values else function(*values)

    return made


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
    for name, (function, arguments, result) in _OF_VALUES.items():
        create(name, function, arguments, result)
    for name, (function, arguments, result) in (
        regexps.FUNCTIONS | json_functions.FUNCTIONS | json_readers.FUNCTIONS | sql_json.FUNCTIONS
    ).items():
        create(name, function, arguments, result, null_handling="special")
    for name, (function, result) in (json_readers.ANY | json_functions.ANY).items():  # of arguments of any types
        connection.create_function(f"athena_{name}", function, None, result, null_handling="special")  # type: ignore[arg-type]
    for name, (function, arguments, result) in urls.FUNCTIONS.items():
        create(name, _unless_null(function), arguments, result, null_handling="special")
    create("date_parse", formats.date_parse, ["VARCHAR", "VARCHAR"], "TIMESTAMP")
    create("iso_timestamp", formats.iso_timestamp, ["VARCHAR"], "TIMESTAMP")
    create("from_iso8601_date", formats.iso_date, ["VARCHAR"], "DATE")
    create("lines", line_files.rows, ["BLOB", "VARCHAR"], "VARCHAR[][]")
    create("format", java_format, ["VARCHAR", "VARCHAR[]", "VARCHAR[]"], "VARCHAR", null_handling="special")
    for macro in (*quotients.ALL, *macros_of_moments.ALL, *macros.ALL, *macros_of_arrays.ALL):
        connection.execute(f"CREATE MACRO {macro}")
