"""What the data API decides, without AWS: how a request reads."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qsl

from lambdas.data_api.audit import Entry
from lambdas.data_api.body import read_body
from lambdas.data_api.errors import (
    MalformedRequestError,
    NoSuchRouteError,
    TokenExpiredError,
    TooManyOperationsError,
)
from lambdas.shared.caller import caller_text
from lambdas.shared.correlation import accepted
from lambdas.shared.jsonio import loads
from lambdas.shared.provenance import Provenance

MAX_OPERATIONS = 100


@dataclass(frozen=True, slots=True)
class Request:
    """A request. `action` is the route without version and entity, e.g. "GET", "GET {key}" or "POST batch".

    The names of headers are in lower case. `caller` is the issuer of the token and its client, each of which an
    authorizer may leave out; `permissions` are what it grants on the entity. `audit` is what the audit log is to say of
    the request.
    """

    action: str
    entity: str
    key: str
    query: Mapping[str, str]
    body: str
    audit: Entry
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    caller: tuple[str, str] = ("", "")
    permissions: frozenset[str] = frozenset()

    @property
    def sees_personal(self) -> bool:
        """Whether the caller may see the entity's personal fields."""
        return f"{self.entity}.personal" in self.permissions

    @property
    def provenance(self) -> Provenance:
        """What an item says of a write by the request."""
        return self.audit.provenance


def check_in_force(event: Mapping[str, Any], now: float, *, may_be_open: bool = False) -> None:
    """Refuse what an authorizer let through whose answer has outlived the token; raise TokenExpiredError.

    API Gateway caches the answer for minutes, whenever the token expires. One that does not say when it ends is no
    longer in force. A route that may be open is asked for without a token where no authorizer stands in front of it.
    """
    granted = _granted(event)
    if may_be_open and not granted:
        return
    expires_at = str(granted.get("expires_at", ""))
    if not expires_at.isdecimal() or int(expires_at) <= now:
        raise TokenExpiredError("the token has expired")


def provenance_of_call(event: Mapping[str, Any], correlation_id: str) -> Provenance:
    """What an item says of a write by this call."""
    request_id = accepted(_context(event).get("requestId"))
    return Provenance(correlation_id, caller_text(*_caller(event)), request_id)


def parse_request(event: Mapping[str, Any], audit: Entry) -> Request:
    """Read a payload of format 2.0. The gateway has decoded the path: the key is taken as it is.

    The route names the entity, as the authorizer read it: it is the entity that the caller may use.
    """
    method, _, template = str(event["routeKey"]).partition(" ")
    segments = template.split("/")
    if len(segments) < 3 or not segments[2] or "{" in segments[2]:
        raise NoSuchRouteError(f"no route {event['routeKey']!r}")
    names = [name for name, _ in parse_qsl(event.get("rawQueryString", ""), keep_blank_values=True)]
    if len(set(names)) != len(names):  # the gateway joins the values with commas, which a value may hold too
        raise MalformedRequestError("a query parameter is given more than once")
    headers = {name.lower(): value for name, value in _texts(event, "headers").items()}
    return Request(
        action=" ".join([method, *segments[3:]]),
        entity=segments[2],
        key=_texts(event, "pathParameters").get("key", ""),
        query=_texts(event, "queryStringParameters"),
        body=read_body(event, method, headers),
        audit=audit,
        headers=headers,
        caller=_caller(event),
        permissions=frozenset(str(_granted(event).get("scope", "")).split(" ")),
    )


def _texts(event: Mapping[str, Any], name: str) -> Mapping[str, str]:
    return event.get(name) or {}


def _caller(event: Mapping[str, Any]) -> tuple[str, str]:
    granted = _granted(event)
    return str(granted.get("issuer", "")), str(granted.get("client_id", ""))


def _granted(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the authorizer says of the caller."""
    authorizer: Mapping[str, Any] = _context(event).get("authorizer") or {}
    return authorizer.get("lambda") or {}


def _context(event: Mapping[str, Any]) -> Mapping[str, Any]:
    return event.get("requestContext") or {}


def check_query(query: Mapping[str, str], known: Collection[str]) -> None:
    """Raise MalformedRequestError for a parameter that the route does not know, and would ignore."""
    unknown = sorted(query.keys() - known)
    if unknown:
        listed = f"known are: {', '.join(sorted(known))}" if known else "the route takes none"
        raise MalformedRequestError(f"the query parameter {unknown[0][:100]!r} is unknown; {listed}")


def parse_operations(body: str) -> list[Any]:
    """The operations of a batch, each still to be validated."""
    document: Any = loads(body)
    operations: Any = cast("dict[str, Any]", document).get("operations") if isinstance(document, dict) else None
    if not isinstance(operations, list):
        raise MalformedRequestError('the body must be {"operations": [{"op": …, "record": {…}}, …]}')
    listed = cast("list[Any]", operations)
    if len(listed) > MAX_OPERATIONS:
        raise TooManyOperationsError(f"a batch holds at most {MAX_OPERATIONS} operations")
    return listed
