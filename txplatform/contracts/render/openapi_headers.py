"""Renders the headers of requests in the OpenAPI document."""

from typing import Any

_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_TAGS = {"anyOf": [{"const": "*"}, {"pattern": rf"^{_TAG}(?:[ \t]*,[ \t]*{_TAG})*$"}]}


def _header(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "schema": {"type": "string", **schema}, "description": description}


CORRELATION_ID = _header(
    "X-Correlation-Id", {}, "Id that follows the request into logs, items and the lake; another is made without one."
)
IDEMPOTENCY_KEY = _header(
    "Idempotency-Key",
    {"pattern": r"^[\x21-\x7e]{1,255}$"},
    "The same request with the same key gets the same answer for 24 hours, and has its effect once.",
)
PRECONDITIONS = [
    _header("If-Match", _TAGS, "Entity tags, of which what is stored must have one; * for any record."),
    _header("If-None-Match", _TAGS, "Entity tags that what is stored must not have; * for no record."),
]
