"""Order and indexes of one DynamoDB table, kept up to date: a query or a page of a scan costs what it returns."""

import bisect
from typing import Any

from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table

Key = tuple[Any, ...]


def _key(item: Item) -> Key:
    parts = (item.hash_key,) if item.range_key is None else (item.hash_key, item.range_key)
    return tuple(part.cast_value for part in parts)


class TableDirectory:
    """Items by primary key, in order, and by the hash key of each secondary index that has been asked for."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._items: dict[Key, Item] = {}
        self._indexes: dict[str, dict[Key, dict[Key, None]]] = {}
        self._entries: dict[str, dict[Key, Key]] = {}
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
        for index in self._indexes:
            self._unlist(index, key)
            self._list(index, key, item)

    def drop(self, item: Item) -> None:
        key = _key(item)
        if self._items.pop(key, None) is not None:
            del self._order[bisect.bisect_left(self._order, key)]
        for index in self._indexes:
            self._unlist(index, key)

    def after(self, start: Key | None) -> list[Item]:
        """Return the items in order of their keys, beginning after `start`."""
        position = bisect.bisect_right(self._order, start) if start else 0
        return [self._items[key] for key in self._order[position:]]

    def entries(self, index: str, hash_values: Key) -> list[Item]:
        """Return the items that a secondary index holds under a hash key."""
        if index not in self._indexes:
            self._indexes[index], self._entries[index] = {}, {}
            for key, item in self._items.items():
                self._list(index, key, item)
        return [self._items[key] for key in self._indexes[index].get(hash_values, ())]

    def index_key_names(self, index: str) -> list[str]:
        """Return the names of the hash attributes of a secondary index."""
        schema = self._table.get_index(index).schema
        return [part["AttributeName"] for part in schema if part["KeyType"] == "HASH"]

    def _list(self, index: str, key: Key, item: Item) -> None:
        names = self.index_key_names(index)
        if all(name in item.attrs for name in names):
            hash_values = tuple(item.attrs[name].cast_value for name in names)
            self._indexes[index].setdefault(hash_values, {})[key] = None
            self._entries[index][key] = hash_values

    def _unlist(self, index: str, key: Key) -> None:
        hash_values = self._entries[index].pop(key, None)
        if hash_values is not None:
            listed = self._indexes[index][hash_values]
            del listed[key]
            if not listed:
                del self._indexes[index][hash_values]
