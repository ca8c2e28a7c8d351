"""Sends messages to the inbound queues, counts what waits in them, and reads the dead-letter queues."""

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from txplatform.aws import AwsClients
from txplatform.contracts import names
from txplatform.demo.messages import Message

if TYPE_CHECKING:
    from mypy_boto3_sqs.literals import QueueAttributeNameType
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

_BATCH = 10
_PEEK_SECONDS = 15  # a dead letter that was read is visible again after this
_COUNTS: "tuple[QueueAttributeNameType, ...]" = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
)


@dataclass(frozen=True, slots=True)
class RefusedMessage:
    """A dead-letter message of an entity or a source system, with every rule that it broke, as `field: rule`."""

    owner: str
    reasons: tuple[str, ...]


class InboundQueues:
    """The queues that sources write to, and their dead-letter queues."""

    def __init__(self, clients: AwsClients, entities: Iterable[str], systems: Iterable[str] = ()) -> None:
        self._sqs = clients.client("sqs")
        queues = {entity: (names.inbound_queue(entity), names.inbound_dead_letter_queue(entity)) for entity in entities}
        for system in systems:
            queues[system] = (names.source_queue(system), names.source_dead_letter_queue(system))
        self._inbound = {owner: self._url(inbound) for owner, (inbound, _) in queues.items()}
        self._dead = {owner: self._url(dead) for owner, (_, dead) in queues.items()}

    def send(self, messages: Sequence[Message]) -> None:
        """Send up to ten messages, in their order as far as a standard queue keeps it."""
        for owner, group in groupby(messages, key=lambda message: message.owner):
            entries: list[SendMessageBatchRequestEntryTypeDef] = [
                {"Id": str(index), "MessageBody": message.body} for index, message in enumerate(group)
            ]
            for start in range(0, len(entries), _BATCH):
                self._send(owner, entries[start : start + _BATCH])

    def waiting(self) -> int:
        """Count the messages that are not processed yet, visible, delayed or in flight, of all queues."""
        return sum(self._depth(url) for url in self._inbound.values())

    def refused_messages(self, timeout: float = _PEEK_SECONDS) -> list[RefusedMessage]:
        """Read the dead-letter queues and leave every message in them; take `timeout` seconds a queue at most."""
        return [message for owner in self._dead for message in self._peek(owner, timeout)]

    def _send(self, owner: str, entries: "list[SendMessageBatchRequestEntryTypeDef]") -> None:
        left = entries
        while left:
            answer = self._sqs.send_message_batch(QueueUrl=self._inbound[owner], Entries=left)
            failed = {item["Id"] for item in answer.get("Failed", ())}
            left = [entry for entry in left if entry["Id"] in failed]

    def _peek(self, owner: str, timeout: float) -> list[RefusedMessage]:
        expected = self._depth(self._dead[owner])
        seen: dict[str, RefusedMessage] = {}
        deadline = time.monotonic() + timeout
        while len(seen) < expected and time.monotonic() < deadline:
            answer = self._sqs.receive_message(
                QueueUrl=self._dead[owner], MaxNumberOfMessages=_BATCH, VisibilityTimeout=_PEEK_SECONDS
            )
            for message in answer.get("Messages", ()):
                seen[message.get("MessageId", "")] = RefusedMessage(owner, _reasons(message.get("Body", "")))
        return list(seen.values())

    def _url(self, queue: str) -> str:
        return self._sqs.get_queue_url(QueueName=queue)["QueueUrl"]

    def _depth(self, url: str) -> int:
        counts = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=_COUNTS)["Attributes"]
        return sum(int(counts.get(name, 0)) for name in _COUNTS)


def _reasons(body: str) -> tuple[str, ...]:
    """The reasons that the function `source` wrote; a message that SQS itself moved there has none."""
    try:
        reasons = json.loads(body)["reasons"]
    except (json.JSONDecodeError, KeyError, TypeError):
        return ("too many failed attempts",)
    return tuple(f"{reason['field'] or 'message'}: {reason['rule']}" for reason in reasons)
