"""What is done to the messages that a filter matches: redriven to the queue that they came from, or deleted.

A message is deleted only after SQS has taken it in the other queue. Interrupted in between, it is in both: redriven
once more, its record is the same version of the same record, which changes nothing.
"""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from txplatform.aws import AwsClients
from txplatform.dead_letters.filters import Filter
from txplatform.dead_letters.message import DeadLetter
from txplatform.dead_letters.reading import MAX_ENTRIES, Pass, chunks

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import (
        DeleteMessageBatchRequestEntryTypeDef,
        SendMessageBatchRequestEntryTypeDef,
    )

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
MAX_BATCH_BYTES = 1_048_576


@dataclass(slots=True)
class Outcome:
    """How many messages matched, how many of them are in the queue no more, and why others are still there.

    `kept` counts by SQS's own code. Messages that were sent and could not be deleted are among them.
    """

    matched: int = 0
    done: int = 0
    kept: Counter[str] = field(default_factory=Counter[str])


class Moves:
    """Redrives or deletes what a pass reads, and counts it in `outcome` as it goes."""

    def __init__(self, clients: AwsClients, reading: Pass, outcome: Outcome) -> None:
        self._sqs = clients.client("sqs")
        self._pass = reading
        self._lock = threading.Lock()
        self._outcome = outcome

    def redrive(self, chosen: Filter, target_url: str) -> None:
        """Send what matches to the queue at `target_url`, bodies and attributes as they are, and then delete it."""

        def move(messages: Sequence[DeadLetter]) -> None:
            entries = [_entry(place, message) for place, message in enumerate(messages)]
            answer = self._sqs.send_message_batch(QueueUrl=target_url, Entries=entries)
            sent = self._done(messages, answer)
            if sent:
                self._delete(sent)

        for matching in self._matching(chosen):
            self._pass.in_parallel(move, _sendable(matching))

    def purge(self, chosen: Filter) -> None:
        """Delete what matches, by its own receipt: what arrives meanwhile is not touched, as PurgeQueue would."""
        for matching in self._matching(chosen):
            self._pass.in_parallel(self._delete, chunks(matching, MAX_ENTRIES))

    def _matching(self, chosen: Filter) -> Iterator[list[DeadLetter]]:
        for batch in self._pass.batches():
            matching = [message for message in batch if chosen.matches(message)]
            self._outcome.matched += len(matching)
            yield matching

    def _delete(self, messages: Sequence[DeadLetter]) -> None:
        entries: list[DeleteMessageBatchRequestEntryTypeDef] = [
            {"Id": str(place), "ReceiptHandle": message.receipt_handle} for place, message in enumerate(messages)
        ]
        deleted = self._done(messages, self._sqs.delete_message_batch(QueueUrl=self._pass.url, Entries=entries))
        self._pass.forget(deleted)
        with self._lock:
            self._outcome.done += len(deleted)

    def _done(self, messages: Sequence[DeadLetter], answer: Any) -> list[DeadLetter]:
        """Return the messages that a batch call did, and count the others."""
        failed = {int(entry["Id"]): entry["Code"] for entry in answer.get("Failed", ())}
        with self._lock:
            self._outcome.kept.update(failed.values())
        return [message for place, message in enumerate(messages) if place not in failed]


def _entry(place: int, message: DeadLetter) -> "SendMessageBatchRequestEntryTypeDef":
    entry: SendMessageBatchRequestEntryTypeDef = {"Id": str(place), "MessageBody": message.body}
    if message.attributes:
        entry["MessageAttributes"] = {name: _attribute(value) for name, value in message.attributes.items()}
    if message.trace is not None:
        entry["MessageSystemAttributes"] = {"AWSTraceHeader": {"DataType": "String", "StringValue": message.trace}}
    return entry


def _attribute(value: Mapping[str, Any]) -> Any:
    """Return an attribute as it may be sent: of a received one, some are empty lists that SQS does not take."""
    return {name: value[name] for name in ("DataType", "StringValue", "BinaryValue") if name in value}


def _sendable(messages: Sequence[DeadLetter]) -> Iterator[list[DeadLetter]]:
    """Cut messages into what one call takes, in number and in bytes."""
    call: list[DeadLetter] = []
    size = 0
    for message in messages:
        weight = _size(message)
        if call and (len(call) == MAX_ENTRIES or size + weight > MAX_BATCH_BYTES):
            yield call
            call, size = [], 0
        call.append(message)
        size += weight
    if call:
        yield call


def _size(message: DeadLetter) -> int:
    """Return the bytes of a message as SQS counts them: its body, and its attributes' names, types and values."""
    size = len(message.body.encode())
    for name, value in message.attributes.items():
        content = value.get("BinaryValue", value.get("StringValue", "").encode())
        size += len(name.encode()) + len(value["DataType"].encode()) + len(content)
    return size
