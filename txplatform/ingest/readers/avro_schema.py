"""Makes the schema that wrote an Avro file one that its records can be read by: to every digit, in bounded memory."""

from typing import Any, cast

import fastavro

from txplatform.ingest.batch import RejectedError

_MOST_DIGITS = 1_000  # more than any decimal of a contract has
_MOST_DEPTH = 32


def prepared(schema: Any) -> Any:
    """The schema, parsed, with a precision that rounds no decimal; raise RejectedError for what a few bytes inflate.

    A library rounds what has more digits than its schema says. Types that hold themselves, and lists of values without
    content, take any depth or length.
    """
    _check(schema, {}, 0)
    parsed: Any = fastavro.parse_schema(schema)
    _unround(parsed)
    return parsed


def _unround(node: Any) -> None:
    if isinstance(node, dict):
        found = cast("dict[str, Any]", node)
        if found.get("logicalType") == "decimal":
            found["precision"] = _MOST_DIGITS
        for inner in found.values():
            _unround(inner)
    elif isinstance(node, list):
        for inner in cast("list[Any]", node):
            _unround(inner)


def _check(schema: Any, named: dict[str, Any], depth: int) -> None:
    if depth > _MOST_DEPTH:
        raise RejectedError("file.unreadable", f"its schema has types within others, more than {_MOST_DEPTH} deep")
    match schema:
        case list():
            for item in cast("list[Any]", schema):
                _check(item, named, depth + 1)
        case str() if named.get(schema, schema) is None:
            raise RejectedError("file.unreadable", f"its type '{schema}' holds itself: deliver records without it")
        case {"type": "record" | "error", "name": name, "fields": fields}:
            named[name] = None
            for field in fields:
                _check(field["type"], named, depth + 1)
            named[name] = schema
        case {"type": "array", "items": inner}:
            _check(inner, named, depth + 1)
            if _is_empty(inner, named):
                raise RejectedError("file.unreadable", "its schema has a list of values without content")
        case {"type": "map", "values": inner} | {"type": dict() | list() as inner}:
            _check(inner, named, depth + 1)
        case _:
            pass


def _is_empty(schema: Any, named: dict[str, Any]) -> bool:
    """Whether a value of this type may take no byte."""
    match named.get(schema, schema) if isinstance(schema, str) else schema:
        case "null" | {"type": "null"} | {"size": 0}:
            return True
        case {"type": "record", "fields": fields}:
            return all(_is_empty(field["type"], named) for field in fields)
        case _:
            return False
