"""Order and indexes of one DynamoDB table, kept up to date: a query or a page of a scan costs what it returns."""

import bisect
from typing import Any

from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table

from txplatform.local.aws.patches.index_directory import IndexDirectory, Key, Search


def _key(item: Item) -> Key:
    parts = (item.hash_key,) if item.range_key is None else (item.hash_key, item.range_key)
    return tuple(part.cast_value for part in parts)


class TableDirectory:
    """Items by primary key, in order, and those of each secondary index that has been asked for."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._items: dict[Key, Item] = {}
        self._indexes: dict[str | None, IndexDirectory] = {}
        holders: dict[Any, Any] = table.items
        for held in holders.values():
            items: Any = held.values() if table.range_key_attr else [held]
            for item in items:
                self._items[_key(item)] = item
        self._order = sorted(self._items)

    def put(self, item: Item) -> None:
        key = _key(item)
        if key not in self._items:
            bisect.insort(self._order, key)
        self._items[key] = item
        for index in self._indexes.values():
            index.put(key, item)

    def drop(self, item: Item) -> None:
        key = _key(item)
        if self._items.pop(key, None) is not None:
            del self._order[bisect.bisect_left(self._order, key)]
        for index in self._indexes.values():
            index.drop(key)

    def after(self, start: Key | None) -> list[Item]:
        """Return the items in order of their keys, beginning after `start`."""
        position = bisect.bisect_right(self._order, start) if start else 0
        return [self._items[key] for key in self._order[position:]]

    def found(self, index: str | None, search: Search) -> list[Item]:
        """Return the items that a query reads, of a secondary index or, without a name, of the table itself."""
        if index not in self._indexes:
            schema = self._table.get_index(index).schema if index else self._table.schema
            self._indexes[index] = IndexDirectory(schema, self._table.table_key_attrs)
            for key, item in self._items.items():
                self._indexes[index].put(key, item)
        return [self._items[key] for key in self._indexes[index].keys(search)]
