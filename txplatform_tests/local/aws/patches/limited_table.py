"""A table to find DynamoDB's limits on: requests to it, and what is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

TABLE = "limits"
KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}
V = {":v": {"S": "x"}}

Request = tuple[str, dict[str, Any]]
Call = Callable[..., Any]


def put(item: dict[str, Any], **options: Any) -> Request:
    return "put_item", {"TableName": TABLE, "Item": item, **options}


def update(expression: str, values: dict[str, Any] | None = None, **options: Any) -> Request:
    given = {"ExpressionAttributeValues": values} if values else {}
    return "update_item", {"TableName": TABLE, "Key": KEY, "UpdateExpression": expression, **given, **options}


def query(condition: str, values: dict[str, Any], **options: Any) -> Request:
    return "query", {
        "TableName": TABLE,
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": values,
        **options,
    }


def transact(*members: dict[str, Any]) -> Request:
    return "transact_write_items", {"TransactItems": list(members)}


def refused(call: Callable[..., Any], request: Request) -> str:
    with pytest.raises(ClientError) as caught:
        call(*request)
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    return caught.value.response["Error"]["Message"]
