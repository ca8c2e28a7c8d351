"""Values as JSON, as a cast of Trino's writes them: https://trino.io/docs/current/functions/json.html#cast-to-json.

Rows are objects by the names of their fields, and maps objects whose keys are in order. Pure functions.
"""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import duckdb
import pyarrow as pa

from txplatform.local.aws.athena.java_numbers import java_double
from txplatform.local.aws.athena.json_documents import string
from txplatform.local.aws.athena.kinds import RefusedError

_WHOLE = ("tinyint", "smallint", "integer", "bigint", "hugeint")


@lru_cache(maxsize=256)
def _kind(name: str) -> Any:
    return duckdb.sqltype(name)


def text(value: Any, kind: str, digits: int) -> str | None:
    """Return a value of a type, by DuckDB's name, as JSON; timestamps have so many digits of a second."""
    return None if value is None else "".join(_texts(value, _kind(kind), digits))


def _texts(value: Any, kind: Any, digits: int) -> Iterator[str]:
    if value is None or kind.id == "sqlnull":
        yield "null"
        return
    match kind.id:
        case "list":
            (_, element), *_ = kind.children
            yield "["
            for position, item in enumerate(value):
                yield "," * bool(position)
                yield from _texts(item, element, digits)
            yield "]"
        case "map":
            keys, values = (of for _, of in kind.children)
            entries = {_key(key, keys): item for key, item in value.items()}
            yield from _object(((key, entries[key], values) for key in sorted(entries, key=_utf_16)), digits)
        case "struct":
            yield from _object(((_name(name), value[name], of) for name, of in kind.children), digits)
        case _:
            yield _scalar(value, kind, digits)


def _object(members: Any, digits: int) -> Iterator[str]:
    yield "{"
    for position, (name, value, kind) in enumerate(members):
        yield f"{',' * bool(position)}{string(name)}:"
        yield from _texts(value, kind, digits)
    yield "}"


def _name(name: str) -> str:
    if not name or name.startswith("_"):
        raise RefusedError("NOT_SUPPORTED", "a row without names for its fields as JSON is not supported locally")
    return name


def _utf_16(text: str) -> bytes:
    return text.encode("utf-16-be")


def _key(value: Any, kind: Any) -> str:
    if kind.id == "varchar":
        return str(value)
    if kind.id not in (*_WHOLE, "boolean", "double", "float", "decimal"):
        raise RefusedError("TYPE_MISMATCH", f"Cannot cast map with keys of {kind} to json")
    return _scalar(value, kind, 0).strip('"')


def _scalar(value: Any, kind: Any, digits: int) -> str:
    match kind.id:
        case "boolean":
            return str(value).lower()
        case "double":
            return _quoted_unless_number(java_double(value))
        case "float":
            return _quoted_unless_number(java_double(float(str(pa.scalar(value, pa.float32()).cast(pa.string())))))
        case "varchar" | "date":
            return string(str(value))
        case "timestamp":
            return string(value.strftime("%Y-%m-%d %H:%M:%S.%f")[: 20 + digits if digits else 19])
        case _ if kind.id in _WHOLE or kind.id == "decimal":
            return str(value)
        case _ if str(kind) == "JSON":
            return str(value)
    raise RefusedError("TYPE_MISMATCH", f"Cannot cast {str(kind).lower()} to json")


def _quoted_unless_number(written: str) -> str:
    return json.dumps(written) if written.endswith(("NaN", "Infinity")) else written
