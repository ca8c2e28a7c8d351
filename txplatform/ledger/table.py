"""Reading and writing rows of the ledger table. What a row means is known by the modules beside this one."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, Any

from txplatform.clock import timestamp_text
from txplatform.contracts import names
from txplatform.ledger.rows import Attributes, LandedObject, item_key

if TYPE_CHECKING:
    from txplatform.aws import AwsClients

_READ_PAGE, _WRITE_PAGE = 100, 25  # limits of BatchGetItem and BatchWriteItem
_PARALLEL = 8


class LedgerTable:
    """The DynamoDB table. Each part of the ledger is one of these with operations of its own."""

    def __init__(self, clients: "AwsClients") -> None:
        self._dynamodb: Any = clients.client("dynamodb")

    def _row(self, key: Attributes) -> Attributes:
        """One row as it is now, empty if it does not exist."""
        answer = self._dynamodb.get_item(TableName=names.LEDGER_TABLE, Key=key, ConsistentRead=True)
        return answer.get("Item", {})

    def _rows(self, partition_key: str, sort_keys: Sequence[str]) -> list[Attributes]:
        """The rows under these sort keys as they are now; those that do not exist are left out."""
        found: list[Attributes] = []
        for start in range(0, len(sort_keys), _READ_PAGE):
            keys = [{"pk": {"S": partition_key}, "sk": {"S": key}} for key in sort_keys[start : start + _READ_PAGE]]
            requests: Mapping[str, Any] = {names.LEDGER_TABLE: {"Keys": keys, "ConsistentRead": True}}
            while requests:
                answer = self._dynamodb.batch_get_item(RequestItems=requests)
                found += answer["Responses"].get(names.LEDGER_TABLE, [])
                requests = answer.get("UnprocessedKeys", {})
        return found

    def _rows_below(self, partition_key: str, prefix: str, *attributes: str) -> Iterable[Attributes]:
        """The rows whose sort key begins with the prefix, in its order; of each only these attributes, if any."""
        return self._rows_where(partition_key, "begins_with(sk, :prefix)", {":prefix": {"S": prefix}}, *attributes)

    def _rows_where(
        self, partition_key: str, condition: str, values: Attributes, *attributes: str, page_size: int | None = None
    ) -> Iterable[Attributes]:
        """The rows of a partition whose sort key meets a condition, in its order, read page by page.

        Of each it reads only these attributes, if any.
        """
        projection = {"ProjectionExpression": ", ".join(attributes)} if attributes else {}
        pages = self._dynamodb.get_paginator("query")
        for page in pages.paginate(
            TableName=names.LEDGER_TABLE,
            KeyConditionExpression=f"pk = :partition AND {condition}",
            ExpressionAttributeValues={":partition": {"S": partition_key}, **values},
            PaginationConfig={"PageSize": page_size},
            **projection,
        ):
            yield from page["Items"]

    def _rows_pending(
        self, partition_key: str, page_size: int | None = None, *, due_by: datetime | None = None
    ) -> Iterable[Attributes]:
        """Pending rows of a partition by their landing time, read page by page as they are asked for.

        With `due_by` DynamoDB leaves out those that back off for longer. The index that finds the rows may lag behind
        the table.
        """
        values: Attributes = {":partition": {"S": partition_key}}
        due: dict[str, str] = {}
        if due_by is not None:
            values[":now"] = {"S": timestamp_text(due_by)}
            due["FilterExpression"] = "attribute_not_exists(retry_at) OR retry_at <= :now"
        pages = self._dynamodb.get_paginator("query")
        for page in pages.paginate(
            TableName=names.LEDGER_TABLE,
            IndexName=names.LEDGER_PENDING_INDEX,
            KeyConditionExpression="pending = :partition",
            ExpressionAttributeValues=values,
            PaginationConfig={"PageSize": page_size},
            **due,
        ):
            yield from page["Items"]

    def _put(self, rows: Sequence[Attributes]) -> None:
        """Write whole rows, whatever was there, several pages at a time."""
        puts = [{"PutRequest": {"Item": row}} for row in rows]

        def write(start: int) -> None:
            requests: Mapping[str, Any] = {names.LEDGER_TABLE: puts[start : start + _WRITE_PAGE]}
            while requests:
                requests = self._dynamodb.batch_write_item(RequestItems=requests).get("UnprocessedItems", {})

        with ThreadPoolExecutor(_PARALLEL) as threads:
            for _ in threads.map(write, range(0, len(puts), _WRITE_PAGE)):
                pass

    def _put_if(
        self, condition: str, row: Attributes, values: Attributes | None = None, aliases: dict[str, str] | None = None
    ) -> bool:
        """Write a whole row if the condition holds, and return whether it did."""
        try:
            self._dynamodb.put_item(
                TableName=names.LEDGER_TABLE, Item=row, ConditionExpression=condition, **_expression(values, aliases)
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _update(
        self,
        item: LandedObject,
        expression: str,
        values: Attributes,
        *,
        condition: str = "attribute_exists(pending)",
        aliases: dict[str, str] | None = None,
    ) -> bool:
        """Change an object's row if the condition holds, and return whether it did: a finished one stays as it is."""
        try:
            self._dynamodb.update_item(
                TableName=names.LEDGER_TABLE,
                Key=item_key(item),
                UpdateExpression=expression,
                ConditionExpression=condition,
                **_expression(values, aliases),
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _expression(values: Attributes | None, aliases: dict[str, str] | None) -> dict[str, Any]:
    return {
        **({"ExpressionAttributeValues": values} if values else {}),
        **({"ExpressionAttributeNames": aliases} if aliases else {}),
    }
