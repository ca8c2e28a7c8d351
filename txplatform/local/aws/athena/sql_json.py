"""JSON by SQL's own functions, where a path leads to one item: json_value, json_query and json_exists.

https://trino.io/docs/current/functions/json.html#json-exists. What is not there, or no JSON, gives null, or false.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from txplatform.local.aws.athena import json_paths
from txplatform.local.aws.athena.json_documents import Number, read, text_of
from txplatform.local.aws.athena.kinds import RefusedError
from txplatform.local.aws.athena.rewriting import refuse

_PATH = re.compile(r"\s*(?:lax|strict)\s+(?P<path>\$[\w.\[\]\"]*)\s*")
_NOTHING = object()


def steps(path: str) -> str:
    """Return the keys and indices of a path without filters, methods or wildcards; raise StatementError for others."""
    found = _PATH.fullmatch(path)
    if found is None:
        raise refuse(f"the JSON path {path!r}")
    return json_paths.steps(found["path"])


def _found(document: str, path: str) -> Any:
    """Return what a path leads to; a lax one would look into arrays, and take what is no array for one."""
    try:
        value = read(document)
    except (ValueError, RecursionError):
        return _NOTHING
    for step in json.loads(path):
        if not isinstance(value, list if isinstance(step, int) else dict):
            raise RefusedError("NOT_SUPPORTED", f"the JSON path step {step!r} at such a value is not supported locally")
        try:
            value = value[step]
        except LookupError:
            return _NOTHING
    return value


def exists(document: str | None, path: str) -> bool | None:
    """Say whether a path leads to something."""
    return None if document is None else _found(document, path) is not _NOTHING


def value(document: str | None, path: str) -> str | None:
    """Return the scalar that a path leads to, as a text; null for all else."""
    found = _NOTHING if document is None else _found(document, path)
    if isinstance(found, Number) and not found.lstrip("-").isdigit():
        raise RefusedError("NOT_SUPPORTED", f"json_value of the number {found} is not supported locally")
    if isinstance(found, bool):
        return str(found).lower()
    return str(found) if isinstance(found, str) else None


def query(document: str | None, path: str) -> str | None:
    """Return the part of a document that a path leads to, as JSON's text."""
    found = _NOTHING if document is None else _found(document, path)
    return None if found is _NOTHING else text_of(found)


FUNCTIONS: dict[str, tuple[Callable[..., Any], list[str], str]] = {
    "json_exists": (exists, ["VARCHAR", "VARCHAR"], "BOOLEAN"),
    "json_query": (query, ["VARCHAR", "VARCHAR"], "VARCHAR"),
    "json_value": (value, ["VARCHAR", "VARCHAR"], "VARCHAR"),
}
