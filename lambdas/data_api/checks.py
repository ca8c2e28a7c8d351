"""Validates what requests bring: records by their contract, their key by the path, their version by the clock."""

from collections.abc import Callable
from datetime import UTC, datetime

from lambdas.data_api.core import Request
from lambdas.data_api.errors import NotFoundError
from lambdas.data_api.future import check_future
from lambdas.data_api.url_values import typed
from lambdas.shared.errors import InvalidRecordError, Violation
from lambdas.shared.logging import logger
from lambdas.shared.record_key import MAX_BYTES, key_values
from lambdas.shared.schema import EntitySchema
from lambdas.shared.validation import Checked, check_delete, check_patch, check_upsert

log = logger("data_api")


def utc_now() -> datetime:
    return datetime.now(UTC)


class Checks:
    """The checks at the time that `now` tells."""

    def __init__(self, now: Callable[[], datetime] = utc_now) -> None:
        self._now = now

    def upsert(self, schema: EntitySchema, record: object) -> Checked:
        """Validate a whole record."""
        return check_future(schema, _counted(schema, check_upsert(schema, record)), self._now())

    def delete(self, schema: EntitySchema, record: object) -> Checked:
        """Validate the key, version and partition field of a deletion."""
        return check_future(schema, check_delete(schema, record), self._now())

    def patch(self, schema: EntitySchema, record: object) -> Checked:
        """Validate a partial update: the key, the version, and the fields that it changes or removes."""
        return check_future(schema, _counted(schema, check_patch(schema, record)), self._now())

    def upsert_at(self, schema: EntitySchema, request: Request, record: object) -> Checked:
        """A valid record under the key of the path; raise InvalidRecordError."""
        return valid(_at_path(schema, request, self.upsert(schema, record)))

    def delete_at(self, schema: EntitySchema, request: Request) -> Checked:
        """A valid deletion of the version in the query, under the key of the path; raise InvalidRecordError."""
        identity = {
            **dict(zip(schema.key, key_values(request.key), strict=False)),
            schema.version_field: request.query["version"],
        }
        record = {name: typed(schema.fields[name], text) for name, text in identity.items()}
        return valid(_at_path(schema, request, self.delete(schema, record)))


def _counted(schema: EntitySchema, checked: Checked) -> Checked:
    """The same; the log says how many names were ignored, and which deprecated fields came."""
    if checked.ignored:
        log.info("unknown fields ignored", extra={"entity": schema.entity, "count": checked.ignored})
    if deprecated := sorted(schema.deprecated & checked.record.keys()):
        log.info("deprecated fields given", extra={"entity": schema.entity, "fields": deprecated})
    return checked


def valid(checked: Checked) -> Checked:
    """The same; raise InvalidRecordError where it violates anything."""
    if checked.violations:
        raise InvalidRecordError(checked.violations)
    return checked


def check_key(schema: EntitySchema, request: Request) -> None:
    """Raise NotFoundError for a key under which nothing can be: DynamoDB would refuse to look."""
    if not 0 < len(request.key.encode()) <= MAX_BYTES:
        raise NotFoundError(f"a key of {schema.entity} has from 1 to {MAX_BYTES} bytes")


def _at_path(schema: EntitySchema, request: Request, checked: Checked) -> Checked:
    """The same, with a violation more where the record's key is not the one that the path names."""
    if not checked.key or checked.key == request.key:
        return checked
    differs = Violation(schema.key[0], "key_differs", "the record's key must be that of the path")
    return checked._replace(violations=(*checked.violations, differs))
