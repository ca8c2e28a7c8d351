"""moto's DynamoDB is unsafe under threads, searches whole tables, and shows an upsert twice in the stream.

One lock makes it safe (Python would run one request at a time anyway); `table_directory` makes it quick,
`item_writes` makes streams right, `transactions` replaces the copying of whole tables. Batches get their limit.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import StreamShard, Table
from moto.dynamodb.responses import DynamoHandler

from txplatform.local.aws.patches import transactions
from txplatform.local.aws.patches.index_directory import Search
from txplatform.local.aws.patches.item_writes import Place, append_record, directory, forget, remember, together

_one_request = threading.RLock()
_BATCH_WRITE_MAXIMUM = 25


@contextmanager
def _only(table: Table, items: list[Item]) -> Iterator[None]:
    """Let the table's search see these items alone."""
    attributes: dict[str, Any] = vars(table)
    attributes["all_items"] = lambda: items
    try:
        yield
    finally:
        del attributes["all_items"]


def _start(table: Table, exclusive_start_key: dict[str, Any] | None) -> tuple[Any, ...] | None:
    if not exclusive_start_key:
        return None
    return tuple(DynamoType(exclusive_start_key[name]).cast_value for name in table.table_key_attrs)


def _serialise_requests() -> None:
    call = DynamoHandler.call_action

    def call_action(handler: DynamoHandler) -> Any:
        with _one_request:
            return call(handler)

    DynamoHandler.call_action = call_action  # type: ignore[method-assign]


def _make_searches_cheap() -> None:
    query_all, scan_all = Table.query, Table.scan

    def query(
        table: Table,
        hash_key: DynamoType | None,
        range_comparison: str | None,
        range_objs: list[DynamoType],
        limit: int | None,
        exclusive_start_key: dict[str, Any] | None,
        scan_index_forward: bool,
        projection_expressions: Any,
        index: str | None = None,
        consistent_read: bool = False,
        filter_expression: Any = None,
        **kwargs: Any,
    ) -> Any:
        if range_comparison == "BETWEEN" and range_objs[1] < range_objs[0]:
            raise MockValidationException(
                "Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to be greater than or equal "
                "to lower bound"
            )
        partition = dict(kwargs.get("hash_key_conditions") or ())
        search = Search(partition, range_comparison, range_objs, exclusive_start_key, scan_index_forward, limit)
        if index is None and table.range_key_attr is not None:
            search = replace(search, partition={table.hash_key_attr: hash_key})
            items = directory(table).found(None, search) if hash_key is not None else []
        elif index is None:
            held: Any = table.items.get(hash_key) if hash_key is not None else None
            items = [held] if held is not None else []
        elif index in {known.name for known in table.all_indexes()}:
            items = directory(table).found(index, search)
        else:
            items = []  # the search itself refuses the unknown index
        with _only(table, items):
            return query_all(
                table,
                hash_key,
                range_comparison,
                range_objs,
                limit,  # type: ignore[arg-type]
                exclusive_start_key,  # type: ignore[arg-type]
                scan_index_forward,
                projection_expressions,
                index,
                consistent_read,
                filter_expression,
                **kwargs,
            )

    def scan(
        table: Table,
        filters: dict[str, Any],
        limit: int,
        exclusive_start_key: dict[str, Any],
        filter_expression: Any = None,
        index_name: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        everything = (filters, limit, exclusive_start_key, filter_expression, index_name, *args)
        if index_name:
            return scan_all(table, *everything, **kwargs)
        with _only(table, directory(table).after(_start(table, exclusive_start_key))):
            return scan_all(table, *everything, **kwargs)

    Table.query = query  # type: ignore[method-assign]
    Table.scan = scan  # type: ignore[method-assign]


def _write_items_once() -> None:
    put, delete, update = Table.put_item, Table.delete_item, DynamoDBBackend.update_item

    def put_item(table: Table, *args: Any, **kwargs: Any) -> Item:
        item = put(table, *args, **kwargs)
        remember(table, item)
        return item

    def delete_item(table: Table, *args: Any, **kwargs: Any) -> Item | None:
        item = delete(table, *args, **kwargs)
        if item is not None:
            forget(table, item)
        return item

    def update_item(backend: DynamoDBBackend, table_name: str, key: dict[str, Any], *args: Any, **kwargs: Any) -> Item:
        with together([Place(backend.get_table(table_name), key)]):
            return update(backend, table_name, key, *args, **kwargs)

    StreamShard.add = append_record  # type: ignore[method-assign]
    Table.put_item = put_item  # type: ignore[method-assign]
    Table.delete_item = delete_item  # type: ignore[method-assign]
    DynamoDBBackend.update_item = update_item  # type: ignore[method-assign]


def _limit_batches() -> None:
    write = DynamoHandler.batch_write_item

    def batch_write_item(handler: DynamoHandler) -> Any:
        asked = handler.body["RequestItems"]
        for name, requests in asked.items():
            if len(requests) > _BATCH_WRITE_MAXIMUM:
                raise MockValidationException(
                    f"1 validation error detected: Value at 'RequestItems.{name}.member' failed to satisfy constraint: "
                    f"Member must have length less than or equal to {_BATCH_WRITE_MAXIMUM}"
                )
        if sum(map(len, asked.values())) > _BATCH_WRITE_MAXIMUM:
            raise MockValidationException("Too many items requested for the BatchWriteItem call")
        body, answer = handler.body, None
        for name, requests in body["RequestItems"].items():  # moto takes equal items of two tables for duplicates
            handler.body = {**body, "RequestItems": {name: requests}}
            answer = write(handler)
        return answer

    DynamoHandler.batch_write_item = batch_write_item  # type: ignore[method-assign]


def apply() -> None:
    _limit_batches()
    _serialise_requests()
    _make_searches_cheap()
    _write_items_once()
    transactions.apply()
