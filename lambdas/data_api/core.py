"""What the data API decides, without AWS: how a request reads."""

import base64
import binascii
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from lambdas.data_api.body import read_body
from lambdas.data_api.errors import MalformedRequestError, NoSuchRouteError, TooManyOperationsError
from lambdas.shared.jsonio import loads
from lambdas.shared.record_key import MAX_BYTES

MAX_OPERATIONS = 100
MAX_PAGE = 100
DEFAULT_PAGE = 50


@dataclass(frozen=True, slots=True)
class Request:
    """A request. `action` is the route without version and entity, e.g. "GET", "GET {key}" or "POST batch".

    The names of headers are in lower case; `client_id` is empty where no authorizer names the caller.
    """

    action: str
    entity: str
    key: str
    query: Mapping[str, str]
    body: str
    correlation_id: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    client_id: str = ""


def parse_request(event: Mapping[str, Any], correlation_id: str) -> Request:
    """Read a payload of format 2.0. The gateway has decoded the path: the key is taken as it is.

    The route names the entity, as the authorizer read it: it is the entity that the caller may use.
    """
    method, _, template = str(event["routeKey"]).partition(" ")
    segments = template.split("/")
    if len(segments) < 3 or not segments[2] or "{" in segments[2]:
        raise NoSuchRouteError(f"no route {event['routeKey']!r}")
    headers = {name.lower(): value for name, value in _texts(event, "headers").items()}
    return Request(
        action=" ".join([method, *segments[3:]]),
        entity=segments[2],
        key=_texts(event, "pathParameters").get("key", ""),
        query=_texts(event, "queryStringParameters"),
        body=read_body(event, method, headers),
        correlation_id=correlation_id,
        headers=headers,
        client_id=_client_id(event),
    )


def _texts(event: Mapping[str, Any], name: str) -> Mapping[str, str]:
    return event.get(name) or {}


def _client_id(event: Mapping[str, Any]) -> str:
    context: Mapping[str, Any] = event.get("requestContext") or {}
    authorizer: Mapping[str, Any] = context.get("authorizer") or {}
    granted: Mapping[str, Any] = authorizer.get("lambda") or {}
    return str(granted.get("client_id", ""))


def check_query(query: Mapping[str, str], known: Collection[str]) -> None:
    """Raise MalformedRequestError for a parameter that the route does not know, and would ignore."""
    unknown = sorted(query.keys() - known)
    if unknown:
        listed = f"known are: {', '.join(sorted(known))}" if known else "the route takes none"
        raise MalformedRequestError(f"the query parameter {unknown[0][:100]!r} is unknown; {listed}")


def page_size(query: Mapping[str, str]) -> int:
    text = query.get("limit", str(DEFAULT_PAGE))
    if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= MAX_PAGE):
        raise MalformedRequestError(f"limit must be a number from 1 to {MAX_PAGE}")
    return int(text)


def cursor_after(key: str) -> str:
    """The opaque cursor of the page that follows a key."""
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def key_before(query: Mapping[str, str]) -> str | None:
    """The key after which a page starts; None for the first page."""
    cursor = query.get("cursor")
    if not cursor:
        return None
    try:
        key = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise MalformedRequestError("cursor is not one that this API gave") from error
    if not 0 < len(key.encode()) <= MAX_BYTES:
        raise MalformedRequestError("cursor is not one that this API gave")
    return key


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
