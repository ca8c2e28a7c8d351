"""Trino's rules on the types of operators, over DuckDB's names of types: pure functions, called while DuckDB binds.

https://trino.io/docs/current/functions/decimal.html. A rule returns the type of a result, or of an operand after its
coercion, and raises RefusedError where Trino has no such operator.
"""

import re
from collections.abc import Callable

from txplatform.local.aws.athena import moment_kinds
from txplatform.local.aws.athena.moment_kinds import INTERVAL, SHIFTED, TEMPORAL, TIME

MAXIMUM_DIGITS = 38
NULL = '"NULL"'
INTEGERS = {"TINYINT": 3, "SMALLINT": 5, "INTEGER": 10, "BIGINT": 19, "HUGEINT": 19}  # sums of integers are HUGEINT
FLOATING = ("FLOAT", "DOUBLE")
_OF_NULLS = {"number": "DOUBLE", "integer": "BIGINT", "count": "INTEGER", "moment": "TIMESTAMP"}
_OF_INTEGERS = {"integer": "BIGINT", "count": "INTEGER"}
TIME_UNITS = ("millisecond", "second", "minute", "hour")

SCALARS = (
    *(f"DECIMAL({digits},{scale})" for digits in range(1, MAXIMUM_DIGITS + 1) for scale in range(digits + 1)),
    *INTEGERS,
    *FLOATING,
    *TEMPORAL,
    TIME,
    INTERVAL,
    "BOOLEAN",
    "VARCHAR",
    "BLOB",
    "JSON",
)

Rule = Callable[[str, str], str]


class RefusedError(Exception):
    """Carried through DuckDB to `errors.from_duckdb`."""

    def __init__(self, name: str, message: str) -> None:
        self.name, self.message = name, message
        super().__init__(f"athena:{name}: {message}")


def decimal_of(kind: str) -> tuple[int, int] | None:
    """Return digits and scale of an exact number, an integer being a decimal without decimals."""
    if kind in INTEGERS:
        return INTEGERS[kind], 0
    found = re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", kind)
    return (int(found[1]), int(found[2])) if found else None


def _name(digits: int, scale: int) -> str:
    if scale > MAXIMUM_DIGITS:
        raise RefusedError("INVALID_FUNCTION_ARGUMENT", f"DECIMAL scale must be in range [0, precision (38)]: {scale}")
    return f"DECIMAL({min(MAXIMUM_DIGITS, digits)},{scale})"


def _arithmetic(
    symbol: str,
    exact: Callable[[int, int, int, int], tuple[int, int]],
    of_moments: Callable[[str, str], str | None] = lambda left, right: None,
) -> Rule:
    """Make the rule of an operator; `exact` gives (digits, scale) from those of two decimals."""

    def rule(left: str, right: str) -> str:
        if made := of_moments(left, right):
            return made
        left, right = (right if left == NULL else left), (left if right == NULL else right)
        if left == NULL:
            return "INTEGER"
        one, other = decimal_of(left), decimal_of(right)
        if one and other:
            if left in INTEGERS and right in INTEGERS:
                wider = left if INTEGERS[left] >= INTEGERS[right] else right
                return "BIGINT" if wider == "HUGEINT" else wider
            return _name(*exact(*one, *other))
        if (one or left in FLOATING) and (other or right in FLOATING):
            return "DOUBLE" if "DOUBLE" in (left, right) else "FLOAT"
        raise RefusedError("TYPE_MISMATCH", f"Cannot apply operator: {left.lower()} {symbol} {right.lower()}")

    return rule


total = _arithmetic("+", lambda p, s, q, t: (max(p - s, q - t) + max(s, t) + 1, max(s, t)), moment_kinds.total)
difference = _arithmetic(
    "-", lambda p, s, q, t: (max(p - s, q - t) + max(s, t) + 1, max(s, t)), moment_kinds.difference
)
product = _arithmetic("*", lambda p, s, q, t: (p + q, s + t))
quotient = _arithmetic("/", lambda p, s, q, t: (p + t + max(0, t - s), max(s, t)))
remainder = _arithmetic("%", lambda p, s, q, t: (min(p - s, q - t) + max(s, t), max(s, t)))


def term(own: str, other: str) -> str:
    """Return the type in which a term of a sum or difference is computed."""
    if own not in SHIFTED or other not in SHIFTED:
        return total(own, other)
    if own == other == TIME or {own, other} == {"DATE", INTERVAL}:
        raise RefusedError("NOT_SUPPORTED", f"{own.lower()} beside {other.lower()} in columns is not supported locally")
    if own in TEMPORAL and other in TEMPORAL:
        return max(own, other, "TIMESTAMP", key=TEMPORAL.index)
    return own


def factor(own: str, other: str) -> str:
    """Return the type in which a factor is multiplied: DuckDB lets decimals of up to 18 digits overflow there."""
    result, exact = product(own, other), decimal_of(own)
    return _name(MAXIMUM_DIGITS, exact[1]) if exact and result.startswith("DECIMAL") else result


def rounded(kind: str, decimals: str) -> str:
    """Return the type of round(x), with `decimals` as "" or round(x, n): a decimal keeps its scale in the latter."""
    if kind == NULL:
        return "DOUBLE"
    if kind in INTEGERS or kind in FLOATING:
        return kind
    exact = decimal_of(kind)
    if exact is None:
        raise RefusedError("TYPE_MISMATCH", f"Unexpected parameters ({kind.lower()}) for function round")
    digits, scale = exact
    return _name(digits + 1, scale) if decimals else _name(max(1, digits - scale + min(1, scale)), 0)


def compared(own: str, other: str) -> str:
    """Return the type of an operand next to another one: its own, when Trino would compare the two."""
    if own == NULL:
        return other if other in SCALARS else "INTEGER"
    if other != NULL and group_of(own) != group_of(other):
        raise RefusedError("TYPE_MISMATCH", f"Cannot apply operator: {other.lower()} = {own.lower()}")
    if own not in SCALARS:
        raise RefusedError("NOT_SUPPORTED", f"comparing values of type {own.lower()} is not supported locally")
    return own


def group_of(kind: str) -> str:
    if decimal_of(kind) or kind in FLOATING:
        return "number"
    return "moment" if kind in TEMPORAL else kind


def required(kind: str, wanted: str) -> str:
    """Return the type of an argument that must be `wanted`: a type, "number", "integer" or "moment".

    A "|" stands between several, and the name of a function after "@".
    An "integer" is widened to a bigint, a "count" narrowed to an integer.
    """
    wanted, _, function = wanted.partition("@")
    for option in wanted.split("|"):
        if kind == NULL:
            return _OF_NULLS.get(option, option)
        if kind in INTEGERS and option in _OF_INTEGERS:
            return _OF_INTEGERS[option]
        if group_of(kind) == option:
            return kind
    if (kind.endswith("[]") or kind == "BLOB") and "VARCHAR" in wanted:
        raise RefusedError("NOT_SUPPORTED", f"{kind.lower()} in the place of a text is not supported locally")
    of = f" in {function}" if function else ""
    raise RefusedError("TYPE_MISMATCH", f"expected {wanted.lower()}, found {kind.lower()}{of}")


def counted(kind: str, _: str) -> str:
    """Return the type of a bound of sequence(a, b)."""
    if kind in TEMPORAL:
        raise RefusedError("NOT_SUPPORTED", "a sequence of moments is supported locally by a literal interval only")
    return required(kind, "integer")


def summed(kind: str, _: str) -> str:
    """Return the type of sum(x)."""
    exact = decimal_of(required(kind, "number"))
    if exact is None:
        return "DOUBLE" if kind == NULL else kind
    return "BIGINT" if kind in INTEGERS else _name(MAXIMUM_DIGITS, exact[1])


def averaged(kind: str, _: str) -> str:
    """Return the type of avg(x)."""
    return kind if required(kind, "number").startswith("DECIMAL") or kind == "FLOAT" else "DOUBLE"


def dated(kind: str, unit: str) -> str:
    """Return the type of a moment of which a unit is asked, or to which it is added: a date has no hours."""
    if kind == INTERVAL or (kind == TIME and unit in (*TIME_UNITS, "")):
        return kind
    if kind == TIME:
        raise RefusedError("INVALID_FUNCTION_ARGUMENT", f"'{unit}' is not a valid TIME field")
    kind = required(kind, "moment")
    if kind == "DATE" and unit in TIME_UNITS:
        raise RefusedError("INVALID_FUNCTION_ARGUMENT", f"'{unit}' is not a valid DATE field")
    return kind


def timed(kind: str, unit: str) -> str:
    """Return the type of a moment, or an interval, of which a part is asked."""
    if kind == INTERVAL or (kind == TIME and unit in TIME_UNITS):
        return kind
    kind = required(kind, "moment")
    if kind == "DATE" and unit in TIME_UNITS:
        raise RefusedError("NOT_SUPPORTED", f"the {unit} of a date is not supported locally")
    return kind


def clocked(kind: str, unit: str) -> str:
    """Return the type of a moment of which hour(x), minute(x) or second(x) is asked: a date is one at midnight."""
    return "TIMESTAMP" if kind == "DATE" else timed(kind, unit)


def signed(kind: str, _: str) -> str:
    """Return the type of sign(x)."""
    return "DECIMAL(1,0)" if kind.startswith("DECIMAL") else "DOUBLE" if kind == NULL else kind


def truncated(kind: str, decimals: str) -> str:
    """Return the type of truncate(x), or of truncate(x, n) with `decimals`, which decimals alone have."""
    if not kind.startswith("DECIMAL") and (decimals or kind not in FLOATING):
        raise RefusedError("NOT_SUPPORTED", f"truncate of {kind.lower()} is not supported locally")
    if decimals or kind in FLOATING:
        return kind
    digits, scale = decimal_of(kind) or (0, 0)
    return _name(max(1, digits - scale), 0)


def stored(kind: str, wanted: str) -> str:
    """Return the type of a column that a file has, which is that of its table."""
    if kind != wanted:
        raise RefusedError("HIVE_BAD_DATA", f"a file has the type {kind.lower()} where the table has {wanted.lower()}")
    return kind
