"""Renders what the OpenAPI document says of answers: problems, batch results, headers, and what goes with a status."""

from typing import Any

_JSON = "application/json"
_PROBLEM = "application/problem+json"
# Of every route: of the gateway, the authorizer, or a service behind the API.
_OF_EVERY_ANSWER = ("X-Correlation-Id", "Cache-Control")
OF_EVERY_ROUTE = ("400", "401", "403", "429", "431", "500", "503")


def reference(name: str) -> dict[str, Any]:
    """Refer to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def ok(description: str, schema: dict[str, Any], *headers: str, media_type: str = _JSON) -> dict[str, Any]:
    """Render an answer with a body, and with these headers beside the correlation id."""
    return {"description": description, "headers": _headers(*headers), "content": {media_type: {"schema": schema}}}


def bodiless(description: str, *headers: str) -> dict[str, Any]:
    """Render an answer without a body."""
    return {"description": description, "headers": _headers(*headers)}


def answers_of(statuses: str) -> dict[str, Any]:
    """Refer to the answers of these statuses, and to those of every route."""
    listed = sorted({*OF_EVERY_ROUTE, *statuses.split()})
    return {status: {"$ref": f"#/components/responses/{status}"} for status in listed}


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*_OF_EVERY_ANSWER, *names)}


def _problem(description: str, *headers: str) -> dict[str, Any]:
    return ok(description, reference("Problem"), *headers, media_type=_PROBLEM)


def _of_the_gateway(description: str) -> dict[str, Any]:
    return {"description": description, "content": {_JSON: {"schema": reference("Message")}}}


def _of_either(description: str, *headers: str) -> dict[str, Any]:
    """Render an answer that the function gives as a problem, with its headers, or the gateway without."""
    content = {_JSON: {"schema": reference("Message")}, _PROBLEM: {"schema": reference("Problem")}}
    return {"description": description, "headers": _headers(*headers), "content": content}


TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_FURTHER = {**_COUNT, "description": "How many violations there are beside those in `errors`."}
_BATCH_STATUSES = ("written", "deleted", "unchanged", "superseded", "not_found", "rejected")
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
            "errors": {"type": "array", "items": reference("Violation")},
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
        "`superseded`: something newer is stored or deleted. `not_found`: a patch found no record.",
        "properties": {
            "results": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "index": _COUNT,
                        "key": {"type": ["string", "null"]},
                        "status": {"enum": list(_BATCH_STATUSES)},
                        "retryable": {
                            "const": True,
                            "description": "There where the same operation may succeed later.",
                        },
                        "errors": {"type": "array", "items": reference("Violation")},
                        "further_errors": _FURTHER,
                    },
                    "required": ["index", "status"],
                },
            },
            **dict.fromkeys(_BATCH_STATUSES, _COUNT),
        },
        "required": ["results", *_BATCH_STATUSES],
    },
    "Message": {
        "type": "object",
        "description": "Why the gateway refused a request before the API saw it.",
        "properties": {"message": TEXT},
        "required": ["message"],
    },
}
HEADERS: dict[str, Any] = {
    "X-Correlation-Id": {"schema": TEXT, "description": "The correlation id of the request, as sent or made."},
    "Cache-Control": {
        "schema": {"enum": ["no-store", "no-cache"]},
        "description": "`no-store` of everything but documents, masked or not: no cache may keep it.",
    },
    "ETag": {
        "schema": TEXT,
        "description": "Strong entity tag: the same tag means the same record as this token sees it.",
    },
    "Masked-Fields": {
        "schema": {"type": "string", "pattern": r"^(?:\*|[a-z][a-z0-9_]*(?:, [a-z][a-z0-9_]*)*)$"},
        "description": "There where the token lacks the scope `personal` of the entity: the fields that are left out, "
        "whether or not they have values; `*` for all that have `x-personal`.",
    },
    "Location": {"schema": TEXT, "description": "Path of the record."},
    "Retry-After": {"schema": _COUNT, "description": "Seconds after which to ask again."},
    "Idempotency-Replayed": {
        "schema": {"const": "true"},
        "description": "There where the answer is that of an earlier request with the same idempotency key.",
    },
}
RESPONSES: dict[str, Any] = {
    "304": bodiless("What is stored has one of the tags of If-None-Match", "ETag"),
    "400": _problem("The request cannot be read, or asks for what the route does not know"),
    "401": _of_either("No token was sent, or it expired"),
    "403": _of_either(
        "The token does not allow this; a problem (`insufficient_scope`) where it has the scope of the route and lacks "
        "that of personal fields"
    ),
    "404": _problem("There is no such record"),
    "409": _problem("What is stored stands in the way, or a request with this idempotency key is under way"),
    "412": _problem("What is stored is not what If-Match or If-None-Match expects", "ETag"),
    "413": _of_either("The body is too large, or holds too many operations"),
    "415": _problem("The body is of another media type or content encoding"),
    "422": _problem("The record violates its contract, or the idempotency key came with another request"),
    "428": _problem("The contract demands If-Match or If-None-Match"),
    "429": _of_the_gateway("Too many requests; the same one may succeed later"),
    "431": {"description": "Request line and headers are larger than 10,240 bytes"},
    "500": _of_either("The API failed"),
    "503": _of_either("A service behind the API did not answer; the same request may succeed later", "Retry-After"),
}
