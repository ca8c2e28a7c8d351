"""What the API tells of itself: its OpenAPI document, the JSON Schema of each entity, and that it answers.

The documents come from the registry, so they are those of the contracts that were published last. Each has an entity
tag, by which a reader asks whether it has changed.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from lambdas.data_api.core import check_query
from lambdas.data_api.errors import NotFoundError
from lambdas.data_api.preconditions import Preconditions, text_tag
from lambdas.data_api.problem import Answer, Rendered
from lambdas.shared.jsonio import dumps
from lambdas.shared.registry import SchemaRegistry

HEALTH = "GET /health"
OPENAPI = "GET /v1/openapi.json"
SCHEMA = "GET /v1/schemas/"

_JSON = "application/json"
_JSON_SCHEMA = "application/schema+json"


def is_document(event: Mapping[str, Any]) -> bool:
    """Whether a request is for a document, which the environment may open to everyone."""
    route_key = str(event["routeKey"])
    return route_key in (HEALTH, OPENAPI) or route_key.startswith(SCHEMA)


class Documents:
    """The routes of documents. `release` is the version of the platform."""

    def __init__(self, registry: SchemaRegistry, release: str) -> None:
        self._registry = registry
        self._release = release

    def answer(self, event: Mapping[str, Any]) -> Answer | None:
        """Answer a request for a document; None where the route is another."""
        if not is_document(event):
            return None
        route_key = str(event["routeKey"])
        check_query(event.get("queryStringParameters") or {}, ())
        if route_key == HEALTH:
            return Answer(HTTPStatus.OK, {"status": "ok", "version": self._release})
        if route_key == OPENAPI:
            return _tagged(event, self._openapi(), _JSON)
        schema = self._registry.json_schema(route_key.removeprefix(SCHEMA))
        return _tagged(event, dumps(schema), _JSON_SCHEMA)

    def _openapi(self) -> str:
        text = self._registry.openapi()
        if text is None:
            raise NotFoundError("the document was not published yet: publish the contracts once more")
        return text


def _tagged(event: Mapping[str, Any], text: str, media_type: str) -> Answer:
    """The document, or that the reader has it. It may be kept, and is to be asked for again by its tag."""
    given: Mapping[str, str] = event.get("headers") or {}
    preconditions = Preconditions.parse({name.lower(): value for name, value in given.items()})
    tag = text_tag(text)
    preconditions.check_match(tag)
    headers = {"etag": tag, "cache-control": "no-cache"}
    if preconditions.is_not_modified(tag):
        return Answer(HTTPStatus.NOT_MODIFIED, None, headers)
    return Answer(HTTPStatus.OK, Rendered(text), {"content-type": media_type, **headers})
