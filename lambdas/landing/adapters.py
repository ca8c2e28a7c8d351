"""The ledger as `landing` writes it."""

from collections.abc import Mapping
from typing import Any

from lambdas.landing.core import NO_VERSION, second_of
from lambdas.shared.aws import AWS_ERRORS, error_code, refused_item
from lambdas.shared.errors import StoreUnavailableError


class LedgerTable:
    """One row an object version, written once: a repeated notification changes nothing, whatever became of the row.

    Where the bucket keeps no versions there is one row for each content of a key. It is pending again when that content
    lands again, in a later second: another content may have been there between, and a listing gives no more than
    seconds.
    """

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def add(self, item: Mapping[str, Any]) -> bool:
        """Write a row and say whether it is new; raise StoreUnavailableError."""
        asked: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if item["version_id"]["S"] == NO_VERSION:
            asked["ConditionExpression"] += " OR landed_at < :second"
            asked["ExpressionAttributeValues"] = {":second": {"S": second_of(item["landed_at"]["S"])}}
        try:
            self._dynamodb.put_item(TableName=self._table, Item=item, **asked)
        except AWS_ERRORS as error:
            if refused_item(error) is not None:
                return False
            raise StoreUnavailableError(f"table {self._table}: {error_code(error)}") from error
        return True
