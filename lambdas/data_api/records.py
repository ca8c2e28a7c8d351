"""The routes of the data API: each takes a request and gives an answer; errors are raised, never answered here.

What does not fit the kept schema, a request or a stored item, is tried again with the one published meanwhile.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol, cast
from urllib.parse import quote

from lambdas.data_api.core import (
    Outcome,
    Request,
    Stored,
    parse_operations,
)
from lambdas.data_api.errors import (
    AlreadyExistsError,
    NoSuchRouteError,
    NotFoundError,
    PartitionImmutableError,
    StaleVersionError,
    VersionConflictError,
)
from lambdas.data_api.problem import Answer
from lambdas.data_api.url_values import typed
from lambdas.shared.correlation import accepted
from lambdas.shared.errors import DecodeError, InvalidRecordError, Violation
from lambdas.shared.jsonio import loads
from lambdas.shared.record_key import key_values
from lambdas.shared.registry import CurrentSchema
from lambdas.shared.schema import EntitySchema, Record
from lambdas.shared.validation import Checked, check_delete, check_upsert

WORKERS = 8

_BATCH_STATUS = {
    Outcome.CREATED: "written",
    Outcome.REPLACED: "written",
    Outcome.DELETED: "deleted",
    Outcome.UNCHANGED: "stale",
    Outcome.STALE: "stale",
}


class Tables(Protocol):
    """What the routes need of the store."""

    def read(self, schema: EntitySchema, key: str) -> Stored | None: ...
    def upsert(self, schema: EntitySchema, key: str, record: Record, trace_id: str) -> Outcome: ...
    def create(self, schema: EntitySchema, key: str, record: Record, trace_id: str) -> Outcome: ...
    def soft_delete(self, schema: EntitySchema, key: str, record: Record, version: str, trace_id: str) -> Outcome: ...
    def soft_delete_stored(self, schema: EntitySchema, key: str, trace_id: str) -> Outcome | None: ...


@dataclass(frozen=True, slots=True)
class _Operation:
    """One operation of a batch and what it violates."""

    op: str
    checked: Checked
    correlation_id: str


class Records:
    """The routes over a store. The threads of a batch write different keys; one key's operations keep their order."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._threads = ThreadPoolExecutor(max_workers=WORKERS)
        self._routes: Mapping[str, Callable[[EntitySchema, Request], Answer]] = {
            "POST": self.create,
            "GET {key}": self.read,
            "PUT {key}": self.replace,
            "DELETE {key}": self.delete,
        }

    def answer(self, current: CurrentSchema, request: Request) -> Answer:
        """Dispatch by the request's action."""
        if request.action == "POST batch":
            return self.batch(current, request)
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
        checked = _valid(check_upsert(schema, loads(request.body)))
        outcome = self._tables.create(schema, checked.key, checked.record, request.correlation_id)
        if outcome is Outcome.EXISTS:
            raise AlreadyExistsError(f"{schema.entity} {checked.key!r} exists")
        if outcome is Outcome.STALE:
            raise StaleVersionError(f"{schema.entity} {checked.key!r} was deleted by this version or a newer one")
        return _written(schema, checked, outcome)

    def read(self, schema: EntitySchema, request: Request) -> Answer:
        stored = self._tables.read(schema, request.key)
        if stored is None or stored.deleted:
            raise NotFoundError(f"there is no {schema.entity} {request.key!r}")
        return Answer(HTTPStatus.OK, stored.record)

    def replace(self, schema: EntitySchema, request: Request) -> Answer:
        checked = _valid(_at_path(schema, request, check_upsert(schema, loads(request.body))))
        outcome = self._tables.upsert(schema, checked.key, checked.record, request.correlation_id)
        if outcome is Outcome.STALE:
            raise StaleVersionError(f"{schema.entity} {checked.key!r} is stored or deleted in a newer version")
        if outcome is Outcome.VERSION_CONFLICT:
            raise VersionConflictError(f"another {schema.entity} {checked.key!r} of this version is stored")
        if outcome is Outcome.PARTITION_DIFFERS:
            raise PartitionImmutableError(f"{schema.partition_field} of {schema.entity} {checked.key!r} cannot change")
        return _written(schema, checked, outcome)

    def delete(self, schema: EntitySchema, request: Request) -> Answer:
        if "version" not in request.query:
            if self._tables.soft_delete_stored(schema, request.key, request.correlation_id) is None:
                raise NotFoundError(f"there is no {schema.entity} {request.key!r}")
            return Answer(HTTPStatus.NO_CONTENT)
        identity = {
            **dict(zip(schema.key, key_values(request.key), strict=False)),
            schema.version_field: request.query["version"],
        }
        record = {name: typed(schema.fields[name], text) for name, text in identity.items()}
        checked = _valid(_at_path(schema, request, check_delete(schema, record)))
        version = schema.version_of(checked.record)
        outcome = self._tables.soft_delete(schema, checked.key, checked.record, version, request.correlation_id)
        if outcome is Outcome.STALE:
            raise StaleVersionError(f"{schema.entity} {checked.key!r} is stored in a newer version")
        return Answer(HTTPStatus.NO_CONTENT)

    def batch(self, current: CurrentSchema, request: Request) -> Answer:
        """Apply up to 100 operations; each has its own result and none blocks another."""
        results: list[dict[str, Any]] = []
        by_key: dict[str, list[tuple[dict[str, Any], _Operation]]] = {}
        for index, operation in enumerate(_validate_all(current, parse_operations(request.body), request)):
            checked = operation.checked
            result: dict[str, Any] = {"index": index, "key": checked.key, "status": "rejected", "errors": []}
            results.append(result)
            if checked.violations:
                result["errors"] = [violation.as_dict() for violation in checked.violations]
            else:
                by_key.setdefault(checked.key, []).append((result, operation))

        def apply(group: list[tuple[dict[str, Any], _Operation]]) -> None:
            for result, operation in group:
                result.update(self._apply(current, operation))

        list(self._threads.map(apply, by_key.values()))
        statuses = [result["status"] for result in results]
        counts = {status: statuses.count(status) for status in ("written", "deleted", "stale", "rejected")}
        return Answer(HTTPStatus.OK, {"results": results, **counts})

    def _apply(self, current: CurrentSchema, operation: _Operation) -> dict[str, Any]:
        schema = current.schema
        try:
            return self._write(schema, operation)
        except DecodeError as error:
            if current.newer_than(schema) is not None:
                return self._apply(current, operation)
            return _rejected(Violation("", error.code, "what is stored under this key does not fit the contract"))

    def _write(self, schema: EntitySchema, operation: _Operation) -> dict[str, Any]:
        checked, trace_id = operation.checked, operation.correlation_id
        if operation.op == "delete":
            version = schema.version_of(checked.record)
            outcome = self._tables.soft_delete(schema, checked.key, checked.record, version, trace_id)
        else:
            outcome = self._tables.upsert(schema, checked.key, checked.record, trace_id)
        if outcome is Outcome.PARTITION_DIFFERS:
            message = "differs from what is stored, and cannot change"
            return _rejected(Violation(schema.partition_field, PartitionImmutableError.code, message))
        if outcome is Outcome.VERSION_CONFLICT:
            message = "another record of this version is stored; send this one with a greater version"
            return _rejected(Violation(schema.version_field, VersionConflictError.code, message))
        return {"status": _BATCH_STATUS[outcome]}


def _rejected(reason: Violation) -> dict[str, Any]:
    return {"status": "rejected", "errors": [reason.as_dict()]}


def _validate_all(current: CurrentSchema, operations: Sequence[Any], request: Request) -> list[_Operation]:
    """Validate every operation, all of them by one schema."""
    schema = current.schema
    validated = [_validate(schema, operation, request) for operation in operations]
    if any(item.checked.violations for item in validated) and current.newer_than(schema) is not None:
        return _validate_all(current, operations, request)
    return validated


def _validate(schema: EntitySchema, operation: Any, request: Request) -> _Operation:
    """Validate one operation. It may have a correlation id of its own, else it has that of the request."""
    fields = cast("dict[str, Any]", operation) if isinstance(operation, dict) else {}
    correlation_id = accepted(fields.get("correlation_id")) or request.correlation_id
    op = fields.get("op")
    if op == "upsert":
        return _Operation(op, check_upsert(schema, fields.get("record")), correlation_id)
    if op == "delete":
        return _Operation(op, check_delete(schema, fields.get("record")), correlation_id)
    checked = Checked({}, "", (Violation("op", "enum", "must be upsert or delete"),))
    return _Operation("", checked, correlation_id)


def _at_path(schema: EntitySchema, request: Request, checked: Checked) -> Checked:
    """The same, with a violation more where the record's key is not the one that the path names."""
    if not checked.key or checked.key == request.key:
        return checked
    differs = Violation(schema.key[0], "key_differs", "the record's key must be that of the path")
    return Checked(checked.record, checked.key, (*checked.violations, differs))


def _valid(checked: Checked) -> Checked:
    if checked.violations:
        raise InvalidRecordError(checked.violations)
    return checked


def _written(schema: EntitySchema, checked: Checked, outcome: Outcome) -> Answer:
    if outcome is not Outcome.CREATED:
        return Answer(HTTPStatus.OK, checked.record)
    location = f"/v1/{schema.entity}/{quote(checked.key, safe='')}"
    return Answer(HTTPStatus.CREATED, checked.record, {"location": location})
