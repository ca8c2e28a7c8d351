"""The routes of the data API: each takes a request and gives an answer; errors are raised, never answered here.

What does not fit the kept schema, a request or a stored item, is tried again with the one published meanwhile.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Protocol
from urllib.parse import quote

from lambdas.data_api.batch import Batches
from lambdas.data_api.checks import Checks, check_key, valid
from lambdas.data_api.core import Request, check_query, cursor_after, key_before, page_size
from lambdas.data_api.errors import (
    AlreadyExistsError,
    NoSuchRouteError,
    NotFoundError,
    PartitionImmutableError,
    StaleVersionError,
    VersionConflictError,
)
from lambdas.data_api.outcomes import Outcome
from lambdas.data_api.problem import Answer
from lambdas.data_api.stored import Stored
from lambdas.shared.errors import DecodeError, InvalidRecordError
from lambdas.shared.jsonio import loads
from lambdas.shared.registry import CurrentSchema
from lambdas.shared.schema import EntitySchema, Record
from lambdas.shared.validation import Checked


class Tables(Protocol):
    """What the routes need of the store."""

    def read(self, schema: EntitySchema, key: str) -> Stored | None: ...
    def page(self, schema: EntitySchema, size: int, after: str | None) -> tuple[list[Record], str | None]: ...
    def upsert(self, schema: EntitySchema, key: str, record: Record, trace_id: str) -> Outcome: ...
    def create(self, schema: EntitySchema, key: str, record: Record, trace_id: str) -> Outcome: ...
    def soft_delete(self, schema: EntitySchema, key: str, record: Record, version: str, trace_id: str) -> Outcome: ...
    def soft_delete_stored(self, schema: EntitySchema, key: str, trace_id: str) -> Outcome | None: ...


class Records:
    """The routes over a store."""

    def __init__(self, tables: Tables, checks: Checks | None = None) -> None:
        self._tables = tables
        self._checks = checks or Checks()
        self._batches = Batches(tables, self._checks)
        self._routes: Mapping[str, Callable[[EntitySchema, Request], Answer]] = {
            "POST": self.create,
            "GET": self.list_page,
            "GET {key}": self.read,
            "PUT {key}": self.replace,
            "DELETE {key}": self.delete,
        }

    def answer(self, current: CurrentSchema, request: Request) -> Answer:
        """Dispatch by the request's action."""
        if request.action == "POST batch":
            check_query(request.query, ())
            return self._batches.answer(current, request)
        route = self._routes.get(request.action)
        if route is None:
            raise NoSuchRouteError(f"no route {request.action!r}")
        schema = current.schema
        try:
            return route(schema, request)
        except (DecodeError, InvalidRecordError):
            newer = current.newer_than(schema)
            if newer is None:
                raise
            return route(newer, request)

    def create(self, schema: EntitySchema, request: Request) -> Answer:
        check_query(request.query, ())
        checked = valid(self._checks.upsert(schema, loads(request.body)))
        outcome = self._tables.create(schema, checked.key, checked.record, request.correlation_id)
        if outcome is Outcome.EXISTS:
            raise AlreadyExistsError(f"{schema.entity} {checked.key!r} exists")
        if outcome is Outcome.STALE:
            raise StaleVersionError(f"{schema.entity} {checked.key!r} was deleted by this version or a newer one")
        return _written(schema, checked, outcome)

    def list_page(self, schema: EntitySchema, request: Request) -> Answer:
        items, after = self._tables.page(schema, page_size(request.query), key_before(request.query))
        return Answer(HTTPStatus.OK, {"items": items, "next": cursor_after(after) if after else None})

    def read(self, schema: EntitySchema, request: Request) -> Answer:
        check_query(request.query, ())
        check_key(schema, request)
        stored = self._tables.read(schema, request.key)
        if stored is None or stored.deleted:
            raise NotFoundError(f"there is no {schema.entity} {request.key!r}")
        return Answer(HTTPStatus.OK, stored.record)

    def replace(self, schema: EntitySchema, request: Request) -> Answer:
        check_query(request.query, ())
        checked = self._checks.upsert_at(schema, request, loads(request.body))
        outcome = self._tables.upsert(schema, checked.key, checked.record, request.correlation_id)
        if outcome is Outcome.STALE:
            raise StaleVersionError(f"{schema.entity} {checked.key!r} is stored or deleted in a newer version")
        if outcome is Outcome.VERSION_CONFLICT:
            raise VersionConflictError(f"another {schema.entity} {checked.key!r} of this version is stored")
        if outcome is Outcome.PARTITION_DIFFERS:
            raise PartitionImmutableError(f"{schema.partition_field} of {schema.entity} {checked.key!r} cannot change")
        return _written(schema, checked, outcome)

    def delete(self, schema: EntitySchema, request: Request) -> Answer:
        check_query(request.query, ("version",))
        if "version" not in request.query:
            check_key(schema, request)
            if self._tables.soft_delete_stored(schema, request.key, request.correlation_id) is None:
                raise NotFoundError(f"there is no {schema.entity} {request.key!r}")
            return Answer(HTTPStatus.NO_CONTENT)
        checked = self._checks.delete_at(schema, request)
        version = schema.version_of(checked.record)
        outcome = self._tables.soft_delete(schema, checked.key, checked.record, version, request.correlation_id)
        if outcome is Outcome.STALE:
            raise StaleVersionError(f"{schema.entity} {checked.key!r} is stored in a newer version")
        return Answer(HTTPStatus.NO_CONTENT)


def _written(schema: EntitySchema, checked: Checked, outcome: Outcome) -> Answer:
    if outcome is not Outcome.CREATED:
        return Answer(HTTPStatus.OK, checked.record)
    location = f"/v1/{schema.entity}/{quote(checked.key, safe='')}"
    return Answer(HTTPStatus.CREATED, checked.record, {"location": location})
