"""What the authorizer decides, without network: which permission a route needs, and what the API may know of a caller.

A permission is `<entity>.read` or `<entity>.write`, whatever an issuer's own names for its scopes are.
"""

from collections.abc import Mapping
from typing import Any

from lambdas.authorizer.claims import Caller
from lambdas.authorizer.denial import Denial, DeniedError

READ_METHODS = frozenset({"GET", "HEAD"})


def required_permission(event: Mapping[str, Any]) -> str:
    """The permission of the event's route, e.g. "payments.read" for "GET /v1/payments/{key}"; raise DeniedError.

    Only the route key counts, not the path: the answer is cached by token and route key.
    """
    method, _, template = str(event.get("routeKey", "")).partition(" ")
    segments = template.split("/")
    if len(segments) < 3 or segments[1] != "v1" or not segments[2] or "{" in segments[2]:
        raise DeniedError(Denial.NO_ROUTE)
    return f"{segments[2]}.{'read' if method in READ_METHODS else 'write'}"


def granted_context(caller: Caller, permission: str) -> dict[str, str | int]:
    """What the API may know of a caller who has the permission; raise DeniedError.

    `scope` holds all that the caller may do with the route's entity, separated by spaces. `expires_at` (epoch seconds)
    is when this answer ends, however long a cache keeps it.
    """
    if permission not in caller.permissions:
        raise DeniedError(Denial.MISSING_SCOPE)
    entity = permission.partition(".")[0]
    return {
        "client_id": caller.client_id,
        "issuer": caller.issuer,
        "scope": " ".join(sorted(name for name in caller.permissions if name.startswith(f"{entity}."))),
        "expires_at": caller.expires_at,
    }
