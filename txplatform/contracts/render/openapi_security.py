"""Renders what the OpenAPI document says of tokens."""

from collections.abc import Iterable
from typing import Any

from txplatform.contracts.names import RESOURCE_SERVER, scopes


def security_schemes(entities: Iterable[str], token_url: str) -> dict[str, Any]:
    """Render the schemes, each enough alone: a token of any issuer, and, where its endpoint is known, of the pool."""
    schemes: dict[str, Any] = {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "Access token of an identity provider that the API knows. The scopes are those of the user "
            "pool; another provider may have its own names for the same.",
        }
    }
    if token_url:
        known = {f"{RESOURCE_SERVER}/{name}": words for entity in entities for name, words in scopes(entity).items()}
        schemes["oauth2"] = {
            "type": "oauth2",
            "description": "Access token of the user pool, for a client of its own.",
            "flows": {"clientCredentials": {"tokenUrl": token_url, "scopes": known}},
        }
    return schemes
