"""moto's DynamoDB streams keep every iterator for ever and spend milliseconds a record on serialising.

Here an iterator says itself where it points, and records go out as plain JSON.
"""

import base64
import datetime
import json
from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodb.exceptions import ResourceNotFoundException
from moto.dynamodb.models.table import StreamShard
from moto.dynamodbstreams.models import dynamodbstreams_backends
from moto.dynamodbstreams.responses import DynamoDBStreamsHandler

from txplatform.local.aws.patches import stream_records

MAXIMUM_RECORDS = 1000


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return value.replace(tzinfo=datetime.UTC).timestamp()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value)} in a stream record")


def _shard(stream_arn: str) -> StreamShard:
    region, account = stream_arn.split(":")[3:5]
    shard = dynamodbstreams_backends[account][region]._get_table_from_arn(stream_arn).stream_shard
    assert shard is not None
    return shard


def wait_for_records(iterator: str, seconds: float) -> bool:
    """Return whether the iterator has records, as soon as it has or after so many seconds; no operation of AWS.

    It raises LookupError for an iterator that this service did not give, or whose table is gone.
    """
    try:
        stream_arn, _, position = iterator.split("|")
        shard, sequence_number = _shard(stream_arn), int(position)
    except (ValueError, ResourceNotFoundException) as error:
        raise LookupError(f"no stream is read at {iterator!r}") from error
    return stream_records.wait(shard, sequence_number, seconds)


def get_shard_iterator(handler: DynamoDBStreamsHandler) -> ActionResult:
    stream_arn, kind = handler._get_param("StreamArn"), handler._get_param("ShardIteratorType")
    shard = _shard(stream_arn)
    first = shard.starting_sequence_number
    if kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
        position = int(handler._get_param("SequenceNumber")) + (kind == "AFTER_SEQUENCE_NUMBER")
    else:
        position = first + (len(shard.items) if kind == "LATEST" else 0)
    return ActionResult({"ShardIterator": f"{stream_arn}|1|{position}"})


def get_records(handler: DynamoDBStreamsHandler) -> tuple[int, dict[str, str], str]:
    stream_arn, _, position = handler._get_param("ShardIterator").split("|")
    limit = min(handler._get_param("Limit") or MAXIMUM_RECORDS, MAXIMUM_RECORDS)
    records = _shard(stream_arn).get(int(position), limit)
    following = f"{stream_arn}|1|{int(position) + len(records)}"
    body = json.dumps({"NextShardIterator": following, "Records": records}, default=_plain)
    return 200, {"Content-Type": "application/x-amz-json-1.0"}, body


def apply() -> None:
    DynamoDBStreamsHandler.get_shard_iterator = get_shard_iterator  # type: ignore[method-assign]
    DynamoDBStreamsHandler.get_records = get_records  # type: ignore[method-assign, assignment]
