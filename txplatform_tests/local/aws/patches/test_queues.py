"""SQS standard queues behave as on AWS when several producers and consumers share them."""

import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pytest
from moto.sqs.exceptions import ReceiptHandleIsInvalid
from moto.sqs.models import Message

from txplatform.local.aws.patches.message_store import MessageStore
from txplatform.local.clients import LocalClients

RETENTION_S = 345_600


@pytest.fixture
def queue(client: LocalClients, name: str) -> tuple[Any, str]:
    sqs = client("sqs")
    return sqs, sqs.create_queue(QueueName=name)["QueueUrl"]


def _receive(queue: tuple[Any, str], **options: Any) -> list[dict[str, Any]]:
    sqs, url = queue
    return sqs.receive_message(QueueUrl=url, MessageSystemAttributeNames=["All"], **options).get("Messages", [])


def test_nothing_is_lost_or_repeated_among_producers_and_consumers(queue: tuple[Any, str]) -> None:
    sqs, url = queue
    sent = [[f"{producer}-{number}" for number in range(500)] for producer in range(4)]
    received: list[str] = []
    finished = threading.Event()

    def produce(bodies: list[str]) -> None:
        for start in range(0, len(bodies), 10):
            entries = [{"Id": str(i), "MessageBody": body} for i, body in enumerate(bodies[start : start + 10])]
            sqs.send_message_batch(QueueUrl=url, Entries=entries)

    def consume(_: int) -> None:
        while True:
            messages = _receive(queue, MaxNumberOfMessages=10)
            if not messages and finished.is_set():
                return
            received.extend(message["Body"] for message in messages)
            entries = [{"Id": str(i), "ReceiptHandle": m["ReceiptHandle"]} for i, m in enumerate(messages)]
            if entries:
                assert not sqs.delete_message_batch(QueueUrl=url, Entries=entries).get("Failed")

    with ThreadPoolExecutor(8) as pool:
        consumers = [pool.submit(consume, number) for number in range(4)]
        list(pool.map(produce, sent))
        finished.set()
        for consumer in consumers:
            consumer.result()
    assert Counter(received) == Counter(body for bodies in sent for body in bodies)


def test_a_long_poll_ends_when_a_message_becomes_visible(queue: tuple[Any, str]) -> None:
    sqs, url = queue
    sqs.send_message(QueueUrl=url, MessageBody="late", DelaySeconds=1)
    assert _receive(queue) == []
    assert [message["Body"] for message in _receive(queue, WaitTimeSeconds=15)] == ["late"]


def test_a_message_moves_to_the_dead_letter_queue_after_its_receives(client: LocalClients, name: str) -> None:
    sqs = client("sqs")
    dead = sqs.create_queue(QueueName=f"{name}-dlq")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = f'{{"deadLetterTargetArn": "{arn}", "maxReceiveCount": "2"}}'
    url = sqs.create_queue(QueueName=name, Attributes={"RedrivePolicy": policy})["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="poison")
    for count in ("1", "2"):
        (message,) = _receive((sqs, url), VisibilityTimeout=0)
        assert message["Attributes"]["ApproximateReceiveCount"] == count
    assert _receive((sqs, url)) == []
    assert [message["Body"] for message in _receive((sqs, dead))] == ["poison"]


def test_deleting_again_succeeds_even_with_an_earlier_receipt(queue: tuple[Any, str]) -> None:
    sqs, url = queue
    sqs.send_message(QueueUrl=url, MessageBody="twice")
    (first,) = _receive(queue, VisibilityTimeout=0)
    (second,) = _receive(queue)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=second["ReceiptHandle"])
    sqs.delete_message(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"])
    sqs.delete_message(QueueUrl=url, ReceiptHandle=second["ReceiptHandle"])
    with pytest.raises(sqs.exceptions.ReceiptHandleIsInvalid):
        sqs.delete_message(QueueUrl=url, ReceiptHandle="no-receipt")


def test_counts_tell_visible_in_flight_and_delayed_apart(queue: tuple[Any, str]) -> None:
    sqs, url = queue
    for delay in (0, 0, 900):
        sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=delay)
    _receive(queue)
    counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert counts["ApproximateNumberOfMessages"] == "1"
    assert counts["ApproximateNumberOfMessagesNotVisible"] == "1"
    assert counts["ApproximateNumberOfMessagesDelayed"] == "1"
    sqs.purge_queue(QueueUrl=url)
    assert _receive(queue) == []


def test_visibility_can_be_given_back(queue: tuple[Any, str]) -> None:
    sqs, url = queue
    sqs.send_message(QueueUrl=url, MessageBody="again")
    (message,) = _receive(queue)
    assert _receive(queue) == []
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    assert [message["Body"] for message in _receive(queue)] == ["again"]


def test_a_receive_looks_at_no_more_messages_than_it_returns(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MessageStore()
    for _ in range(1000):
        store.add(_message())
    looked_at: list[Message] = []

    def keep(message: Message) -> bool:
        looked_at.append(message)
        return False

    assert len(store.receive(10, 0, 30, RETENTION_S, keep)) == len(looked_at) == 10


def test_all_who_wait_learn_when_a_message_comes_back() -> None:
    store = MessageStore()
    with ThreadPoolExecutor(2) as pool:
        receives = [pool.submit(store.receive, 1, 20, 1, RETENTION_S, lambda _: False) for _ in range(2)]
        wait(receives, timeout=0.1)
        store.add(_message())
        done = wait(receives, timeout=15).done  # one at once, the other when its visibility timeout has passed
        store.purge()
    assert len(done) == 2


def test_messages_past_their_retention_are_gone() -> None:
    store = MessageStore()
    store.add(_message(age_s=100))
    assert store.receive(1, 0, 30, 60, lambda _: False) == []
    assert store.counts() == (0, 0, 0)


def test_a_receipt_of_something_else_is_refused() -> None:
    with pytest.raises(ReceiptHandleIsInvalid):
        MessageStore().delete("AAAA")


def _message(age_s: float = 0) -> Message:
    message = Message(str(uuid.uuid4()), "body")
    message.sent_timestamp = int((time.time() - age_s) * 1000)  # type: ignore[assignment]
    return message
