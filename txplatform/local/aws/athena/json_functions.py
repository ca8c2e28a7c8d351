"""The functions on JSON, called by DuckDB: null for null, and for what is not there."""

from collections.abc import Callable
from typing import Any

from txplatform.local.aws.athena.json_documents import Number, found, read, text_of
from txplatform.local.aws.athena.kinds import RefusedError

_NOTHING = object()  # where a path leads to nothing; null is what JSON has there


def scalar(document: str | None, path: str) -> str | None:
    """Return what a path leads to: a scalar as it is written, null for all else."""
    value = _at(document, path)
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str) else None


def extract(document: str | None, path: str) -> str | None:
    """Return the part of a document that a path leads to, as JSON."""
    value = _at(document, path)
    if value is _NOTHING:
        return None
    if not _is_ordered(value):
        raise RefusedError("NOT_SUPPORTED", "json_extract of an object whose keys are unordered")
    return text_of(value)


def size(document: str | None, path: str) -> int | None:
    """Return how many elements or members there are where a path leads to, 0 for a scalar."""
    value = _at(document, path)
    if value is _NOTHING:
        return None
    return len(value) if isinstance(value, dict | list) else 0


def array_length(document: str | None) -> int | None:
    """Return how many elements a JSON array has, null for all else."""
    value = _at(document, "[]")
    return len(value) if isinstance(value, list) else None


def parse(document: str | None) -> str | None:
    """Return a text as JSON."""
    if document is None:
        return None
    try:
        return text_of(read(document))
    except (ValueError, RecursionError) as error:
        raise RefusedError("INVALID_FUNCTION_ARGUMENT", f"Cannot convert value to JSON: '{document}'") from error


def is_scalar(document: str | None) -> bool | None:
    """Say whether a document is neither an object nor an array."""
    if document is None:
        return None
    try:
        return not isinstance(read(document), dict | list)
    except (ValueError, RecursionError) as error:
        raise RefusedError("INVALID_FUNCTION_ARGUMENT", f"Invalid JSON value: {document}") from error


def _at(document: str | None, path: str) -> Any:
    """Return what a path leads to, `_NOTHING` for a null and for what is no JSON, too."""
    if document is None:
        return _NOTHING
    try:
        return found(document, path)
    except (ValueError, LookupError, RecursionError):
        return _NOTHING


def _is_ordered(value: Any) -> bool:
    if isinstance(value, dict):
        return list(value) == sorted(value) and all(map(_is_ordered, value.values()))
    return not isinstance(value, list) or all(map(_is_ordered, value))


def contains(document: str | None, value: Any) -> bool | None:
    """Say whether a JSON array has a value among its elements."""
    found = _at(document, "[]")
    if not isinstance(found, list) or value is None:
        return None
    if isinstance(value, bool | str):
        return any(
            item == value and isinstance(item, bool) == isinstance(value, bool)
            for item in found
            if not isinstance(item, Number)
        )
    return any(isinstance(item, Number) and _is_number(item, value) for item in found)


def _is_number(item: Number, value: float) -> bool:
    whole = item.lstrip("-").isdigit()
    return whole == isinstance(value, int) and (int(item) == value if whole else float(item) == value)


FUNCTIONS: dict[str, tuple[Callable[..., Any], list[str], str]] = {
    "json_scalar": (scalar, ["VARCHAR", "VARCHAR"], "VARCHAR"),
    "json_extract_text": (extract, ["VARCHAR", "VARCHAR"], "VARCHAR"),
    "json_size": (size, ["VARCHAR", "VARCHAR"], "BIGINT"),
    "json_array_length": (array_length, ["VARCHAR"], "BIGINT"),
    "json_parse_text": (parse, ["VARCHAR"], "VARCHAR"),
    "is_json_scalar": (is_scalar, ["VARCHAR"], "BOOLEAN"),
}
ANY: dict[str, tuple[Callable[..., Any], str]] = {"json_array_contains": (contains, "BOOLEAN")}
