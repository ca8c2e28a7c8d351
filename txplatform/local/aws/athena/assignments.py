"""Which values a column takes: Trino writes those of a type only where each of them is one of the column's type.

https://trino.io/docs/current/sql/insert.html; the rules are those of trino's TypeCoercion. Types are DuckDB's names.
"""

import re

_INTEGERS = {"TINYINT": 3, "SMALLINT": 5, "INTEGER": 10, "BIGINT": 19}  # their digits as decimals
_MOMENTS = ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE")
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")


def fits(kind: str, column: str) -> bool:
    """Say whether every value of a type is one of the column's."""
    if kind in (column, '"NULL"'):
        return True
    kind = "BIGINT" if kind == "HUGEINT" else kind  # sums of integers
    if column in ("DOUBLE", "FLOAT"):
        return kind in _INTEGERS or _DECIMAL.fullmatch(kind) is not None or (kind, column) == ("FLOAT", "DOUBLE")
    if kind in _MOMENTS and column in _MOMENTS:
        return _MOMENTS.index(kind) <= _MOMENTS.index(column)
    if kind in _INTEGERS and column in _INTEGERS:
        return _INTEGERS[kind] <= _INTEGERS[column]
    have, want = _digits(kind), _DECIMAL.fullmatch(column)
    return have is not None and want is not None and have[1] <= int(want[2]) and have[0] <= int(want[1]) - int(want[2])


def _digits(kind: str) -> tuple[int, int] | None:
    """Return how many digits stand before and after the point."""
    if kind in _INTEGERS:
        return _INTEGERS[kind], 0
    found = _DECIMAL.fullmatch(kind)
    return (int(found[1]) - int(found[2]), int(found[2])) if found else None
