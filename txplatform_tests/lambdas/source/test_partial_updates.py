"""Partial updates from a queue: they wait for their record for a while, and are refused with that reason after it."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.source.adapters import InboundQueues
from lambdas.source.api import Deadline
from lambdas.source.handler import handler
from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.mapping.loader import load_systems
from txplatform.contracts.render.mapping import publish_mapping
from txplatform_tests.lambdas.conftest import CONTEXT, Counted
from txplatform_tests.lambdas.source.conftest import Cloud, Endpoint, received, stored

pytestmark = pytest.mark.usefixtures("wired")

Messages = Callable[..., Any]
HOUR, OFTEN = 3_600, 121
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


def salesforce_change(ids: list[str]) -> dict[str, Any]:
    """A changed telephone number of each of these accounts."""
    header = {
        "entityName": "Account",
        "changeType": "UPDATE",
        "recordIds": ids,
        "changedFields": ["Phone"],
        "nulledFields": [],
        "commitTimestamp": 1_700_000_001_000,
    }
    return {"ChangeEventHeader": header, "Phone": "+44 1"}


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
    assert handler(sent_ago(event, HOUR - 60, OFTEN), CONTEXT) == waits
    pause = (names.inbound_queue("payments"), receipt, 30)
    assert postponed == [pause, pause], "the same each time, so that none overtakes another"
    counts = {"MessagesAccepted": 0.0, "MessagesSuperseded": 0.0, "MessagesRefused": 0.0}
    assert counted()["Entity", "payments"] == counts
    handler(messages(payment), CONTEXT)
    assert handler(sent_ago(event, HOUR + 60, OFTEN), CONTEXT) == {"batchItemFailures": []}
    assert stored(cloud)["pay_1"]["amount"] == {"N": "1.00"}
    assert received(cloud, DEAD_LETTERS) == received(cloud, "inbox") == []
    before = stored(cloud)
    assert handler(event, CONTEXT) == {"batchItemFailures": []}
    assert stored(cloud) == before, "delivered once more it changes nothing"


def test_a_patch_that_waited_in_vain_is_refused_and_waits_again_when_it_is_moved_back(
    cloud: Cloud, messages: Messages, payment: dict[str, Any], postponed: list[Any]
) -> None:
    body = patch(amount="1.00")
    event = messages(body, payment | {"payment_id": "pay_2"})
    assert handler(sent_ago(event, HOUR * 5), CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}, (
        "an outage of its consumer is no time in which its record could have come"
    )
    assert handler(sent_ago(event, HOUR, OFTEN), CONTEXT) == {"batchItemFailures": []}
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


def test_a_patch_that_another_overtook_is_a_dead_letter_and_again_when_it_is_moved_back(
    cloud: Cloud, messages: Messages, payment: dict[str, Any], postponed: list[Any], counted: Counted
) -> None:
    """It came before its record, and the newer one right after that: what it says is in the dead letter alone."""
    early, late = patch(amount="1.00"), patch(items=3, updated_at=LATEST)
    handler(messages(early), CONTEXT)
    handler(messages(payment), CONTEXT)
    handler(messages(late), CONTEXT)
    before = stored(cloud)
    counted()
    assert handler(sent_ago(messages(early), 30, 2), CONTEXT) == {"batchItemFailures": []}
    assert stored(cloud) == before
    [dead_letter] = received(cloud, DEAD_LETTERS)
    assert [reason["rule"] for reason in dead_letter["reasons"]] == ["superseded"]
    counts = {"MessagesAccepted": 0.0, "MessagesSuperseded": 0.0, "MessagesRefused": 1.0}
    assert counted()["Entity", "payments"] == counts
    assert handler(messages(dead_letter), CONTEXT) == {"batchItemFailures": []}
    assert [each["reasons"] for each in received(cloud, DEAD_LETTERS)] == [dead_letter["reasons"]]


def test_patches_that_come_again_after_newer_ones_are_no_dead_letters(
    cloud: Cloud, messages: Messages, payment: dict[str, Any]
) -> None:
    changes = [patch(amount="1.00"), patch(items=3, updated_at=LATEST)]
    for bodies in ((payment, *changes), (changes[0],), (payment, changes[0])):
        assert handler(messages(*bodies), CONTEXT) == {"batchItemFailures": []}
    assert received(cloud, DEAD_LETTERS) == []
    deletion = {"payment_id": "pay_1", "updated_at": "2024-01-03T00:00:00Z"}
    handler(messages({"op": "delete", "record": deletion}, *changes), CONTEXT)
    assert received(cloud, DEAD_LETTERS) == [], "of what was deleted afterwards nothing is missing"


def test_what_a_failed_call_held_is_not_overtaken_by_a_later_call(
    cloud: Cloud, messages: Messages, payment: dict[str, Any], endpoint: Endpoint
) -> None:
    between = [payment | {"payment_id": f"fill_{number}", "updated_at": NEWER} for number in range(99)]
    latest = [patch(items=3, updated_at=LATEST), payment | {"payment_id": "pay_2", "updated_at": LATEST}]
    handler(messages(payment), CONTEXT)
    endpoint.statuses = [503]
    event = messages(patch(amount="1.00"), *between, *latest)
    retried = handler(event, CONTEXT)["batchItemFailures"]
    assert {item["itemIdentifier"] for item in retried} == {f"m{number}" for number in range(101)}
    assert "items_count" not in stored(cloud)["pay_1"]
    assert stored(cloud).keys() == {"pay_1", "pay_2"}, "other records need not wait"
    assert handler(event, CONTEXT) == {"batchItemFailures": []}
    item = stored(cloud)["pay_1"]
    assert (item["amount"], item["items_count"]) == ({"N": "1.00"}, {"N": "3"})
    assert received(cloud, DEAD_LETTERS) == []


def test_a_patch_does_not_pass_one_of_its_record_that_waits_while_the_record_itself_does(
    cloud: Cloud, messages: Messages, payment: dict[str, Any], postponed: list[Any], endpoint: Endpoint
) -> None:
    between = [payment | {"payment_id": f"fill_{number}", "updated_at": NEWER} for number in range(99)]
    whole = payment | {"updated_at": "2024-01-03T00:00:00Z"}
    event = messages(patch(amount="1.00"), *between, patch(items=3, updated_at=LATEST), whole)
    assert handler(event, CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m0"}, {"itemIdentifier": "m100"}]}
    assert sum(len(batch) for batch in endpoint.batches) == 101
    assert len(postponed) == 2
    assert "items_count" not in stored(cloud)["pay_1"]


def test_a_message_is_postponed_once_however_many_of_its_records_wait(
    messages: Messages, dynamodb: Any, cloud: Cloud, postponed: list[Any]
) -> None:
    publish_mapping(dynamodb, load_systems(load_contracts())["salesforce"])
    event = messages(salesforce_change([f"001{number:03}" for number in range(150)]), system="salesforce")
    assert handler(event, CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert [queue for queue, _, _ in postponed] == [names.source_queue("salesforce")]


def test_without_time_left_a_message_is_not_postponed(
    messages: Messages, postponed: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Deadline, "has_time", False)
    assert handler(messages(patch(amount="1.00")), CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert postponed == []
