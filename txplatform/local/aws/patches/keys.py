"""moto checks the key of a DynamoDB item when it is put, and hardly when it is read, updated, deleted or queried.

AWS refuses a key that does not fit the table's schema, that is empty, or above 2,048 bytes (partition) or 1,024 (sort).
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-partition-sort-keys
"""

from collections.abc import Iterator
from typing import Any

from moto.dynamodb.exceptions import (
    HashKeyTooLong,
    KeyIsEmptyStringException,
    MockValidationException,
    ProvidedKeyDoesNotExist,
    RangeKeyTooLong,
)
from moto.dynamodb.limits import HASH_KEY_MAX_LENGTH, RANGE_KEY_MAX_LENGTH
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from moto.dynamodb.models.utilities import bytesize
from moto.dynamodb.responses import DynamoHandler

_Key = dict[str, dict[str, Any]]

_SINGLE = ("get_item", "update_item", "delete_item")
_SEVERAL = ("batch_get_item", "batch_write_item", "transact_get_items", "transact_write_items")


def _schema(table: Table) -> dict[str, tuple[str, bool]]:
    """Return each key attribute's type, and whether it is the sort key."""
    schema = {table.hash_key_attr: (table.hash_key_type, False)}
    if table.range_key_attr is not None:
        schema[table.range_key_attr] = (str(table.range_key_type), True)
    return schema


def check_size(kind: str, value: Any, *, sort: bool) -> None:
    """Raise for a text or bytes that no key can be; numbers are never too long."""
    if kind == "N":
        return
    if sort and bytesize(value) > RANGE_KEY_MAX_LENGTH:
        raise RangeKeyTooLong
    if not sort and bytesize(value) > HASH_KEY_MAX_LENGTH:
        raise HashKeyTooLong


def _check(table: Table, key: _Key) -> None:
    schema = _schema(table)
    if key.keys() != schema.keys():
        raise ProvidedKeyDoesNotExist
    for name, (expected, sort) in schema.items():
        ((kind, value),) = key[name].items()
        if kind != expected:
            raise ProvidedKeyDoesNotExist
        if kind == "S" and value == "":
            raise KeyIsEmptyStringException(name)
        if kind == "B" and not value:
            empty = "The AttributeValue for a key attribute cannot contain an empty binary value."
            raise MockValidationException(f"One or more parameter values are not valid. {empty} Key: {name}")
        check_size(kind, value, sort=sort)


def _keys(operation: str, body: dict[str, Any]) -> Iterator[tuple[str, _Key]]:
    """Give the keys that a request names, each with its table."""
    if operation in _SINGLE:
        yield body["TableName"], body["Key"]
    elif operation == "batch_get_item":
        for name, asked in body["RequestItems"].items():
            yield from ((name, key) for key in asked["Keys"])
    elif operation == "batch_write_item":
        for name, requests in body["RequestItems"].items():
            yield from ((name, request["DeleteRequest"]["Key"]) for request in requests if "DeleteRequest" in request)
    else:
        for member in body["TransactItems"]:
            yield from ((given["TableName"], given["Key"]) for given in member.values() if "Key" in given)


def _check_keys(operation: str) -> None:
    answer = getattr(DynamoHandler, operation)

    def checked(handler: DynamoHandler) -> Any:
        backend = handler.dynamodb_backend
        for table, key in _keys(operation, handler.body):
            _check(backend.get_table(table), key)
        return answer(handler)

    setattr(DynamoHandler, operation, checked)


def _check_queries() -> None:
    query = Table.query

    def checked(
        table: Table, hash_key: DynamoType | None, comparison: Any, ranges: list[DynamoType], *rest: Any, **named: Any
    ) -> Any:
        if hash_key is not None:
            check_size(hash_key.type, hash_key.value, sort=False)
        for value in ranges:
            check_size(value.type, value.value, sort=True)
        return query(table, hash_key, comparison, ranges, *rest, **named)

    Table.query = checked  # type: ignore[method-assign]


def apply() -> None:
    for operation in (*_SINGLE, *_SEVERAL):
        _check_keys(operation)
    _check_queries()
