"""Reads one shard of a DynamoDB stream in order and hands its records to a delivery, in batches."""

import base64
import logging
import time
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from txplatform.local.aws.stream_waits import await_records
from txplatform.local.pump.delivery import StreamDelivery
from txplatform.local.pump.failures import fitting
from txplatform.local.pump.mappings import EventSourceMapping
from txplatform.local.pump.stopping import Stopping

logger = logging.getLogger(__name__)

_PAGE = 1000
_IDLE_SECONDS = 0.25  # Lambda polls a shard four times a second
_PAUSE_SECONDS = 1.0


class ShardReader:
    """The reader of one shard. A batch is full, or its oldest record has waited for the mapping's window."""

    def __init__(
        self,
        streams: Any,
        mapping: EventSourceMapping,
        shard_id: str,
        delivery: StreamDelivery,
        stopping: Stopping,
    ) -> None:
        self._streams = streams
        self._mapping = mapping
        self._shard_id = shard_id
        self._delivery = delivery
        self._stopping = stopping
        self._iterator: str | None = None
        self._last_read: str | None = None
        self._buffer: list[dict[str, Any]] = []
        self._buffered_since = 0.0

    def run(self) -> None:
        """Read and deliver until stopped or until the shard is closed and empty."""
        try:
            self._iterator = self._position()
        except (BotoCoreError, ClientError) as error:
            logger.warning("no iterator for %s: %s", self._mapping.source_arn, error)
        while not self._stopping.is_set():
            try:
                idle = self.poll()
            except (BotoCoreError, ClientError) as error:
                if not self._stopping.is_set():
                    logger.warning("reading %s failed: %s", self._mapping.source_arn, error)
                self._iterator = None
                self._stopping.wait(_PAUSE_SECONDS)
                continue
            if idle:
                self._rest()

    def poll(self) -> bool:
        """Read a page and deliver the batches that are due; return whether there was nothing new."""
        if self._iterator is None:
            self._iterator = self._position()
        page = self._streams.get_records(ShardIterator=self._iterator, Limit=_PAGE)
        self._iterator = page.get("NextShardIterator")
        records = page["Records"]
        if records:
            if not self._buffer:
                self._buffered_since = time.monotonic()
            self._buffer += [stream_record(record, self._mapping.source_arn) for record in records]
            self._last_read = records[-1]["dynamodb"]["SequenceNumber"]
        while self._buffer and self._due() and not self._stopping.is_set():
            batch = self._buffer[: self._mapping.batch_size]
            batch = batch[: fitting(batch)]
            self._delivery.deliver(batch)
            del self._buffer[: len(batch)]
            self._buffered_since = time.monotonic()
        return not records

    def _rest(self) -> None:
        """Let some time pass, and if no batch is due then wait until the shard has records."""
        if self._stopping.wait(_IDLE_SECONDS) or self._buffer or self._iterator is None:
            return
        try:
            await_records(self._streams.meta.endpoint_url, self._iterator)
        except OSError as error:
            if not self._stopping.is_set():
                logger.warning("waiting for %s failed: %s", self._mapping.source_arn, error)
            self._stopping.wait(_PAUSE_SECONDS)

    def _due(self) -> bool:
        waited = time.monotonic() - self._buffered_since
        return len(self._buffer) >= self._mapping.batch_size or waited >= self._mapping.window

    def _position(self) -> str:
        """Return an iterator: at the mapping's starting position, or after the last record read when one was lost."""
        where: dict[str, Any] = {"ShardIteratorType": self._mapping.starting_position}
        if self._last_read is not None:
            where = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": self._last_read}
        answer = self._streams.get_shard_iterator(StreamArn=self._mapping.source_arn, ShardId=self._shard_id, **where)
        return answer["ShardIterator"]


def stream_record(record: dict[str, Any], source_arn: str) -> dict[str, Any]:
    """Return a stream record as Lambda passes it: times in epoch seconds, binary values in base 64."""
    return {
        "eventID": record["eventID"],
        "eventName": record["eventName"],
        "eventVersion": record.get("eventVersion", "1.1"),
        "eventSource": "aws:dynamodb",
        "awsRegion": record["awsRegion"],
        "dynamodb": _plain(record["dynamodb"]),
        "eventSourceARN": source_arn,
    } | ({"userIdentity": record["userIdentity"]} if "userIdentity" in record else {})


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value
