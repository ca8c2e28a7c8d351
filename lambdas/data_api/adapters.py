"""The entity tables: every write is one conditional call, so that no order and no repetition loses the newest version.

The greatest version wins, and of a deletion and an upsert of one version the deletion. Of two different upserts of one
version the first is stored, and the other is answered with a conflict: only their source knows which of them is right.
An item holds the correlation id of the write that left it; it is no part of the record, and no condition reads it.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from lambdas.data_api.core import Outcome, Stored, why_not_written
from lambdas.shared.aws import AWS_ERRORS, error_code, refused_item
from lambdas.shared.errors import StoreUnavailableError
from lambdas.shared.items import (
    DELETED,
    EXPIRES_AT,
    KEY,
    TRACE_ID,
    VERSION,
    WRITTEN_AT,
    Attributes,
    decode_record,
    encode_record,
    encode_value,
    is_tombstone,
    unknown_attributes,
)
from lambdas.shared.schema import EntitySchema, Record
from lambdas.shared.settings import for_entity
from lambdas.shared.timestamps import timestamp_text

_IF_NEWER = (
    "attribute_not_exists(#pk) OR (#version < :version AND (#partition = :partition OR attribute_exists(#deleted)))"
)
_IF_NONE_LIVES = "attribute_not_exists(#pk) OR (attribute_exists(#deleted) AND #version < :version)"
# At equal versions a deletion outranks an upsert, so that their order does not matter.
_IF_NOT_NEWER = (
    "attribute_not_exists(#pk) OR #version < :version OR (#version = :version AND attribute_not_exists(#deleted))"
)
_IF_LIVE = "attribute_exists(#pk) AND attribute_not_exists(#deleted)"
_NAMES = {"#pk": KEY, "#version": VERSION, "#deleted": DELETED}
_PLACEHOLDER = re.compile(r"[#:]\w+")


class _RefusedError(Exception):
    """A condition failed because of `item`."""

    def __init__(self, item: Attributes) -> None:
        self.item = item


def _now() -> datetime:
    return datetime.now(UTC)


class EntityTables:
    """Reads and writes the items of every entity. Raises StoreUnavailableError when DynamoDB does not answer."""

    def __init__(self, dynamodb: Any, table: str, tombstone_days: int, now: Callable[[], datetime] = _now) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._tombstone_life = timedelta(days=tombstone_days)
        self._now = now

    def read(self, schema: EntitySchema, key: str) -> Stored | None:
        """The item under a key, a tombstone too; strongly consistent."""
        answer = self._call("get_item", schema, Key={KEY: {"S": key}}, ConsistentRead=True)
        return _stored(schema, answer["Item"]) if "Item" in answer else None

    def upsert(self, schema: EntitySchema, key: str, record: Record, trace_id: str) -> Outcome:
        """Write a record unless something as new or newer, or in another partition, is stored."""
        written, old = self._put(schema, key, record, trace_id, _IF_NEWER)
        if written:
            return Outcome.REPLACED if old and not is_tombstone(old) else Outcome.CREATED
        return why_not_written(schema, record, _stored(schema, old))

    def create(self, schema: EntitySchema, key: str, record: Record, trace_id: str) -> Outcome:
        """Write a record where none lives, or the same one does; a tombstone as new or newer keeps it out."""
        written, old = self._put(schema, key, record, trace_id, _IF_NONE_LIVES)
        if written:
            return Outcome.CREATED
        if is_tombstone(old):
            return Outcome.STALE
        return Outcome.UNCHANGED if _stored(schema, old).record == record else Outcome.EXISTS

    def soft_delete(self, schema: EntitySchema, key: str, record: Record, version: str, trace_id: str) -> Outcome:
        """Leave a tombstone of that version, also where nothing is stored, unless something newer is.

        `record` holds the key and, where known, the partition field.
        """
        deleted, old = self._soft_delete(schema, key, record, trace_id, _IF_NOT_NEWER, version)
        if deleted or is_tombstone(old):
            self._clear(schema, key, unknown_attributes(schema, old))
        if deleted:
            return Outcome.DELETED
        return Outcome.UNCHANGED if is_tombstone(old) else Outcome.STALE

    def soft_delete_stored(self, schema: EntitySchema, key: str, trace_id: str) -> Outcome | None:
        """Turn the live record into a tombstone of its own version; None when none lives."""
        deleted, old = self._soft_delete(schema, key, {}, trace_id, _IF_LIVE, None)
        if deleted or is_tombstone(old):
            self._clear(schema, key, unknown_attributes(schema, old))
        return Outcome.DELETED if deleted else None

    def _put(
        self, schema: EntitySchema, key: str, record: Record, trace_id: str, condition: str
    ) -> tuple[bool, Attributes]:
        version = {"S": schema.version_of(record)}
        business = encode_record(schema, record)
        system = {
            KEY: {"S": key},
            VERSION: version,
            WRITTEN_AT: {"S": timestamp_text(self._now())},
            TRACE_ID: {"S": trace_id},
        }
        return self._conditionally(
            "put_item",
            schema,
            {"ConditionExpression": condition},
            _NAMES | {"#partition": schema.partition_field},
            {":version": version, ":partition": business[schema.partition_field]},
            Item=system | business,
        )

    def _soft_delete(
        self, schema: EntitySchema, key: str, record: Record, trace_id: str, condition: str, version: str | None
    ) -> tuple[bool, Attributes]:
        now = self._now()
        names = _NAMES | {"#expires_at": EXPIRES_AT, "#written_at": WRITTEN_AT, "#trace_id": TRACE_ID}
        sets = [
            "#deleted = :true",
            "#expires_at = :expires_at",
            "#written_at = :written_at",
            "#trace_id = :trace_id",
        ]
        values: dict[str, Any] = {
            ":true": {"BOOL": True},
            ":expires_at": {"N": str(int((now + self._tombstone_life).timestamp()))},
            ":written_at": {"S": timestamp_text(now)},
            ":trace_id": {"S": trace_id},
        }
        if version is not None:
            sets.append("#version = :version")
            values[":version"] = {"S": version}
        removes: list[str] = []
        for index, (name, rule) in enumerate(schema.fields.items()):
            names[f"#f{index}"] = name
            if name not in schema.key and name != schema.partition_field:
                removes.append(f"#f{index}")
            elif name in record:
                sets.append(f"#f{index} = if_not_exists(#f{index}, :f{index})")
                values[f":f{index}"] = encode_value(rule, record[name])
        update = f"SET {', '.join(sets)}" + (f" REMOVE {', '.join(removes)}" if removes else "")
        expressions = {"UpdateExpression": update, "ConditionExpression": condition}
        return self._conditionally("update_item", schema, expressions, names, values, Key={KEY: {"S": key}})

    def _clear(self, schema: EntitySchema, key: str, attributes: Sequence[str]) -> None:
        """Take from a tombstone what another contract had written, so that nothing personal outlives the record.

        It follows the deletion, and the repetition of a deletion that was interrupted before it.
        """
        if not attributes:
            return
        names = {f"#f{index}": name for index, name in enumerate(attributes)}
        expressions = {
            "UpdateExpression": f"REMOVE {', '.join(names)}",
            "ConditionExpression": "attribute_exists(#deleted)",
        }
        self._conditionally("update_item", schema, expressions, _NAMES | names, {}, Key={KEY: {"S": key}})

    def _conditionally(
        self,
        operation: str,
        schema: EntitySchema,
        expressions: dict[str, str],
        names: dict[str, str],
        values: dict[str, Any],
        **arguments: Any,
    ) -> tuple[bool, Attributes]:
        """Whether the write was taken, and the item that was there before or stood in its way."""
        used = set(_PLACEHOLDER.findall(" ".join(expressions.values())))  # DynamoDB refuses what is declared in vain
        filled = {name: value for name, value in values.items() if name in used}
        if filled:
            arguments["ExpressionAttributeValues"] = filled
        try:
            answer = self._call(
                operation,
                schema,
                **arguments,
                **expressions,
                ExpressionAttributeNames={name: text for name, text in names.items() if name in used},
                ReturnValues="ALL_OLD",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except _RefusedError as refused:
            return False, refused.item
        return True, answer.get("Attributes", {})

    def _call(self, operation: str, schema: EntitySchema, **arguments: Any) -> dict[str, Any]:
        table = for_entity(self._table, schema.entity)
        try:
            return getattr(self._dynamodb, operation)(TableName=table, **arguments)
        except AWS_ERRORS as error:
            item = refused_item(error)
            if item is not None:
                raise _RefusedError(item) from error
            raise StoreUnavailableError(f"table {table}: {error_code(error)}") from error


def _stored(schema: EntitySchema, item: Attributes) -> Stored:
    return Stored(decode_record(schema, item), item[VERSION]["S"], is_tombstone(item))
