"""The parts of the OpenAPI document that all entities share: headers, answers and the schemas of both."""

from typing import Any

_PROBLEM = "application/problem+json"


def ref(name: str) -> dict[str, Any]:
    """Refer to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {_PROBLEM: {"schema": ref("Problem")}}}


TEXT = {"type": "string"}
CONDITIONS = [
    {
        "name": name,
        "in": "header",
        "schema": TEXT,
        "description": f"`*`, or entity tags of which the stored record must have {which}.",
    }
    for name, which in (("If-Match", "one"), ("If-None-Match", "none"))
]
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": "The same request with the same key gets the same answer for 24 hours, and takes effect once.",
}
_COUNT = {"type": "integer", "minimum": 0}
_FURTHER = {**_COUNT, "description": "How many violations there are beside those in `errors`."}
_BATCH_STATUSES = ("written", "deleted", "unchanged", "superseded", "rejected")
SCHEMAS: dict[str, Any] = {
    "Violation": {
        "type": "object",
        "description": "One broken rule. The message never repeats a personal value.",
        "properties": {"field": TEXT, "rule": TEXT, "message": TEXT},
        "required": ["field", "rule", "message"],
    },
    "Problem": {
        "type": "object",
        "description": "Why a request was refused (RFC 9457), with what it violates.",
        "properties": {
            "type": TEXT,
            "title": TEXT,
            "status": {"type": "integer"},
            "detail": TEXT,
            "code": {**TEXT, "description": "Stable name of the error."},
            "errors": {"type": "array", "items": ref("Violation")},
            "indexes": {
                "type": "array",
                "description": "Of a list that was refused: what the entity can be queried by.",
                "items": {
                    "type": "object",
                    "properties": {"field": TEXT, "sorted_by": TEXT},
                    "required": ["field", "sorted_by"],
                },
            },
            "further_errors": _FURTHER,
        },
        "required": ["title", "status", "code"],
    },
    "BatchResult": {
        "type": "object",
        "description": "One result an operation, in order, and their counts. `unchanged`: the same is stored. "
        "`superseded`: something newer is stored or deleted.",
        "properties": {
            "results": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "index": _COUNT,
                        "key": {"type": ["string", "null"]},
                        "status": {"enum": list(_BATCH_STATUSES)},
                        "errors": {"type": "array", "items": ref("Violation")},
                        "further_errors": _FURTHER,
                    },
                    "required": ["index", "status"],
                },
            },
            **dict.fromkeys(_BATCH_STATUSES, _COUNT),
        },
        "required": ["results", *_BATCH_STATUSES],
    },
}
RESPONSES: dict[str, Any] = {
    "400": _problem("The request cannot be read"),
    "401": {"description": "No token was sent"},
    "403": {"description": "The token does not allow this"},
    "404": _problem("There is no such record"),
    "409": _problem("What is stored stands in the way, or the same request is under way"),
    "412": _problem("The stored record is not as If-Match or If-None-Match expects"),
    "413": _problem("The body, or the number of operations, is too large"),
    "415": _problem("The body is of another media type or content encoding"),
    "422": _problem("The record violates its contract, or the idempotency key is of another request"),
    "428": _problem("The contract demands If-Match or If-None-Match"),
    "503": _problem("A service behind the API did not answer; the same request may succeed later"),
}
