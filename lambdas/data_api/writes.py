"""The routes that write one record.

A write without conditions is one call. One with preconditions, with an idempotency key, or that builds on what is
stored is planned from what was read, and carried out only if the item is still the one that was read; otherwise it is
read and planned again.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Protocol
from urllib.parse import quote

from lambdas.data_api.checks import Checks, check_key, valid
from lambdas.data_api.core import Request, check_query
from lambdas.data_api.errors import (
    AlreadyExistsError,
    MalformedRequestError,
    NotFoundError,
    PartitionImmutableError,
    StaleVersionError,
    VersionConflictError,
)
from lambdas.data_api.idempotency import Receipt
from lambdas.data_api.known_changes import known_changes
from lambdas.data_api.merge_patch import apply_merge_patch
from lambdas.data_api.outcomes import Outcome, create_outcome, delete_outcome, holds_changes
from lambdas.data_api.personal import PersonalScope
from lambdas.data_api.preconditions import Preconditions
from lambdas.data_api.problem import Answer
from lambdas.data_api.stored import MAX_ATTEMPTS, Deletion, RewrittenTables, Stored, Upsert, Write, contended
from lambdas.shared.errors import InvalidRecordError
from lambdas.shared.jsonio import loads
from lambdas.shared.provenance import Provenance
from lambdas.shared.schema import EntitySchema, Record

DELETE = "DELETE {key}"
_DELETED = Answer(HTTPStatus.NO_CONTENT, outcome=Outcome.DELETED.value)


class Tables(RewrittenTables, Protocol):
    """What the routes need of the store."""

    def upsert(self, schema: EntitySchema, key: str, record: Record, provenance: Provenance) -> Outcome: ...
    def create(self, schema: EntitySchema, key: str, record: Record, provenance: Provenance) -> Outcome: ...
    def soft_delete(
        self, schema: EntitySchema, key: str, record: Record, version: str, provenance: Provenance
    ) -> Outcome: ...
    def soft_delete_stored(self, schema: EntitySchema, key: str, provenance: Provenance) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Planned:
    """What is to be written over what was read, if anything, and what is answered when that is done."""

    answer: Answer
    write: Write | None

    def version(self, schema: EntitySchema) -> str:
        """The version that is to be written, empty where nothing is."""
        if self.write is None:
            return ""
        return self.write.version if isinstance(self.write, Deletion) else schema.version_of(self.write.record)


Plan = Callable[[Stored | None], Planned]


class RecordWrites:
    """The routes over a store. A receipt is that of a request with an idempotency key."""

    def __init__(self, tables: Tables, checks: Checks) -> None:
        self._tables = tables
        self._checks = checks

    def create(self, schema: EntitySchema, request: Request, receipt: Receipt | None) -> Answer:
        """Store a record where none lives."""
        check_query(request.query, ())
        if Preconditions.parse(request.headers):
            raise MalformedRequestError("If-Match and If-None-Match are for single records: use PUT")
        personal = PersonalScope.of(schema, request)
        checked = valid(self._checks.upsert(schema, loads(request.body)))
        request.audit.about(schema, checked.key, schema.version_of(checked.record))

        def plan(stored: Stored | None) -> Planned:
            outcome = create_outcome(schema, checked.record, stored)
            answer = _created(personal, checked.key, checked.record, outcome)
            return Planned(answer, Upsert(checked.record) if outcome.writes else None)

        if receipt is not None:
            return self._carry_out(schema, checked.key, plan, request, receipt)
        outcome = self._tables.create(schema, checked.key, checked.record, request.provenance)
        return _created(personal, checked.key, checked.record, outcome)

    def replace(self, schema: EntitySchema, request: Request, receipt: Receipt | None) -> Answer:
        """Store a record, whether or not one lives under its key."""
        check_query(request.query, ())
        preconditions = _preconditions(schema, request)
        personal = PersonalScope.of(schema, request)
        given = loads(request.body)
        unsaid = personal.unsaid(given)
        try:
            checked = self._checks.upsert_at(schema, request, given)
        except InvalidRecordError as error:
            if all(item.rule == "required" and item.field in unsaid for item in error.violations):
                personal.check_kept(unsaid, self._tables.read(schema, request.key))
            raise
        request.audit.about(schema, checked.key, schema.version_of(checked.record))

        def plan(stored: Stored | None) -> Planned:
            preconditions.check(stored, personal.tag)
            return _upserted(personal, checked.key, checked.record, stored, unsaid)

        if preconditions or receipt is not None:
            return self._carry_out(schema, checked.key, plan, request, receipt)
        if unsaid:
            outcome = personal.upsert(self._tables, checked.key, checked.record, unsaid, request.provenance)
        else:
            outcome = self._tables.upsert(schema, checked.key, checked.record, request.provenance)
        return _replaced(personal, checked.key, checked.record, outcome)

    def patch(self, schema: EntitySchema, request: Request, receipt: Receipt | None) -> Answer:
        """Change fields of the record that lives under the key, which makes another version of it.

        A patch that came before, and is sent again, finds its changes in a newer version: it is answered with that.
        """
        check_query(request.query, ())
        check_key(schema, request)
        preconditions = _preconditions(schema, request)
        personal = PersonalScope.of(schema, request)
        document = known_changes(schema, loads(request.body))

        def plan(stored: Stored | None) -> Planned:
            live = _live(schema, request, stored)
            preconditions.check(live, personal.tag)
            merged = self._checks.upsert_at(schema, request, apply_merge_patch(schema, live.record, document)).record
            if holds_changes(schema, merged, live):
                return Planned(_written(personal, request.key, live.record, Outcome.UNCHANGED), None)
            return _upserted(personal, request.key, merged, live)

        return self._carry_out(schema, request.key, plan, request, receipt)

    def delete(self, schema: EntitySchema, request: Request, receipt: Receipt | None) -> Answer:
        """Leave a tombstone: of the version that the query names, or of that which is stored."""
        check_query(request.query, ("version",))
        preconditions = _preconditions(schema, request)
        if "version" in request.query:
            return self._delete_version(schema, request, preconditions, receipt)
        check_key(schema, request)
        personal = PersonalScope.of(schema, request)

        def plan(stored: Stored | None) -> Planned:
            live = _live(schema, request, stored)
            preconditions.check(live, personal.tag)
            return Planned(_DELETED, Deletion(live.identity, live.version))

        if preconditions or receipt is not None:
            return self._carry_out(schema, request.key, plan, request, receipt)
        version = self._tables.soft_delete_stored(schema, request.key, request.provenance)
        if version is None:
            raise _not_found(schema, request)
        request.audit.about(schema, request.key, version)
        return _DELETED

    def _delete_version(
        self, schema: EntitySchema, request: Request, preconditions: Preconditions, receipt: Receipt | None
    ) -> Answer:
        checked = self._checks.delete_at(schema, request)
        version = schema.version_of(checked.record)
        personal = PersonalScope.of(schema, request)
        request.audit.about(schema, checked.key, version)

        def plan(stored: Stored | None) -> Planned:
            preconditions.check(stored, personal.tag)
            outcome = delete_outcome(version, stored)
            answer = _deleted(schema, checked.key, outcome)
            identity = checked.record if stored is None else {**checked.record, **stored.identity}
            return Planned(answer, Deletion(identity, version) if outcome.writes else None)

        if preconditions or receipt is not None:
            return self._carry_out(schema, checked.key, plan, request, receipt)
        outcome = self._tables.soft_delete(schema, checked.key, checked.record, version, request.provenance)
        return _deleted(schema, checked.key, outcome)

    def _carry_out(
        self, schema: EntitySchema, key: str, plan: Plan, request: Request, receipt: Receipt | None
    ) -> Answer:
        """Plan from what is stored until nothing comes in between; the receipt is written with the record.

        A deletion that finds a tombstone which holds more than it should replaces that first, whatever it answers.
        """
        for _ in range(MAX_ATTEMPTS):
            stored = self._tables.read(schema, key)
            if request.action == DELETE and stored is not None and stored.deleted and not stored.is_bare:
                bare = Deletion(stored.identity, stored.version)
                self._tables.write_over(schema, key, stored, bare, request.provenance)
                continue
            planned = plan(stored)
            if planned.write is None:
                return planned.answer
            request.audit.about(schema, key, planned.version(schema))
            row = None if receipt is None else receipt.keeping(planned.answer)
            if self._tables.write_over(schema, key, stored, planned.write, request.provenance, row):
                if receipt is not None:
                    receipt.is_kept = True
                return planned.answer
        raise contended(schema, key)


def _preconditions(schema: EntitySchema, request: Request) -> Preconditions:
    preconditions = Preconditions.parse(request.headers)
    preconditions.require(schema)
    return preconditions


def _live(schema: EntitySchema, request: Request, stored: Stored | None) -> Stored:
    if stored is None or stored.deleted:
        raise _not_found(schema, request)
    return stored


def _not_found(schema: EntitySchema, request: Request) -> NotFoundError:
    return NotFoundError(f"there is no {schema.entity} {request.key!r}")


def _upserted(
    personal: PersonalScope, key: str, record: Record, stored: Stored | None, unsaid: Collection[str] = ()
) -> Planned:
    outcome = personal.outcome(record, unsaid, stored)
    return Planned(_replaced(personal, key, record, outcome), Upsert(record) if outcome.writes else None)


def _created(personal: PersonalScope, key: str, record: Record, outcome: Outcome) -> Answer:
    schema = personal.schema
    if outcome is Outcome.EXISTS:
        raise AlreadyExistsError(f"{schema.entity} {key!r} exists")
    if outcome is Outcome.STALE:
        raise StaleVersionError(f"{schema.entity} {key!r} was deleted by this version or a newer one")
    return _written(personal, key, record, outcome)


def _replaced(personal: PersonalScope, key: str, record: Record, outcome: Outcome) -> Answer:
    schema = personal.schema
    if outcome is Outcome.STALE:
        raise StaleVersionError(f"{schema.entity} {key!r} is stored or deleted in a newer version")
    if outcome is Outcome.VERSION_CONFLICT:
        raise VersionConflictError(f"another {schema.entity} {key!r} of this version is stored")
    if outcome is Outcome.PARTITION_DIFFERS:
        raise PartitionImmutableError(f"{schema.partition_field} of {schema.entity} {key!r} cannot change")
    return _written(personal, key, record, outcome)


def _deleted(schema: EntitySchema, key: str, outcome: Outcome) -> Answer:
    if outcome is Outcome.STALE:
        raise StaleVersionError(f"{schema.entity} {key!r} is stored in a newer version")
    return replace(_DELETED, outcome=outcome.value)


def _written(personal: PersonalScope, key: str, record: Record, outcome: Outcome) -> Answer:
    headers = {"etag": personal.tag(record)}
    if outcome is not Outcome.CREATED:
        return Answer(HTTPStatus.OK, record, headers, shows_record=True, outcome=outcome.value)
    location = f"/v1/{personal.schema.entity}/{quote(key, safe='')}"
    headers = {"location": location, **headers}
    return Answer(HTTPStatus.CREATED, record, headers, shows_record=True, outcome=outcome.value)
