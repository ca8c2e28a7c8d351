"""What the authorizer decides, without network: which scope a route needs, and whether claims grant it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

READ_METHODS = frozenset({"GET", "HEAD"})


class Denial(StrEnum):
    """Why a request is not let through; logged, never shown to the client."""

    NO_TOKEN = "no_token"  # noqa: S105
    MALFORMED_TOKEN = "malformed_token"  # noqa: S105
    UNKNOWN_KEY = "unknown_key"
    INVALID_SIGNATURE = "invalid_signature"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    WRONG_ISSUER = "wrong_issuer"
    MISSING_CLAIM = "missing_claim"
    INVALID_CLAIM = "invalid_claim"
    WRONG_TOKEN_USE = "wrong_token_use"  # noqa: S105
    UNKNOWN_CLIENT = "unknown_client"
    NO_ROUTE = "no_route"
    MISSING_SCOPE = "missing_scope"


class DeniedError(Exception):
    """The request is not let through."""

    def __init__(self, denial: Denial) -> None:
        self.denial = denial
        super().__init__(denial.value)


def bearer_token(event: Mapping[str, Any]) -> str:
    """The token of the Authorization header; raise DeniedError."""
    headers: Mapping[str, str] = event.get("headers") or {}
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise DeniedError(Denial.NO_TOKEN)
    return token.strip()


def required_scope(event: Mapping[str, Any], resource_server: str) -> str:
    """The scope of the event's route, e.g. "txplatform/payments.read" for "GET /v1/payments/{key}".

    Only the route key counts, not the path: the answer is cached by token and route key.
    """
    method, _, template = str(event.get("routeKey", "")).partition(" ")
    segments = template.split("/")
    if len(segments) < 3 or segments[1] != "v1" or not segments[2] or "{" in segments[2]:
        raise DeniedError(Denial.NO_ROUTE)
    return f"{resource_server}/{segments[2]}.{'read' if method in READ_METHODS else 'write'}"


def check_claims(claims: Mapping[str, Any], client_ids: frozenset[str], scope: str) -> dict[str, str]:
    """What the API may know of the caller; raise DeniedError. Signature, issuer and expiry are verified before."""
    if claims.get("token_use") != "access":
        raise DeniedError(Denial.WRONG_TOKEN_USE)
    client_id = claims.get("client_id")
    if not isinstance(client_id, str) or client_id not in client_ids:
        raise DeniedError(Denial.UNKNOWN_CLIENT)
    if scope not in str(claims.get("scope", "")).split(" "):
        raise DeniedError(Denial.MISSING_SCOPE)
    return {"client_id": client_id, "scope": scope}


def parse_client_ids(text: str) -> frozenset[str]:
    """Read the comma-separated list of the clients that may call the API."""
    return frozenset(item.strip() for item in text.split(",") if item.strip())
