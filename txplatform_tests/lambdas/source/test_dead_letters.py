"""Refused messages on their way to the dead-letter queue and back, on AWS in this process."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.source import handler as module
from lambdas.source.handler import handler
from txplatform.contracts import names
from txplatform_tests.lambdas.conftest import CONTEXT, Counted
from txplatform_tests.lambdas.source.conftest import Cloud, received, stored

pytestmark = pytest.mark.usefixtures("wired")


def test_what_is_refused_is_sent_before_anything_is_posted(
    cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        """The sandbox ends."""

    def kill(*_: Any) -> None:
        raise KilledError

    monkeypatch.setattr(module.DataApi, "post_batch", kill)
    with pytest.raises(KilledError):
        handler(messages(payment, "{"), CONTEXT)
    assert [dead_letter["payload"] for dead_letter in received(cloud, names.inbound_dead_letter_queue("payments"))] == [
        "{"
    ]


def test_a_dead_letter_moved_back_is_validated_again(
    cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any]
) -> None:
    handler(messages({**payment, "currency": "XXX"}, "{"), CONTEXT)
    dead_letters = received(cloud, names.inbound_dead_letter_queue("payments"))
    dead_letters[0]["payload"] = json.dumps(payment)

    assert handler(messages(*dead_letters), CONTEXT) == {"batchItemFailures": []}

    assert list(stored(cloud)) == ["pay_1"]
    [again] = received(cloud, names.inbound_dead_letter_queue("payments"))
    assert {name: again[name] for name in ("payload", "origin", "reasons")} == {
        name: dead_letters[1][name] for name in ("payload", "origin", "reasons")
    }


def test_a_message_that_imitates_a_dead_letter_stops_nobody(
    cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any]
) -> None:
    handler(messages("{"), CONTEXT)
    [dead_letter] = received(cloud, names.inbound_dead_letter_queue("payments"))
    imitation = json.dumps(dead_letter | {"payload": "\ud800"})
    assert handler(messages(payment, imitation, "{"), CONTEXT) == {"batchItemFailures": []}
    assert list(stored(cloud)) == ["pay_1"]
    dead_letters = received(cloud, names.inbound_dead_letter_queue("payments"))
    assert [item["payload"] for item in dead_letters] == [imitation, "{"]


def test_a_dead_letter_too_large_for_its_queue_leaves_the_message_and_is_alerted(
    cloud: Cloud, messages: Callable[..., Any], counted: Counted
) -> None:
    quotes = '{"description": "' + '\\"' * 400_000
    fits = "x" * 700_000
    assert handler(messages(quotes, fits, "{"), CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    dead_letters = received(cloud, names.inbound_dead_letter_queue("payments"))
    assert [dead_letter["payload"] for dead_letter in dead_letters] == [fits, "{"]
    [notification] = received(cloud, "inbox")
    assert notification["Subject"] == "3 payments messages refused"
    assert counted()["Entity", "payments"]["MessagesRefused"] == 2.0


def test_without_a_dead_letter_queue_bad_messages_stay_and_raise_no_alert(
    cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any]
) -> None:
    sqs = cloud("sqs")
    url = sqs.get_queue_url(QueueName=names.inbound_dead_letter_queue("payments"))["QueueUrl"]
    sqs.delete_queue(QueueUrl=url)
    assert handler(messages(payment, "{"), CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert list(stored(cloud)) == ["pay_1"]
    assert received(cloud, "inbox") == []


def test_more_refused_messages_than_one_call_to_sqs_takes(cloud: Cloud, messages: Callable[..., Any]) -> None:
    large = ["x" * 100_000 for _ in range(5)]
    assert handler(messages(*(["{"] * 11), *large), CONTEXT) == {"batchItemFailures": []}
    assert len(received(cloud, names.inbound_dead_letter_queue("payments"))) == 16
    assert len(received(cloud, "inbox")) == 1
