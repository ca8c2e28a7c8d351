"""A poller against a real queue of the local AWS."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from txplatform.local.clients import LocalClients
from txplatform.local.functions import Outcome
from txplatform.local.pump.mappings import EventSourceMapping
from txplatform.local.pump.queue import QueuePoller, sqs_record
from txplatform.local.pump.stopping import Stopping

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"


class Queue:
    """A queue of its own with a poller whose handler is given."""

    def __init__(self, sqs: Any, visibility: int = 30) -> None:
        self.sqs = sqs
        self.name = f"q-{uuid.uuid4().hex[:8]}"
        self.url = sqs.create_queue(QueueName=self.name, Attributes={"VisibilityTimeout": str(visibility)})["QueueUrl"]

    def poller(self, handler: Callable[[Any], Outcome], **options: Any) -> QueuePoller:
        arn = f"arn:aws:sqs:us-east-1:123456789012:{self.name}"
        mapping = EventSourceMapping("id", arn, FUNCTION, **({"batch_size": 10} | options))
        return QueuePoller(self.sqs, mapping, lambda _, event: handler(event), Stopping())

    def send(self, *bodies: str) -> None:
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body)

    @property
    def left(self) -> tuple[int, int]:
        """Messages that are visible, and that are in flight."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        attributes = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)["Attributes"]
        visible, hidden = (int(attributes[name]) for name in names)
        return visible, hidden


@pytest.fixture
def queue(services: LocalClients) -> Queue:
    return Queue(services("sqs"))


def bodies(event: Any) -> list[str]:
    return [item["body"] for item in event["Records"]]


def test_a_batch_is_delivered_in_lambdas_form_and_deleted(queue: Queue) -> None:
    events: list[Any] = []
    queue.sqs.send_message(
        QueueUrl=queue.url,
        MessageBody="hello",
        MessageAttributes={
            "kind": {"DataType": "String", "StringValue": "x"},
            "blob": {"DataType": "Binary", "BinaryValue": b"\xff"},
        },
    )

    def handler(event: Any) -> Outcome:
        events.append(json.loads(json.dumps(event)))
        return Outcome()

    queue.poller(handler).poll()
    (record,) = events[0]["Records"]
    assert record["body"] == "hello"
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"].endswith(queue.name)
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert record["attributes"]["SentTimestamp"].isdigit()
    assert record["messageAttributes"]["kind"]["stringValue"] == "x"
    assert record["messageAttributes"]["blob"]["binaryValue"] == "/w=="
    assert queue.left == (0, 0)


def test_only_failed_messages_stay(queue: Queue) -> None:
    queue.send("good", "bad", "fine")

    def handler(event: Any) -> Outcome:
        failed = [item["messageId"] for item in event["Records"] if item["body"] == "bad"]
        return Outcome({"batchItemFailures": [{"itemIdentifier": identifier} for identifier in failed]})

    queue.poller(handler, partial_responses=True).poll()
    assert queue.left == (0, 1)


def test_an_error_keeps_the_whole_batch(queue: Queue) -> None:
    queue.send("a", "b")
    queue.poller(lambda _: Outcome(error={"errorType": "E", "errorMessage": "m"})).poll()
    assert queue.left == (0, 2)


def test_a_failed_message_comes_again_after_the_visibility_timeout(
    services: LocalClients, wait_until: Callable[..., Any]
) -> None:
    queue = Queue(services("sqs"), visibility=1)
    queue.send("again")
    counts: list[str] = []

    def handler(event: Any) -> Outcome:
        counts.append(event["Records"][0]["attributes"]["ApproximateReceiveCount"])
        return Outcome(error={"errorType": "E", "errorMessage": "m"}) if len(counts) == 1 else Outcome()

    poller = queue.poller(handler)
    poller.poll()
    wait_until(lambda: poller.poll() or counts == ["1", "2"])
    assert queue.left == (0, 0)


def test_the_window_gathers_more_than_one_receive_can(queue: Queue) -> None:
    queue.send(*(str(number) for number in range(25)))
    batches: list[list[str]] = []
    poller = queue.poller(lambda event: batches.append(bodies(event)) or Outcome(), batch_size=20, window=1)
    poller.poll()
    poller.poll()
    assert [len(batch) for batch in batches] == [20, 5]
    assert sorted(int(body) for batch in batches for body in batch) == list(range(25))
    assert queue.left == (0, 0)


def test_attributes_without_a_value_are_kept_out() -> None:
    message = {"MessageId": "m", "ReceiptHandle": "r", "Body": "b", "MD5OfBody": "5"}
    record = sqs_record(message, "arn")
    assert record["messageAttributes"] == {}
    assert record["attributes"] == {}
