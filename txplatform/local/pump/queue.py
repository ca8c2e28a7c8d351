"""Polls one SQS queue and hands its messages to a function, in batches."""

import base64
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from txplatform.local.environment import REGION
from txplatform.local.functions import Outcome
from txplatform.local.pump.failures import failed_records, fitting
from txplatform.local.pump.mappings import EventSourceMapping
from txplatform.local.pump.stopping import Stopping

logger = logging.getLogger(__name__)

_LONG_POLL_SECONDS = 20  # the longest that SQS allows; whoever waits inside is woken by a message
_RECEIVE_MAXIMUM = 10
_PAUSE_SECONDS = 1.0


class QueuePoller:
    """The poller of one mapping. Messages that fail stay in the queue until their visibility timeout has passed."""

    def __init__(
        self,
        sqs: Any,
        mapping: EventSourceMapping,
        invoke: Callable[[str, Any], Outcome],
        stopping: Stopping,
    ) -> None:
        self._sqs = sqs
        self._mapping = mapping
        self._invoke = invoke
        self._stopping = stopping
        self._receiving = threading.Lock()  # one thread waits for messages while others deliver theirs
        self._url = sqs.get_queue_url(QueueName=mapping.source_arn.rpartition(":")[2])["QueueUrl"]

    def run(self) -> None:
        """Poll until stopped. As many threads may do so as the mapping runs functions at a time."""
        while not self._stopping.is_set():
            try:
                self.poll()
            except (BotoCoreError, ClientError) as error:
                if not self._stopping.is_set():
                    logger.warning("polling %s failed: %s", self._url, error)
                self._stopping.wait(_PAUSE_SECONDS)

    def poll(self) -> None:
        """Take one batch, if messages are there, and deliver it: in parts where it exceeds Lambda's quota."""
        with self._receiving:
            messages = self._receive_batch()
        if messages and not self._stopping.is_set():
            with self._stopping.batch():
                self._deliver([sqs_record(message, self._mapping.source_arn) for message in messages])

    def _deliver(self, records: list[dict[str, Any]]) -> None:
        while records:
            batch = records[: fitting(records)]
            outcome = self._invoke(self._mapping.function_arn, {"Records": batch})
            identifiers = [record["messageId"] for record in batch]
            failed = failed_records(outcome, identifiers, self._mapping.partial_responses)
            self._delete([record for record in batch if record["messageId"] not in failed])
            del records[: len(batch)]

    def _receive_batch(self) -> list[dict[str, Any]]:
        size, window = self._mapping.batch_size, self._mapping.window
        messages = self._receive(size, _LONG_POLL_SECONDS)
        deadline = time.monotonic() + window
        while messages and len(messages) < size and not self._stopping.is_set():
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                break
            more = self._receive(size - len(messages), 0)
            messages += more
            if not more:
                self._stopping.wait(min(0.1, remaining))
        return messages

    def _receive(self, count: int, wait: int) -> list[dict[str, Any]]:
        answer = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=min(count, _RECEIVE_MAXIMUM),
            WaitTimeSeconds=wait,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return answer.get("Messages", [])

    def _delete(self, records: list[dict[str, Any]]) -> None:
        for start in range(0, len(records), _RECEIVE_MAXIMUM):
            chunk = records[start : start + _RECEIVE_MAXIMUM]
            entries = [{"Id": str(n), "ReceiptHandle": item["receiptHandle"]} for n, item in enumerate(chunk)]
            self._sqs.delete_message_batch(QueueUrl=self._url, Entries=entries)


def sqs_record(message: dict[str, Any], source_arn: str) -> dict[str, Any]:
    """Return a received message as the record Lambda passes to a function."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: _attribute(attribute) for name, attribute in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": source_arn,
        "awsRegion": REGION,
    }


def _attribute(attribute: dict[str, Any]) -> dict[str, Any]:
    converted: dict[str, Any] = {"stringListValues": [], "binaryListValues": [], "dataType": attribute["DataType"]}
    if "StringValue" in attribute:
        converted["stringValue"] = attribute["StringValue"]
    if "BinaryValue" in attribute:
        converted["binaryValue"] = base64.b64encode(attribute["BinaryValue"]).decode()
    return converted
