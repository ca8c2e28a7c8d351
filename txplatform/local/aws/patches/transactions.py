"""moto copies whole tables for a DynamoDB transaction, ignores its ClientRequestToken, and reads 25 items at most.

Here every condition is checked first, then the items alone are written, all or none. An update that makes an item AWS
does not take cancels its transaction, since only there it shows.
"""

import json
import time
from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodb import responses
from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.exceptions import (
    ConditionalCheckFailed,
    DynamodbException,
    MockValidationException,
    MultipleTransactionsException,
    TransactionCanceledException,
    TransactWriteSingleOpException,
)
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.responses import DynamoHandler

from txplatform.local.aws.patches.item_writes import Place, together

MAXIMUM_ITEMS = 100
TOKEN_LIFE_S = 600

_Reason = tuple[str | None, str | None, dict[str, Any] | None]


class IdempotentParameterMismatchError(DynamodbException):
    """The token of a transaction came again with other items."""

    def __init__(self) -> None:
        super().__init__("com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException", "Parameters changed")


def _place(backend: DynamoDBBackend, kind: str, operation: dict[str, Any]) -> Place:
    return Place(backend.get_table(operation["TableName"]), operation["Item" if kind == "Put" else "Key"])


def _reason(place: Place, operation: dict[str, Any]) -> _Reason:
    condition = get_filter_expression(
        operation.get("ConditionExpression"),
        operation.get("ExpressionAttributeNames"),
        operation.get("ExpressionAttributeValues"),
    )
    item = place.item()
    if condition.expr(item):
        return (None, None, None)
    shown = None
    if item is not None and operation.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD":
        shown = item.to_json()["Attributes"]
    return ("ConditionalCheckFailed", ConditionalCheckFailed().message, shown)


def _write(backend: DynamoDBBackend, kind: str, operation: dict[str, Any]) -> None:
    name = operation["TableName"]
    names, values = operation.get("ExpressionAttributeNames"), operation.get("ExpressionAttributeValues")
    if kind == "Put":
        backend.put_item(name, operation["Item"])
    elif kind == "Delete":
        backend.delete_item(name, operation["Key"])
    elif kind == "Update":
        backend.update_item(name, operation["Key"], operation["UpdateExpression"], names or {}, values or {})


def transact_write_items(backend: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    """Check all conditions, then write all items together."""
    if len(transact_items) > MAXIMUM_ITEMS:
        raise MockValidationException(
            "1 validation error detected: Value at 'TransactItems' failed to satisfy constraint: "
            f"Member must have length less than or equal to {MAXIMUM_ITEMS}"
        )
    if any(len(item) > 1 for item in transact_items):
        raise TransactWriteSingleOpException
    operations = [next(iter(item.items())) for item in transact_items]
    places = [_place(backend, kind, operation) for kind, operation in operations]
    if len({(place.table.name, place.hash_key, place.range_key) for place in places}) < len(places):
        raise MultipleTransactionsException
    reasons = [_reason(place, operation) for place, (_, operation) in zip(places, operations, strict=True)]
    if any(code for code, _, _ in reasons):
        raise TransactionCanceledException(reasons)
    with together(places):
        for position, (kind, operation) in enumerate(operations):
            try:
                _write(backend, kind, operation)
            except MockValidationException as error:
                reasons[position] = ("ValidationError", error.message, None)
                raise TransactionCanceledException(reasons) from error


def apply() -> None:
    transact = DynamoHandler.transact_write_items
    seen: dict[str, tuple[float, str]] = {}

    def once(handler: DynamoHandler) -> ActionResult:
        token = handler.body.get("ClientRequestToken")
        if token is None:
            return transact(handler)
        now = time.monotonic()
        for old in [known for known, (at, _) in seen.items() if now - at > TOKEN_LIFE_S]:
            del seen[old]
        items = json.dumps(handler.body["TransactItems"], sort_keys=True, default=str)
        if token in seen:
            if seen[token][1] != items:
                raise IdempotentParameterMismatchError
            return ActionResult({"ConsumedCapacity": [], "ItemCollectionMetrics": {}})
        result = transact(handler)
        seen[token] = (now, items)
        return result

    responses.TRANSACTION_MAX_ITEMS = MAXIMUM_ITEMS
    DynamoDBBackend.transact_write_items = transact_write_items  # type: ignore[method-assign]
    DynamoHandler.transact_write_items = once  # type: ignore[method-assign]
