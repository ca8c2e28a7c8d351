"""What the authorizer decides, without network: which permission a route needs, and what the API may know of a caller.

A permission is `<entity>.read` or `<entity>.write`, whatever an issuer's own names for its scopes are.
"""

from collections.abc import Mapping
from typing import Any

from lambdas.authorizer.claims import Caller
from lambdas.authorizer.denial import Denial, DeniedError
from lambdas.shared.caller import escaped

READ_METHODS = frozenset({"GET", "HEAD"})
SCHEMAS = "schemas"
# Where the environment wants a token for these, any that is valid will do: they tell of no record.
ROUTES_OF_EVERYONE = frozenset({"GET /health", "GET /v1/openapi.json"})


def required_permission(event: Mapping[str, Any]) -> str | None:
    """The permission of the event's route, e.g. "payments.read" for "GET /v1/payments/{key}"; raise DeniedError.

    None where any valid token will do. The schema of an entity needs what reading its records needs. Only the route
    key counts, not the path: the answer is cached by token and route key.
    """
    route_key = str(event.get("routeKey", ""))
    if route_key in ROUTES_OF_EVERYONE:
        return None
    method, _, template = route_key.partition(" ")
    segments = template.split("/")
    if segments[2:3] == [SCHEMAS]:
        del segments[2]
    if len(segments) < 3 or segments[1] != "v1" or not segments[2] or "{" in segments[2]:
        raise DeniedError(Denial.NO_ROUTE)
    return f"{segments[2]}.{'read' if method in READ_METHODS else 'write'}"


def granted_context(caller: Caller, permission: str | None) -> dict[str, str | int]:
    """What the API may know of a caller who has the permission; raise DeniedError.

    Client and issuer are in harmless characters: the gateway writes them into its log as they are. `meter` is as whom
    its requests are counted: itself where the configuration names it, else as one of its issuer's, since there is no
    bound to the clients that an issuer may have. `scope` holds all that the caller may do with the route's entity,
    separated by spaces. `expires_at` (epoch seconds) is when this answer ends, however long a cache keeps it.
    """
    if permission is not None and permission not in caller.permissions:
        raise DeniedError(Denial.MISSING_SCOPE)
    entity = "" if permission is None else permission.partition(".")[0]
    return {
        "client_id": escaped(caller.client_id),
        "issuer": escaped(caller.issuer),
        "meter": escaped(caller.client_id if caller.is_configured else caller.issuer),
        "scope": " ".join(sorted(name for name in caller.permissions if name.startswith(f"{entity}."))),
        "expires_at": caller.expires_at,
    }
