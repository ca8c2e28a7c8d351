"""The entity tables: every write is one conditional call, so that no order and no repetition loses the newest version.

The conditions say what `outcomes` says. An item says who wrote it in which call; that is no part of the record, and no
version depends on it.
"""

import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from lambdas.data_api.idempotency import AnsweredMeanwhileError
from lambdas.data_api.outcomes import Outcome, create_outcome, delete_outcome, upsert_outcome
from lambdas.data_api.store_errors import translated
from lambdas.data_api.stored import MAX_ATTEMPTS, Deletion, Stored, Upsert, Write, contended
from lambdas.shared.aws import AWS_ERRORS, Fault, cancellation, fault_of, refused_item
from lambdas.shared.items import (
    DELETED,
    EXPIRES_AT,
    KEY,
    VERSION,
    WRITTEN_AT,
    Attributes,
    encode_record,
    is_tombstone,
)
from lambdas.shared.provenance import Provenance
from lambdas.shared.schema import EntitySchema, Record
from lambdas.shared.settings import for_entity
from lambdas.shared.timestamps import timestamp_text

_PAUSES = (0.02, 0.05, 0.1, 0.2)  # seconds, before a call again that met a transaction

_IF_NEWER = (
    "attribute_not_exists(#pk) OR (#version < :version AND (#partition = :partition OR attribute_exists(#deleted)))"
)
_IF_NONE_LIVES = "attribute_not_exists(#pk) OR (attribute_exists(#deleted) AND #version < :version)"
# At equal versions a deletion outranks an upsert, so that their order does not matter.
_NOT_NEWER = "(#version < :version OR (#version = :version AND attribute_not_exists(#deleted)))"
_IF_DELETABLE_THERE = f"attribute_not_exists(#pk) OR ({_NOT_NEWER} AND #partition = :partition)"
_IF_DELETABLE_NOWHERE = f"attribute_not_exists(#pk) OR ({_NOT_NEWER} AND attribute_not_exists(#partition))"
_NAMES = {"#pk": KEY, "#version": VERSION, "#deleted": DELETED}
_PLACEHOLDER = re.compile(r"[#:]\w+")


class _RefusedError(Exception):
    """A condition failed because of `item`."""

    def __init__(self, item: Attributes) -> None:
        self.item = item


def _now() -> datetime:
    return datetime.now(UTC)


class EntityTables:
    """Reads and writes the items of every entity.

    Raises StoreUnavailableError when DynamoDB does not answer, ItemTooLargeError and StoreRefusedError when it never
    will, StoreContendedError when others write the same item without end.
    """

    def __init__(self, dynamodb: Any, table: str, tombstone_days: int, now: Callable[[], datetime] = _now) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._tombstone_life = timedelta(days=tombstone_days)
        self._now = now

    def read(self, schema: EntitySchema, key: str) -> Stored | None:
        """The item under a key, a tombstone too; strongly consistent."""
        answer = self._call("get_item", schema, Key={KEY: {"S": key}}, ConsistentRead=True)
        return Stored(schema, answer["Item"]) if "Item" in answer else None

    def upsert(self, schema: EntitySchema, key: str, record: Record, provenance: Provenance) -> Outcome:
        """Write a record unless something as new or newer, or in another partition, is stored.

        The condition of the one call knows versions alone. What it refuses is decided from the item in the way: of two
        records of one version, the contract's tie-breakers may rank this one higher.
        """
        upsert = Upsert(record)
        written, old = self._put(schema, self._item(schema, key, upsert, provenance), _IF_NEWER)
        if written:
            return Outcome.REPLACED if old and not is_tombstone(old) else Outcome.CREATED
        stored: Stored | None = Stored(schema, old)
        for _ in range(MAX_ATTEMPTS):
            outcome = upsert_outcome(schema, record, stored)
            if not outcome.writes or self.write_over(schema, key, stored, upsert, provenance):
                return outcome
            stored = self.read(schema, key)
        raise contended(schema, key)

    def create(self, schema: EntitySchema, key: str, record: Record, provenance: Provenance) -> Outcome:
        """Write a record where none lives, or the same one does; a tombstone as new or newer keeps it out."""
        written, old = self._put(schema, self._item(schema, key, Upsert(record), provenance), _IF_NONE_LIVES)
        return Outcome.CREATED if written else create_outcome(schema, record, Stored(schema, old))

    def soft_delete(
        self, schema: EntitySchema, key: str, record: Record, version: str, provenance: Provenance
    ) -> Outcome:
        """Leave a tombstone of that version, also where nothing is stored, unless something newer is.

        `record` holds the key and, where known, the partition field; what is stored in another partition leaves its
        tombstone there. A tombstone that holds more than it should is replaced, whatever its version.
        """
        condition = _IF_DELETABLE_THERE if schema.partition_field in record else _IF_DELETABLE_NOWHERE
        written, old = self._put(schema, self._item(schema, key, Deletion(record, version), provenance), condition)
        if written:
            return Outcome.DELETED
        stored: Stored | None = Stored(schema, old)
        for _ in range(MAX_ATTEMPTS):
            outcome = delete_outcome(version, stored)
            if stored is None:
                deletion = Deletion(record, version)
            elif outcome.writes or (stored.deleted and not stored.is_bare):
                deletion = Deletion({**record, **stored.identity}, version if outcome.writes else stored.version)
            else:
                return outcome
            if self.write_over(schema, key, stored, deletion, provenance):
                return outcome
            stored = self.read(schema, key)
        raise contended(schema, key)

    def soft_delete_stored(self, schema: EntitySchema, key: str, provenance: Provenance) -> str | None:
        """Turn the live record into a tombstone of its own version, and return that; None when none lives."""
        for _ in range(MAX_ATTEMPTS):
            stored = self.read(schema, key)
            if stored is None or (stored.deleted and stored.is_bare):
                return None
            if self.write_over(schema, key, stored, Deletion(stored.identity, stored.version), provenance):
                return None if stored.deleted else stored.version
        raise contended(schema, key)

    def write_over(
        self,
        schema: EntitySchema,
        key: str,
        stored: Stored | None,
        write: Write,
        provenance: Provenance,
        receipt: Mapping[str, Any] | None = None,
    ) -> bool:
        """Write if the item is still the one that was read, or still absent; False when it is another by now.

        A receipt is a put of another table that happens with the write or not at all; raise AnsweredMeanwhileError
        where its own condition fails.
        """
        item = self._item(schema, key, write, provenance)
        condition, names, values = _still(stored)
        if receipt is not None:
            return self._transact(schema, item, _expressions(condition, names, values), receipt)
        written, old = self._put(schema, item, condition, names, values)
        return written or _is_written(schema, item, old)

    def _item(self, schema: EntitySchema, key: str, write: Write, provenance: Provenance) -> dict[str, Any]:
        now = self._now()
        system: dict[str, Any] = {
            KEY: {"S": key},
            WRITTEN_AT: {"S": timestamp_text(now)},
            **provenance.attributes(),
        }
        if isinstance(write, Upsert):
            return {**system, VERSION: {"S": schema.version_of(write.record)}, **encode_record(schema, write.record)}
        identity = {name: write.identity[name] for name in schema.identity if name in write.identity}
        return {
            **system,
            VERSION: {"S": write.version},
            DELETED: {"BOOL": True},
            EXPIRES_AT: {"N": str(int((now + self._tombstone_life).timestamp()))},
            **encode_record(schema, identity),
        }

    def _put(
        self,
        schema: EntitySchema,
        item: Attributes,
        condition: str,
        names: dict[str, str] | None = None,
        values: dict[str, Any] | None = None,
    ) -> tuple[bool, Attributes]:
        """Whether the write was taken, and the item that was there before or stood in its way."""
        if names is None or values is None:
            names = {**_NAMES, "#partition": schema.partition_field}
            values = {":version": item[VERSION], ":partition": item.get(schema.partition_field)}
        try:
            answer = self._call(
                "put_item",
                schema,
                Item=item,
                ReturnValues="ALL_OLD",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **_expressions(condition, names, values),
            )
        except _RefusedError as refused:
            return False, refused.item
        return True, answer.get("Attributes", {})

    def _transact(
        self, schema: EntitySchema, item: Attributes, expressions: dict[str, Any], receipt: Mapping[str, Any]
    ) -> bool:
        table = for_entity(self._table, schema.entity)
        put = {"TableName": table, "Item": item, **expressions}
        try:
            self._dynamodb.transact_write_items(TransactItems=[{"Put": put}, {"Put": dict(receipt)}])
        except AWS_ERRORS as error:
            (ours, _), (other, row) = cancellation(error) or [(None, {}), (None, {})]
            if other is Fault.CONDITION:
                raise AnsweredMeanwhileError(row) from error
            if Fault.CONDITION in (ours, other) or Fault.CONFLICT in (ours, other):
                return False
            raise translated(table, error, ours) from error
        return True

    def _call(self, operation: str, schema: EntitySchema, **arguments: Any) -> dict[str, Any]:
        table = for_entity(self._table, schema.entity)
        for pause in (*_PAUSES, None):
            try:
                return getattr(self._dynamodb, operation)(TableName=table, **arguments)
            except AWS_ERRORS as error:
                item = refused_item(error)
                if item is not None:
                    raise _RefusedError(item) from error
                if pause is None or fault_of(error) is not Fault.CONFLICT:
                    raise translated(table, error) from error
                time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")


def _is_written(schema: EntitySchema, item: Attributes, old: Attributes) -> bool:
    """Whether the item in the way is what was to be written: so the client's retry finds it after a lost answer."""
    ours, found = Stored(schema, item), Stored(schema, old)
    return ours.marks == found.marks and ours.record == found.record


def _still(stored: Stored | None) -> tuple[str, dict[str, str], dict[str, Any]]:
    """The condition that an item is the one that was read, with its names and values."""
    if stored is None:
        return "attribute_not_exists(#pk)", _NAMES, {}
    parts = ["attribute_exists(#pk)"]
    names = {"#pk": KEY}
    values: dict[str, Any] = {}
    marks = stored.marks
    for name in stored.marked:
        names[f"#{name}"] = name
        if name in marks:
            parts.append(f"#{name} = :{name}")
            values[f":{name}"] = marks[name]
        else:
            parts.append(f"attribute_not_exists(#{name})")
    return " AND ".join(parts), names, values


def _expressions(condition: str, names: dict[str, str], values: dict[str, Any]) -> dict[str, Any]:
    """The condition with what it uses of names and values: DynamoDB refuses what is declared in vain."""
    used = set(_PLACEHOLDER.findall(condition))
    filled = {name: value for name, value in values.items() if name in used}
    return {
        "ConditionExpression": condition,
        "ExpressionAttributeNames": {name: text for name, text in names.items() if name in used},
        **({"ExpressionAttributeValues": filled} if filled else {}),
    }
