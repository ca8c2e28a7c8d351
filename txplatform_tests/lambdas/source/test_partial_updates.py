"""Partial updates from a queue: they wait for their record for a while, and are refused with that reason after it."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.source.adapters import InboundQueues
from lambdas.source.handler import handler
from txplatform.contracts import names
from txplatform_tests.lambdas.conftest import CONTEXT, Counted
from txplatform_tests.lambdas.source.conftest import Cloud, Endpoint, received, stored

pytestmark = pytest.mark.usefixtures("wired")

Messages = Callable[..., Any]
HOUR = 3_600
NEWER, LATEST = "2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z"
DEAD_LETTERS = names.inbound_dead_letter_queue("payments")


def patch(**changes: Any) -> dict[str, Any]:
    return {"op": "patch", "record": {"payment_id": "pay_1", "updated_at": NEWER, **changes}}


def sent_ago(event: Any, seconds: float, received_times: int = 1) -> Any:
    """The event, of messages that were sent so long ago and came so often."""
    for record in event["Records"]:
        record["attributes"] |= {
            "SentTimestamp": str(int((time.time() - seconds) * 1000)),
            "ApproximateReceiveCount": str(received_times),
        }
    return event


@pytest.fixture
def postponed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, int]]:
    """How messages were postponed: queue, receipt and seconds."""
    calls: list[tuple[str, str, int]] = []
    monkeypatch.setattr(InboundQueues, "postpone", lambda _, *call: calls.append(call))
    return calls


def test_a_patch_waits_until_its_record_is_there(
    cloud: Cloud,
    messages: Messages,
    payment: dict[str, Any],
    postponed: list[tuple[str, str, int]],
    counted: Counted,
) -> None:
    event = sent_ago(messages(patch(amount="1.00")), 0)
    waits = {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert handler(event, CONTEXT) == waits
    receipt = event["Records"][0]["receiptHandle"]
    assert postponed == [(names.inbound_queue("payments"), receipt, 5)]
    assert handler(sent_ago(event, HOUR - 60, 7), CONTEXT) == waits
    assert len(postponed) == 1, "later it comes back when its queue says"
    counts = {"MessagesAccepted": 0.0, "MessagesSuperseded": 0.0, "MessagesRefused": 0.0}
    assert counted()["Entity", "payments"] == counts
    handler(messages(payment), CONTEXT)
    assert handler(sent_ago(event, HOUR + 60, 8), CONTEXT) == {"batchItemFailures": []}
    assert stored(cloud)["pay_1"]["amount"] == {"N": "1.00"}
    assert received(cloud, DEAD_LETTERS) == received(cloud, "inbox") == []
    before = stored(cloud)
    assert handler(event, CONTEXT) == {"batchItemFailures": []}
    assert stored(cloud) == before, "delivered once more it changes nothing"


def test_a_patch_that_waited_in_vain_is_refused_and_waits_again_when_it_is_moved_back(
    cloud: Cloud, messages: Messages, payment: dict[str, Any], postponed: list[Any]
) -> None:
    body = patch(amount="1.00")
    assert handler(sent_ago(messages(body, payment | {"payment_id": "pay_2"}), HOUR), CONTEXT) == {
        "batchItemFailures": []
    }
    [dead_letter] = received(cloud, DEAD_LETTERS)
    assert [(reason["field"], reason["rule"]) for reason in dead_letter["reasons"]] == [("", "not_found")]
    [alerted] = received(cloud, "inbox")
    assert "not_found" in alerted["Message"]
    assert "pay_2" in stored(cloud)
    again = sent_ago(messages(dead_letter), 10)
    assert handler(again, CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}, "its new time counts"
    handler(messages(payment), CONTEXT)
    assert handler(again, CONTEXT) == {"batchItemFailures": []}
    assert stored(cloud)["pay_1"]["amount"] == {"N": "1.00"}
    assert received(cloud, DEAD_LETTERS) == []


def test_a_patch_that_violates_the_contract_does_not_wait(
    cloud: Cloud, messages: Messages, postponed: list[Any]
) -> None:
    assert handler(sent_ago(messages(patch(amount=None, colour="red")), 0), CONTEXT) == {"batchItemFailures": []}
    [dead_letter] = received(cloud, DEAD_LETTERS)
    found = {(reason["field"], reason["rule"]) for reason in dead_letter["reasons"]}
    assert found == {("amount", "required"), ("colour", "unknown_field")}
    assert postponed == []


def test_patches_of_a_batch_are_posted_oldest_first(
    cloud: Cloud, messages: Messages, payment: dict[str, Any], endpoint: Endpoint
) -> None:
    """So those that came in one batch out of order all take effect."""
    event = messages(patch(items=3, updated_at=LATEST), patch(amount="1.00"), payment)
    assert handler(sent_ago(event, 0), CONTEXT) == {"batchItemFailures": []}
    item = stored(cloud)["pay_1"]
    assert (item["amount"], item["items_count"]) == ({"N": "1.00"}, {"N": "3"})
    assert [operation["op"] for operation in endpoint.batches[0]] == ["upsert", "patch", "patch"]


def test_a_patch_is_aligned_and_says_nothing_of_what_it_does_not_name(
    cloud: Cloud, messages: Messages, payment: dict[str, Any]
) -> None:
    full = payment | {"card": {"last4": "4242"}, "payer": {"name": "Zoë"}, "description": "Two tickets"}
    change = {"id": "pay_1", "updated": 1_704_067_200, "status": "SUCCEEDED", "card": None, "description": None}
    handler(messages(full, {"op": "patch", "record": change}), CONTEXT)
    item = stored(cloud)["pay_1"]
    assert (item["status"], item["payer_name"]) == ({"S": "captured"}, {"S": "Zoë"})
    assert not {"card_last4", "description"} & item.keys()


def test_when_the_queue_does_not_answer_the_message_stays_all_the_same(
    messages: Messages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its queue does not exist, so SQS refuses the call."""
    event = sent_ago(messages(patch(amount="1.00")), 0)
    assert handler(event, CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
