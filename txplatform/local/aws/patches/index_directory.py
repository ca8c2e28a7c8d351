"""One index of a DynamoDB table, the primary one or another, kept in order: a page of a query costs what it returns."""

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType, Item

Key = tuple[Any, ...]
_Entry = tuple[Key, Key]  # the values of the sort keys, which need not be unique, then the primary key


@dataclass(frozen=True)
class Search:
    """A query of an index: values of the partition keys, a comparison of the sort key, and a page.

    `start` is the item after which the page begins.
    """

    partition: dict[str, DynamoType]
    comparison: str | None = None
    operands: Sequence[DynamoType] = ()
    start: dict[str, Any] | None = None
    forward: bool = True
    limit: int | None = None


class IndexDirectory:
    """The keys of an index's items by partition, in the order in which a query returns them."""

    def __init__(self, schema: Sequence[dict[str, str]], key_names: Sequence[str]) -> None:
        """`key_names` are the attributes of the table's primary key, in order."""
        self._key_names = key_names
        self._partition_names = [part["AttributeName"] for part in schema if part["KeyType"] == "HASH"]
        self._sort_names = [part["AttributeName"] for part in schema if part["KeyType"] == "RANGE"]
        self._partitions: dict[Key, list[_Entry]] = {}
        self._places: dict[Key, tuple[Key, _Entry]] = {}

    def put(self, key: Key, item: Item) -> None:
        """List an item, unless it lacks a key of the index."""
        self.drop(key)
        if not all(name in item.attrs for name in (*self._partition_names, *self._sort_names)):
            return
        partition = tuple(item.attrs[name].cast_value for name in self._partition_names)
        entry = (tuple(item.attrs[name].cast_value for name in self._sort_names), key)
        bisect.insort(self._partitions.setdefault(partition, []), entry)
        self._places[key] = partition, entry

    def drop(self, key: Key) -> None:
        place = self._places.pop(key, None)
        if place is None:
            return
        partition, entry = place
        entries = self._partitions[partition]
        del entries[bisect.bisect_left(entries, entry)]
        if not entries:
            del self._partitions[partition]

    def keys(self, search: Search) -> list[Key]:
        """Return the primary keys of the items that a query reads, and of one more where its limit ends the page."""
        partition = tuple(search.partition[name].cast_value for name in self._partition_names)
        entries = self._partitions.get(partition, [])
        low, high, exact = self._compared(entries, search)
        if search.start is not None:
            start = self._entry(search.start)
            if search.forward:
                low = max(low, bisect.bisect_right(entries, start))
            else:
                high = min(high, bisect.bisect_left(entries, start))
        if search.limit is not None and exact:
            more = search.limit + 1
            low, high = (low, min(high, low + more)) if search.forward else (max(low, high - more), high)
        return [key for _, key in entries[low:high]]

    def _compared(self, entries: list[_Entry], search: Search) -> tuple[int, int, bool]:
        """Return what a comparison of the only sort key leaves of the entries, and whether that is all it asks."""
        if search.comparison is None:
            return 0, len(entries), True
        if len(self._sort_names) != 1:
            return 0, len(entries), False
        values = [operand.cast_value for operand in search.operands]

        def before(value: Any) -> int:
            return bisect.bisect_left(entries, value, key=lambda entry: entry[0][0])

        def through(value: Any) -> int:
            return bisect.bisect_right(entries, value, key=lambda entry: entry[0][0])

        match search.comparison:
            case "=":
                return before(values[0]), through(values[0]), True
            case "<":
                return 0, before(values[0]), True
            case "<=":
                return 0, through(values[0]), True
            case ">":
                return through(values[0]), len(entries), True
            case ">=":
                return before(values[0]), len(entries), True
            case "BETWEEN":
                return before(values[0]), through(values[1]), True
            case "BEGINS_WITH":
                length = len(values[0])
                end = bisect.bisect_right(entries, values[0], key=lambda entry: entry[0][0][:length])
                return before(values[0]), end, True
        return 0, len(entries), False

    def _entry(self, start: dict[str, Any]) -> _Entry:
        named = {name: DynamoType(value).cast_value for name, value in start.items()}
        return tuple(named[name] for name in self._sort_names), tuple(named[name] for name in self._key_names)
