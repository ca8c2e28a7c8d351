"""What the data API decides, without AWS: how a request reads, and what it means that a write was not taken."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast
from urllib.parse import parse_qsl

from lambdas.data_api.errors import (
    MalformedRequestError,
    NoSuchRouteError,
    TokenExpiredError,
    TooManyOperationsError,
)
from lambdas.shared.jsonio import loads
from lambdas.shared.schema import EntitySchema, Record

MAX_OPERATIONS = 100


class Outcome(StrEnum):
    """What became of a write."""

    CREATED = "created"
    REPLACED = "replaced"
    DELETED = "deleted"
    UNCHANGED = "unchanged"
    STALE = "stale"
    VERSION_CONFLICT = "version_conflict"
    EXISTS = "exists"
    PARTITION_DIFFERS = "partition_differs"


@dataclass(frozen=True, slots=True)
class Stored:
    """An item as the table holds it. A tombstone's record holds the key and, where known, the partition field."""

    record: Record
    version: str
    deleted: bool


@dataclass(frozen=True, slots=True)
class Request:
    """A request. `action` is the route without version and entity, e.g. "GET", "GET {key}" or "POST batch"."""

    action: str
    entity: str
    key: str
    query: Mapping[str, str]
    body: str
    correlation_id: str


def check_in_force(event: Mapping[str, Any], now: float) -> None:
    """Refuse what an authorizer let through whose answer has outlived the token; raise TokenExpiredError.

    API Gateway caches the answer for minutes, whenever the token expires. What has no `expires_at` was let through by
    an authorizer before this one, whose last answers are in the cache while an update is rolled out, or needs no token.
    """
    granted: Mapping[str, Any] = event.get("requestContext", {}).get("authorizer", {}).get("lambda") or {}
    expires_at = str(granted.get("expires_at", int(now) + 1))
    if not expires_at.isdecimal() or int(expires_at) <= now:
        raise TokenExpiredError("the token has expired")


def parse_request(event: Mapping[str, Any], correlation_id: str) -> Request:
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
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        try:
            body = base64.b64decode(body, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise MalformedRequestError("the body is not UTF-8 text") from error
    return Request(
        action=" ".join([method, *segments[3:]]),
        entity=segments[2],
        key=_texts(event, "pathParameters").get("key", ""),
        query=_texts(event, "queryStringParameters"),
        body=body,
        correlation_id=correlation_id,
    )


def _texts(event: Mapping[str, Any], name: str) -> Mapping[str, str]:
    return event.get(name) or {}


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


def why_not_written(schema: EntitySchema, record: Record, stored: Stored) -> Outcome:
    """Why the table's condition refused an upsert, seen from the item that is stored.

    A version older than what is stored is superseded: stale, whatever it says; so is one that a deletion of the same
    version outranks. One as new or newer that moves the record to another partition, and one of the same version
    that says something else, contradict what is stored: neither is a duplicate, and neither may vanish.
    """
    if stored.deleted or schema.version_of(record) < stored.version:
        return Outcome.STALE
    if stored.record.get(schema.partition_field) != record[schema.partition_field]:
        return Outcome.PARTITION_DIFFERS
    return Outcome.UNCHANGED if stored.record == record else Outcome.VERSION_CONFLICT
