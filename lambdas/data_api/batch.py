"""The batch route: up to 100 operations, each with its own result, so that none blocks another."""

from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Protocol, cast

from lambdas.data_api.audit import BATCH, REFUSED, SUPERSEDED, Entry
from lambdas.data_api.checks import Checks
from lambdas.data_api.core import Request, check_query, parse_operations
from lambdas.data_api.errors import (
    InsufficientScopeError,
    MalformedRequestError,
    NotFoundError,
    PartitionImmutableError,
    VersionConflictError,
)
from lambdas.data_api.outcomes import Outcome
from lambdas.data_api.partial_updates import PartialUpdates
from lambdas.data_api.personal import PersonalScope
from lambdas.data_api.preconditions import Preconditions
from lambdas.data_api.problem import Answer
from lambdas.data_api.stored import RewrittenTables
from lambdas.data_api.violations import Shown
from lambdas.shared.correlation import accepted
from lambdas.shared.errors import (
    DecodeError,
    FunctionError,
    InvalidRecordError,
    ItemTooLargeError,
    StoreRefusedError,
    Violation,
)
from lambdas.shared.logging import logger
from lambdas.shared.provenance import Provenance
from lambdas.shared.record_key import hashed_key
from lambdas.shared.registry import CurrentSchema
from lambdas.shared.schema import EntitySchema, Record
from lambdas.shared.validation import Checked

WORKERS = 8

_STATUS = {
    Outcome.CREATED: "written",
    Outcome.REPLACED: "written",
    Outcome.DELETED: "deleted",
    Outcome.UNCHANGED: "unchanged",
    Outcome.STALE: SUPERSEDED,
    Outcome.ALREADY_DELETED: SUPERSEDED,
}
_COUNTED = ("written", "deleted", "unchanged", SUPERSEDED, "not_found", "rejected")
_OF_ONE_OPERATION = (DecodeError, ItemTooLargeError, StoreRefusedError)

log = logger("data_api")


class BatchTables(RewrittenTables, Protocol):
    """What a batch needs of the store."""

    def upsert(self, schema: EntitySchema, key: str, record: Record, provenance: Provenance) -> Outcome: ...
    def soft_delete(
        self, schema: EntitySchema, key: str, record: Record, version: str, provenance: Provenance
    ) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class _Operation:
    """One operation of a batch, what it violates, and what the audit log is to say; `given` is its record as sent."""

    op: str
    checked: Checked
    audit: Entry
    given: Any = None


class Batches:
    """The route over a store. The threads of a batch write different keys; one key's operations keep their order."""

    def __init__(self, tables: BatchTables, checks: Checks) -> None:
        self._tables = tables
        self._checks = checks
        self._partial_updates = PartialUpdates(tables, checks)
        self._threads = ThreadPoolExecutor(max_workers=WORKERS)

    def answer(self, current: CurrentSchema, request: Request) -> Answer:
        """Apply the operations; a rejected one names its reasons."""
        check_query(request.query, ())
        if Preconditions.parse(request.headers):
            raise MalformedRequestError("If-Match and If-None-Match are for single records: use PUT")
        shown = Shown()
        results: list[dict[str, Any]] = []
        by_key: dict[str, list[tuple[dict[str, Any], _Operation]]] = {}
        for index, operation in enumerate(self._validate_all(current, parse_operations(request.body), request)):
            checked = operation.checked
            result: dict[str, Any] = {"index": index, "key": checked.key, "status": "rejected", "errors": []}
            results.append(result)
            if checked.violations:
                result |= shown.of_record(checked.violations)
                operation.audit.write(REFUSED, InvalidRecordError.code)
            else:
                by_key.setdefault(checked.key, []).append((result, operation))

        waiting = iter(by_key.values())

        def apply_waiting() -> None:
            for group in waiting:  # which every thread takes from
                for result, operation in group:
                    result.update(self._apply(current, request, operation))

        # Each thread in a context of its own, which holds the invocation's deadline.
        applied = [self._threads.submit(copy_context().run, apply_waiting) for _ in range(min(WORKERS, len(by_key)))]
        wait(applied, return_when=FIRST_EXCEPTION)
        for _ in waiting:  # after an error no thread takes another key
            pass
        wait(applied)  # and nothing is under way once the request is answered
        for each in applied:
            each.result()
        statuses = [result["status"] for result in results]
        return Answer(HTTPStatus.OK, {"results": results, **{status: statuses.count(status) for status in _COUNTED}})

    def _apply(self, current: CurrentSchema, request: Request, operation: _Operation) -> dict[str, Any]:
        schema = current.schema
        try:
            outcome = self._write(PersonalScope.of(schema, request), operation)
        except InsufficientScopeError as error:
            operation.audit.write(REFUSED, error.code)
            return _rejected(Violation("", error.code, str(error)))
        except InvalidRecordError as error:
            if current.newer_than(schema) is not None:
                return self._apply(current, request, operation)
            operation.audit.write(REFUSED, error.code)
            return _rejected(*error.violations)
        except _OF_ONE_OPERATION as error:
            if isinstance(error, DecodeError) and current.newer_than(schema) is not None:
                return self._apply(current, request, operation)
            return self._failed(schema, operation, error)
        if outcome is Outcome.VERSION_CONFLICT and current.newer_than(schema) is not None:
            return self._apply(current, request, operation)  # its tie-breakers may tell which of the two is the state
        return _result(schema, operation, outcome)

    def _failed(self, schema: EntitySchema, operation: _Operation, error: FunctionError) -> dict[str, Any]:
        """What ends one operation is its own: neither a retry nor another operation has a part in it."""
        details = {
            "entity": schema.entity,
            "key": operation.audit.key,
            "code": error.code,
            "reason": str(error),
            "correlation_id": operation.audit.provenance.trace_id,
        }
        log.error("operation not carried out", extra=details)
        operation.audit.write(REFUSED, error.code)
        return _rejected(Violation("", error.code, str(error)))

    def _write(self, personal: PersonalScope, operation: _Operation) -> Outcome:
        schema, checked, provenance = personal.schema, operation.checked, operation.audit.provenance
        if operation.op == "delete":
            version = schema.version_of(checked.record)
            return self._tables.soft_delete(schema, checked.key, checked.record, version, provenance)
        if operation.op == "patch":
            return self._partial_updates.apply(schema, checked, provenance)
        if unsaid := personal.unsaid(operation.given):
            return personal.upsert(self._tables, checked.key, checked.record, unsaid, provenance)
        return self._tables.upsert(schema, checked.key, checked.record, provenance)

    def _validate_all(self, current: CurrentSchema, operations: Sequence[Any], request: Request) -> list[_Operation]:
        """Validate every operation, all of them by one schema."""
        schema = current.schema
        validated = [self._validate(schema, operation, request) for operation in operations]
        if any(item.checked.violations for item in validated) and current.newer_than(schema) is not None:
            return self._validate_all(current, operations, request)
        return validated

    def _validate(self, schema: EntitySchema, operation: Any, request: Request) -> _Operation:
        """Validate one operation. It may have a correlation id of its own, else it has that of the request."""
        fields = cast("dict[str, Any]", operation) if isinstance(operation, dict) else {}
        provenance = request.provenance
        own_id = accepted(fields.get("correlation_id"))
        if own_id:
            provenance = replace(provenance, trace_id=own_id)
        op = fields.get("op")
        if op == "upsert":
            checked = self._checks.upsert(schema, fields.get("record"))
        elif op == "delete":
            checked = self._checks.delete(schema, fields.get("record"))
        elif op == "patch":
            checked = self._checks.patch(schema, fields.get("record"))
        else:
            op, checked = BATCH, Checked({}, "", (Violation("op", "enum", "must be upsert, patch or delete"),))
        audit = Entry(provenance, schema.entity, op)
        if not checked.violations:
            audit.about(schema, checked.key, schema.version_of(checked.record))
        elif checked.key:
            audit.key = hashed_key(checked.key)
        return _Operation(op, checked, audit, fields.get("record"))


def _result(schema: EntitySchema, operation: _Operation, outcome: Outcome) -> dict[str, Any]:
    if outcome is Outcome.PARTITION_DIFFERS:
        operation.audit.write(REFUSED, PartitionImmutableError.code)
        message = "differs from what is stored, and cannot change"
        return _rejected(Violation(schema.partition_field, PartitionImmutableError.code, message))
    if outcome is Outcome.VERSION_CONFLICT:
        operation.audit.write(REFUSED, VersionConflictError.code)
        message = "another record of this version is stored; send this one with a greater version"
        return _rejected(Violation(schema.version_field, VersionConflictError.code, message))
    if outcome is Outcome.NOT_FOUND:
        operation.audit.write(REFUSED, NotFoundError.code)
        message = "there is no record under the key; send the changes again once it is stored"
        missing = Violation("", NotFoundError.code, message)
        return {"status": "not_found", "retryable": True, "errors": [missing.as_dict()]}
    if outcome is Outcome.CHANGES_MISSING:
        operation.audit.write(REFUSED, SUPERSEDED)
        message = "something newer is stored, and not all of these changes: send the whole record, in a newer version"
        return {"status": SUPERSEDED, "errors": [Violation("", SUPERSEDED, message).as_dict()]}
    operation.audit.write(outcome.value)
    return {"status": _STATUS[outcome]}


def _rejected(*reasons: Violation) -> dict[str, Any]:
    return {"status": "rejected", "errors": [reason.as_dict() for reason in reasons]}
