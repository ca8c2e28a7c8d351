"""`source` on the SQS events that AWS documents: what is stored under which trace id, and what is refused and why."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from lambdas.shared.errors import MalformedEventError
from lambdas.source.handler import handler
from txplatform.contracts import names
from txplatform_tests.lambdas.conftest import CONTEXT, SCHEMAS
from txplatform_tests.lambdas.source.conftest import Cloud, received

pytestmark = pytest.mark.usefixtures("wired")


@dataclass(frozen=True)
class Outcome:
    """The trace id of each stored item by its key, and the rules that each dead-letter message names, by message id."""

    stored: dict[str, str] = field(default_factory=dict[str, str])
    refused: dict[str, set[tuple[str, str]]] = field(default_factory=dict[str, set[tuple[str, str]]])
    entity: str = "payments"


# The names in the JSON envelope of a notification, which no contract has.
SNS_NAMES = (
    "Type",
    "MessageId",
    "TopicArn",
    "Subject",
    "Message",
    "Timestamp",
    "SignatureVersion",
    "Signature",
    "SigningCertURL",
    "UnsubscribeURL",
    "MessageAttributes",
)
REQUIRED = [name for name, rule in SCHEMAS["payments"].fields.items() if rule.required]
OUTCOMES = {
    "sqs/standard": Outcome({"pay_0193f2c8a1d4": "standard-message"}),
    "sqs/source_names": Outcome({"pay_2": "source-names-message"}),
    "sqs/trades_queue": Outcome({"xetr#T-000117": "trades-message"}, entity="trades"),
    "sqs/customers_queue": Outcome({"cus_00042": "customers-message"}, entity="customers"),
    "sqs/fair_queue_message_group": Outcome({"pay_3": "fair-queue-message"}),
    "sqs/message_attributes": Outcome({"pay_4": "order-service-7f3a"}),
    "sqs/binary_correlation_id": Outcome({"pay_5": "binary-attribute-message"}),
    "sqs/trace_header": Outcome({"pay_6": "1-5759e988-bd862e3fe1be46a994272793"}),
    "sqs/sns_wrapped": Outcome(
        refused={
            "sns-message": {(name, "unknown_field") for name in SNS_NAMES} | {(name, "required") for name in REQUIRED}
        }
    ),
    "sqs/sns_raw_delivery": Outcome({"pay_8": "order-service-8"}),
    "sqs/empty_body": Outcome(refused={"empty-message": {("", "invalid_json")}}),
    "sqs/multi_record": Outcome(
        {"pay_9": "m-later-version", "pay_11": "m-delete"},
        {"m-broken": {("amount", "minimum"), ("currency", "enum")}, "m-cut-off": {("", "invalid_json")}},
    ),
    "sqs/redriven_dead_letter": Outcome({"pay_13": "redrive-13"}, {"first-14": {("currency", "enum")}}),
    "sqs/maximum_receives": Outcome({"pay_15": "often-received-message"}),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_every_message_is_stored_or_refused_with_its_reasons(
    cloud: Cloud, event: Callable[[str], Any], name: str
) -> None:
    expected = OUTCOMES[name]

    assert handler(event(name), CONTEXT) == {"batchItemFailures": []}

    items = cloud("dynamodb").scan(TableName=names.entity_table(expected.entity))["Items"]
    assert {item["pk"]["S"]: item["_trace_id"]["S"] for item in items} == expected.stored
    dead_letters = received(cloud, names.inbound_dead_letter_queue("payments"))
    assert {
        item["origin"]["message_id"]: {(reason["field"], reason["rule"]) for reason in item["reasons"]}
        for item in dead_letters
    } == expected.refused


@pytest.mark.parametrize("name", ["sqs/fifo"])
def test_a_queue_that_is_not_an_inbound_queue_is_refused_whole(
    cloud: Cloud, event: Callable[[str], Any], name: str
) -> None:
    with pytest.raises(MalformedEventError, match=r"queue 'txplatform-payments-inbound\.fifo' is not an inbound queue"):
        handler(event(name), CONTEXT)
    assert cloud("dynamodb").scan(TableName=names.entity_table("payments"))["Items"] == []


def test_the_names_of_a_source_become_those_of_the_contract(cloud: Cloud, event: Callable[[str], Any]) -> None:
    handler(event("sqs/source_names"), CONTEXT)
    [item] = cloud("dynamodb").scan(TableName=names.entity_table("payments"))["Items"]
    expected = {"currency": "EUR", "status": "captured", "method": "card", "created_at": "2025-11-26T09:00:00.000000Z"}
    assert {name: item[name]["S"] for name in expected} == expected
    assert item["amount"] == {"N": "12.30"}


def test_the_last_version_of_a_batch_is_stored_and_a_deletion_leaves_a_tombstone(
    cloud: Cloud, event: Callable[[str], Any]
) -> None:
    handler(event("sqs/multi_record"), CONTEXT)
    items = {
        item["pk"]["S"]: item for item in cloud("dynamodb").scan(TableName=names.entity_table("payments"))["Items"]
    }
    assert items["pay_9"]["_version"] == {"S": "2025-11-28T06:00:00.000000Z"}
    assert "_deleted" not in items["pay_9"]
    assert items["pay_11"]["_deleted"] == {"BOOL": True}


def test_a_redriven_dead_letter_that_is_refused_again_keeps_its_origin(
    cloud: Cloud, event: Callable[[str], Any]
) -> None:
    before = json.loads(event("sqs/redriven_dead_letter")["Records"][1]["body"])
    handler(event("sqs/redriven_dead_letter"), CONTEXT)
    [again] = received(cloud, names.inbound_dead_letter_queue("payments"))
    assert (again["payload"], again["origin"]) == (before["payload"], before["origin"])
