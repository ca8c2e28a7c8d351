"""The ledger as `landing` writes it."""

from collections.abc import Mapping
from typing import Any

from lambdas.shared.aws import AWS_ERRORS, error_code, refused_item
from lambdas.shared.errors import StoreUnavailableError


class LedgerTable:
    """One row an object version, written once: a repeated notification changes nothing, whatever became of the row."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def add(self, item: Mapping[str, Any]) -> bool:
        """Write a row and say whether it is new; raise StoreUnavailableError."""
        try:
            self._dynamodb.put_item(TableName=self._table, Item=item, ConditionExpression="attribute_not_exists(pk)")
        except AWS_ERRORS as error:
            if refused_item(error) is not None:
                return False
            raise StoreUnavailableError(f"table {self._table}: {error_code(error)}") from error
        return True
