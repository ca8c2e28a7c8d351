"""Writes of DynamoDB items that happen together: one stream record an item, or, on any error, nothing at all.

moto writes the key of a new item first and the rest afterwards, which shows in the stream, and stays behind on errors.
"""

import copy
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import StreamRecord, StreamShard, Table

from txplatform.local.aws.patches import stream_records
from txplatform.local.aws.patches.table_directory import TableDirectory

_directories: "weakref.WeakKeyDictionary[Table, TableDirectory]" = weakref.WeakKeyDictionary()
_open: list[object] = []  # the unit under way; all of DynamoDB runs under one lock


class Place:
    """Where one item is, or would be."""

    def __init__(self, table: Table, key: dict[str, Any]) -> None:
        self.table = table
        self.hash_key = DynamoType(key[table.hash_key_attr])
        self.range_key = DynamoType(key[table.range_key_attr]) if table.range_key_attr else None

    def item(self) -> Item | None:
        return self.table.get_item(self.hash_key, self.range_key)

    def restore(self, item: Item | None) -> None:
        """Put back what was there before, past every check and stream."""
        now = self.item()
        items: Any = self.table.items
        if item is None:
            holder = items[self.hash_key] if self.range_key else items
            holder.pop(self.range_key or self.hash_key, None)
            if now is not None:
                forget(self.table, now)
        else:
            if self.range_key:
                items[self.hash_key][self.range_key] = item
            else:
                items[self.hash_key] = item
            remember(self.table, item)


def directory(table: Table) -> TableDirectory:
    """Return the table's directory, built on first use."""
    if table not in _directories:
        _directories[table] = TableDirectory(table)
    return _directories[table]


def remember(table: Table, item: Item) -> None:
    if table in _directories:
        _directories[table].put(item)


def forget(table: Table, item: Item) -> None:
    if table in _directories:
        _directories[table].drop(item)


def append_record(shard: StreamShard, old: Item | None, new: Item | None) -> None:
    """Append one stream record; none inside a unit of writes, none where nothing changed."""
    if _open or (old is not None and new is not None and old == new):
        return
    event = "INSERT" if old is None else "REMOVE" if new is None else "MODIFY"
    view = shard.table.stream_specification["StreamViewType"]  # type: ignore[index]
    sequence_number = shard.starting_sequence_number + len(shard.items)
    record: Any = StreamRecord(shard.table, view, event, old, new, sequence_number)
    stream_records.append(shard, record)


@contextmanager
def together(places: list[Place]) -> Iterator[None]:
    """Make the writes to `places` inside the block one: all or nothing, then one stream record for each change."""
    if _open:
        yield
        return
    before = [copy.deepcopy(place.item()) for place in places]
    _open.append(places)
    try:
        yield
    except BaseException:
        for place, item in zip(places, before, strict=True):
            place.restore(item)
        raise
    finally:
        _open.clear()
    for place, old in zip(places, before, strict=True):
        new = place.item()
        if new is not None:
            remember(place.table, new)
        if place.table.stream_shard is not None and not (old is None and new is None):
            append_record(place.table.stream_shard, old, new)
