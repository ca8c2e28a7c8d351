"""To which types Trino coerces values that stand side by side, and which casts it has: rules as those of `kinds`.

https://github.com/trinodb/trino/blob/master/core/trino-main/src/main/java/io/trino/type/TypeCoercion.java;
https://trino.io/docs/current/language/types.html.
"""

import re

from txplatform.local.aws.athena.kinds import (
    FLOATING,
    INTEGERS,
    MAXIMUM_DIGITS,
    NULL,
    TEMPORAL,
    RefusedError,
    decimal_of,
    group_of,
)
from txplatform.local.aws.athena.moment_kinds import INTERVAL, TIME

RULED = "ruled"


def common(one: str, other: str) -> str:
    """Return the type to which values of two types are coerced, as in CASE, VALUES or UNION."""
    if one == other or other == NULL:
        return one
    if one == NULL:
        return other
    if one.endswith("[]") and other.endswith("[]"):
        return f"{common(one[:-2], other[:-2])}[]"
    if group_of(one) != group_of(other):
        if one.startswith(("STRUCT", "MAP")) and other.startswith(("STRUCT", "MAP")):
            raise RefusedError("NOT_SUPPORTED", f"{one.lower()} beside {other.lower()} is not supported locally")
        raise RefusedError("TYPE_MISMATCH", f"All values must be the same type: {one.lower()} vs {other.lower()}")
    if one in TEMPORAL:
        return max(one, other, key=TEMPORAL.index)
    if one in FLOATING or other in FLOATING:
        return "DOUBLE" if "DOUBLE" in (one, other) else "FLOAT"
    if one in INTEGERS and other in INTEGERS:
        return max(one, other, key=lambda kind: INTEGERS[kind])
    (p, s), (q, t) = decimal_of(one) or (0, 0), decimal_of(other) or (0, 0)
    return f"DECIMAL({min(MAXIMUM_DIGITS, max(p - s, q - t) + max(s, t))},{max(s, t)})"


def agreeing(_: str, __: str) -> str:
    """Return a name that stands for no type: the types asked for have agreed."""
    return RULED


def shaped(kind: str, wanted: str) -> str:
    """Return a name that stands for no type, where a type is an array or a map, as `wanted`."""
    wanted, _, function = wanted.partition("@")
    is_array = kind.endswith("[]")
    if kind != NULL and not (is_array if wanted == "array" else kind.startswith("MAP") and not is_array):
        of = f" in {function}" if function else ""
        raise RefusedError("TYPE_MISMATCH", f"expected {wanted}, found {kind.lower()}{of}")
    return RULED


def joinable(one: str, other: str) -> str:
    """Return a name that stands for no type, where values of two types are concatenated."""
    if NULL in (one, other) or (one == other and one in ("VARCHAR", "BLOB")):
        return RULED
    if not one.endswith("[]") and not other.endswith("[]"):
        raise RefusedError("TYPE_MISMATCH", f"Unexpected parameters ({one.lower()}, {other.lower()}) for concat")
    if not (one.endswith("[]") and other.endswith("[]")):
        raise RefusedError("NOT_SUPPORTED", "an array and an element side by side are not supported locally")
    return agreeing(common(one, other), "")


def element(kind: str, _: str) -> str:
    """Return the type of an array's elements."""
    return kind.removesuffix("[]")


def alike(kind: str, wanted: str) -> str:
    """Return the type of the state that an array's elements are reduced to, which is theirs here."""
    if kind == NULL:
        return wanted
    if kind != wanted:
        raise RefusedError("NOT_SUPPORTED", f"reduce of {wanted.lower()} to {kind.lower()} is not supported locally")
    return kind


def named(kind: str, digits: str) -> str:
    """Return the type as Trino writes it, where DuckDB's name of it tells all."""
    if kind.endswith("[]"):
        return f"array({named(kind[:-2], digits)})"
    if kind.startswith("TIMESTAMP"):
        return kind.lower().replace("timestamp", f"timestamp({digits})")
    if kind == TIME:
        return f"time({digits})"
    if kind == INTERVAL:
        return "interval day to second"
    if decimal_of(kind) is None and kind not in (*FLOATING, "BOOLEAN", "DATE", "BLOB", "JSON"):
        raise RefusedError("NOT_SUPPORTED", f"typeof of {kind.lower()} is not supported locally")
    return {"FLOAT": "real", "BLOB": "varbinary", "HUGEINT": "bigint"}.get(kind, kind.lower())


def whole(kind: str, _: str) -> str:
    """Return the type of a shifted number."""
    if kind not in INTEGERS and kind != NULL:
        raise RefusedError("TYPE_MISMATCH", f"expected an integer, found {kind.lower()}")
    return "BIGINT" if kind in ("HUGEINT", NULL) else kind


def subscripted(kind: str, index: str) -> str:
    """Return a name that stands for no type, where a value of a type may be looked into by an index of another."""
    if kind == NULL or (kind.endswith("[]") and index in (*INTEGERS, NULL)):
        return RULED
    if kind.startswith("MAP(") and not kind.endswith("[]"):
        key = re.match(r"MAP\(((?:[^(),]|\([^()]*\))*),", kind)
        if key is None:
            raise RefusedError("NOT_SUPPORTED", f"looking into {kind.lower()} is not supported locally")
        common(key[1], index)
        return RULED
    if kind.startswith("STRUCT") and not kind.endswith("[]"):
        raise RefusedError("NOT_SUPPORTED", "a field by number, of other than ROW(…), is not supported locally")
    raise RefusedError("TYPE_MISMATCH", f"Cannot use {index.lower()} for subscript of {kind.lower()}")


_NUMBERS = (*INTEGERS, *FLOATING, "number", "BOOLEAN", "VARCHAR")
_SOURCES = {  # by the group of the type to which is cast
    "BOOLEAN": _NUMBERS,
    "number": _NUMBERS,
    "VARCHAR": (*_NUMBERS, "moment", TIME, INTERVAL),
    "moment": ("VARCHAR", "moment"),
    TIME: ("VARCHAR", "moment", TIME),
    "BLOB": ("BLOB",),
}


def castable(kind: str, wanted: str) -> str:
    """Return a name that stands for no type, where Trino casts a type to `wanted`."""
    if kind == "JSON" and wanted != "JSON":
        raise RefusedError("NOT_SUPPORTED", f"a cast of json to {wanted.lower()} is not supported locally")
    if kind != NULL and group_of(kind) not in _SOURCES.get(group_of(wanted), (wanted,)):
        raise RefusedError("TYPE_MISMATCH", f"Cannot cast {kind.lower()} to {wanted.lower()}")
    return RULED
