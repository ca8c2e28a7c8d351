"""Records of DynamoDB streams, and the wait for the next one: AWS lets its readers ask four times a second for ever."""

import threading
import weakref
from typing import Any

from moto.dynamodb.models.table import StreamShard

_appended: "weakref.WeakKeyDictionary[StreamShard, threading.Condition]" = weakref.WeakKeyDictionary()


def _condition(shard: StreamShard) -> threading.Condition:
    return _appended.setdefault(shard, threading.Condition())


def append(shard: StreamShard, record: Any) -> None:
    """Append a record and wake all that wait for it."""
    appended = _condition(shard)
    with appended:
        shard.items.append(record)
        appended.notify_all()


def wait(shard: StreamShard, sequence_number: int, seconds: float) -> bool:
    """Return whether the shard has a record of this sequence number, as soon as it has or after so many seconds."""
    position = sequence_number - shard.starting_sequence_number
    appended = _condition(shard)
    with appended:
        return appended.wait_for(lambda: len(shard.items) > position, seconds)
