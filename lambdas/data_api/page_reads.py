"""Reads of many items: a scan of a table, or a query of one of its indexes. Both are eventually consistent."""

from collections.abc import Sequence
from typing import Any

from lambdas.data_api.positions import Position, position_of
from lambdas.data_api.queries import Lookup
from lambdas.data_api.store_errors import translated
from lambdas.shared.aws import AWS_ERRORS
from lambdas.shared.items import KEY, Attributes, encode_value
from lambdas.shared.schema import EntitySchema
from lambdas.shared.settings import for_entity


class PageReads:
    """Reads items in the order of a list. Raises StoreUnavailableError and StoreRefusedError as the tables do."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def read(
        self, schema: EntitySchema, lookup: Lookup | None, limit: int, after: Position | None
    ) -> tuple[Sequence[Attributes], Position | None]:
        """Up to `limit` items after a position, in one call, and the position after which more may follow."""
        arguments: dict[str, Any] = {"Limit": limit}
        if lookup is not None:
            arguments |= _condition(schema, lookup)
        if after is not None:
            arguments["ExclusiveStartKey"] = _start(schema, lookup, after)
        answer = self._call("query" if lookup else "scan", for_entity(self._table, schema.entity), arguments)
        last: Attributes | None = answer.get("LastEvaluatedKey")
        return answer["Items"], position_of(last, lookup) if last else None

    def _call(self, operation: str, table: str, arguments: dict[str, Any]) -> dict[str, Any]:
        try:
            return getattr(self._dynamodb, operation)(TableName=table, **arguments)
        except AWS_ERRORS as error:
            raise translated(table, error) from error


def _condition(schema: EntitySchema, lookup: Lookup) -> dict[str, Any]:
    index = lookup.index
    condition = "#field = :value"
    names = {"#field": index.field}
    values = {":value": encode_value(schema.fields[index.field], lookup.value)}
    if lookup.earliest is not None or lookup.latest is not None:
        names["#sorted_by"] = index.sorted_by
    if lookup.earliest is not None:
        values[":earliest"] = {"S": lookup.earliest}
    if lookup.latest is not None:
        values[":latest"] = {"S": lookup.latest}
    if lookup.earliest is not None and lookup.latest is not None:
        condition += " AND #sorted_by BETWEEN :earliest AND :latest"
    elif lookup.earliest is not None:
        condition += " AND #sorted_by >= :earliest"
    elif lookup.latest is not None:
        condition += " AND #sorted_by <= :latest"
    return {
        "IndexName": index.name,
        "KeyConditionExpression": condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
        "ScanIndexForward": not lookup.descending,
    }


def _start(schema: EntitySchema, lookup: Lookup | None, after: Position) -> dict[str, Any]:
    key = {KEY: {"S": after.key}}
    if lookup is None:
        return key
    index = lookup.index
    return key | {
        index.field: encode_value(schema.fields[index.field], lookup.value),
        index.sorted_by: {"S": after.sorted_by},
    }
