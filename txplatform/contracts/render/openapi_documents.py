"""Renders the routes by which the data API tells of itself."""

from typing import Any

from txplatform.contracts.names import HEALTH_PATH, OPENAPI_PATH
from txplatform.contracts.render.openapi_answers import TEXT, answers_of, ok
from txplatform.contracts.render.openapi_headers import PRECONDITIONS


def document_routes() -> dict[str, Any]:
    """Render the routes. Whether they need a token is a setting of the environment."""
    health = {"type": "object", "properties": {"status": {"const": "ok"}, "version": TEXT}, "required": ["status"]}
    health_answers = {"200": ok("The API answers", health), **answers_of("")}
    openapi_answers = {"200": ok("The document", {"type": "object"}, "ETag"), **answers_of("304 404 412")}
    return {
        HEALTH_PATH: {
            "get": {"operationId": "health", "summary": "Whether the API answers", "responses": health_answers}
        },
        OPENAPI_PATH: {
            "get": {
                "operationId": "openapi",
                "summary": "Read this document",
                "parameters": PRECONDITIONS,
                "responses": openapi_answers,
            }
        },
    }
