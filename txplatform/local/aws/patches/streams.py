"""moto's DynamoDB streams keep every iterator for ever and spend milliseconds a record on serialising.

Here an iterator says itself where it points, and records go out as plain JSON.
"""

import base64
import datetime
import json
from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodb.models.table import StreamShard
from moto.dynamodbstreams.responses import DynamoDBStreamsHandler

MAXIMUM_RECORDS = 1000


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return value.replace(tzinfo=datetime.UTC).timestamp()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value)} in a stream record")


def _shard(handler: DynamoDBStreamsHandler, stream_arn: str) -> StreamShard:
    shard = handler.backend._get_table_from_arn(stream_arn).stream_shard
    assert shard is not None
    return shard


def get_shard_iterator(handler: DynamoDBStreamsHandler) -> ActionResult:
    stream_arn, kind = handler._get_param("StreamArn"), handler._get_param("ShardIteratorType")
    shard = _shard(handler, stream_arn)
    first = shard.starting_sequence_number
    if kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
        position = int(handler._get_param("SequenceNumber")) + (kind == "AFTER_SEQUENCE_NUMBER")
    else:
        position = first + (len(shard.items) if kind == "LATEST" else 0)
    return ActionResult({"ShardIterator": f"{stream_arn}|1|{position}"})


def get_records(handler: DynamoDBStreamsHandler) -> tuple[int, dict[str, str], str]:
    stream_arn, _, position = handler._get_param("ShardIterator").split("|")
    limit = min(handler._get_param("Limit") or MAXIMUM_RECORDS, MAXIMUM_RECORDS)
    records = _shard(handler, stream_arn).get(int(position), limit)
    following = f"{stream_arn}|1|{int(position) + len(records)}"
    body = json.dumps({"NextShardIterator": following, "Records": records}, default=_plain)
    return 200, {"Content-Type": "application/x-amz-json-1.0"}, body


def apply() -> None:
    DynamoDBStreamsHandler.get_shard_iterator = get_shard_iterator  # type: ignore[method-assign]
    DynamoDBStreamsHandler.get_records = get_records  # type: ignore[method-assign, assignment]
