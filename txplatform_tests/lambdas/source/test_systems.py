"""Messages of a source system's queue: into the tables of their entities, or into the system's dead-letter queue."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from lambdas.shared.errors import RegistryUnavailableError, UnknownSystemError
from lambdas.shared.mapping_registry import MappingRegistry
from lambdas.shared.registry import TTL_SECONDS
from lambdas.source.handler import handler
from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.mapping.loader import load_systems
from txplatform.contracts.render.mapping import publish_mapping
from txplatform_tests.lambdas.conftest import CONTEXT, Counted
from txplatform_tests.lambdas.source.conftest import Cloud, Endpoint, received, stored
from txplatform_tests.lambdas.source.stripe import CUSTOMER, event, intent

pytestmark = pytest.mark.usefixtures("wired")

SYSTEM = load_systems(load_contracts())["stripe"]
DEAD_LETTERS = names.source_dead_letter_queue("stripe")
Messages = Callable[..., Any]


@pytest.fixture
def published(wired: None, dynamodb: Any) -> Iterator[Any]:
    publish_mapping(dynamodb, SYSTEM)
    return dynamodb


@pytest.fixture
def deliver(published: Any, messages: Messages) -> Callable[..., Any]:
    """Hands messages of Stripe's queue to the function, and returns the ids of those to be retried."""

    def call(*bodies: Any) -> list[str]:
        answer = handler(messages(*bodies, system="stripe"), CONTEXT)
        return [item["itemIdentifier"] for item in answer["batchItemFailures"]]

    return call


def reasons(dead_letter: Any) -> list[tuple[str, str, int, str, str]]:
    return [
        (item["record"], item["field"], item["payload"], item["pointer"], item["rule"])
        for item in dead_letter["reasons"]
    ]


def test_records_of_several_entities_are_stored(deliver: Any, cloud: Cloud, counted: Counted) -> None:
    assert deliver(event(intent()), CUSTOMER, event({"object": "plan", "id": "p"}, "plan.created")) == []

    assert stored(cloud)["pi_1"]["amount"] == {"N": "20.00"}
    [customer] = cloud("dynamodb").scan(TableName=names.entity_table("customers"))["Items"]
    assert (customer["pk"]["S"], customer["balance"]["N"]) == ("cus_1", "-1.50")
    assert received(cloud, DEAD_LETTERS) == []
    counts = counted()
    assert counts["System", "stripe"].pop("LatencyMilliseconds") > 0
    assert counts["System", "stripe"] == {
        "MessagesReceived": 3.0,
        "MessagesAccepted": 2.0,
        "MessagesIgnored": 1.0,
        "MessagesRefused": 0.0,
        "RecordsAccepted": 2.0,
        "RecordsSuperseded": 0.0,
    }
    assert counts["System", "Reason", "stripe", "other_event"] == {"Ignored": 1.0}


def test_a_superseded_record_is_counted_once_its_message_is_done(
    deliver: Any, endpoint: Endpoint, counted: Counted
) -> None:
    """It never counts more than the accepted ones, with which the alarm compares it."""
    deliver(event(intent(), at=1680800700))
    counted()
    endpoint.statuses = [200, 503]  # for the payment, then for the customer
    late = [event(intent(description="Order 16"), at=1680800600), CUSTOMER]

    assert deliver(late) == ["m0"]
    counts = counted()["System", "stripe"]
    assert (counts["RecordsAccepted"], counts["RecordsSuperseded"]) == (0.0, 0.0)

    assert deliver(late) == []
    counts = counted()["System", "stripe"]
    assert (counts["RecordsAccepted"], counts["RecordsSuperseded"]) == (2.0, 1.0)


def test_the_refused_part_of_a_message_is_a_dead_letter_and_the_rest_is_stored(
    deliver: Any, cloud: Cloud, counted: Counted
) -> None:
    body = [intent(), intent(id="pi_2", currency="xts", customer=None), event(intent(id="pi_3", amount=None))]

    assert deliver(body) == []

    assert stored(cloud).keys() == {"pi_1", "pi_3"}, "the amount received stands for the amount"
    [dead_letter] = received(cloud, DEAD_LETTERS)
    assert reasons(dead_letter) == [
        ("payment_intent", "amount", 1, "/amount_received", "currency"),
        ("payment_intent", "customer_id", 1, "/customer", "required"),
        ("payment_intent", "currency", 1, "/currency", "enum"),
    ]
    assert json.loads(dead_letter["payload"]) == body
    assert (dead_letter["system"], dead_letter["mapping_version"]) == ("stripe", SYSTEM.version)
    assert (dead_letter["origin"]["message_id"], dead_letter["envelopes"]) == ("m0", [])
    [notification] = received(cloud, "inbox")
    assert notification["Subject"] == "1 stripe message refused"
    assert {"record": "payment_intent", "field": "amount", "rule": "currency", "count": 1} in json.loads(
        notification["Message"]
    )["reasons"]
    counts = counted()
    assert counts["System", "stripe"]["RecordsAccepted"] == 2.0
    assert counts["System", "Reason", "stripe", "currency"] == {"Refused": 1.0}


def test_a_dead_letter_moved_back_changes_nothing_of_the_good_part_and_the_corrected_part_arrives(
    deliver: Any, cloud: Cloud, published: Any
) -> None:
    wrapped = {
        "Type": "Notification",
        "MessageId": "sns-1",
        "TopicArn": "arn:aws:sns:us-east-1:123456789012:t",
        "Message": json.dumps([intent(), intent(id="pi_2", payment_method_types=["swish"])]),
    }
    deliver(wrapped)
    before = stored(cloud)
    [dead_letter] = received(cloud, DEAD_LETTERS)
    assert reasons(dead_letter) == [("payment_intent", "method", 1, "/payment_method_types/0", "enum")]
    assert dead_letter["envelopes"] == [{"envelope": "sns", "id": "sns-1"}]

    assert deliver(dead_letter) == []
    [second] = received(cloud, DEAD_LETTERS)
    assert {**second, "refused_at": ""} == {**dead_letter, "refused_at": ""}, "the first origin stays"
    publish_mapping(published, _with_method("swish", "transfer"))
    assert deliver(second) == []

    after = stored(cloud)
    assert after.pop("pi_2")["method"] == {"S": "transfer"}
    assert after == before
    assert received(cloud, DEAD_LETTERS) == []


def _with_method(name: str, method: str) -> Any:
    """A later version of the mapping, which knows one method more."""
    [record] = [record for record in SYSTEM.records if record.name == "payment_intent"]
    value = record.fields["method"]
    [step] = value.transforms
    more = replace(step, arguments={**step.arguments, "values": {**step.arguments["values"], name: method}})
    fields = {**record.fields, "method": replace(value, transforms=(more,))}
    others = tuple(item for item in SYSTEM.records if item is not record)
    return replace(SYSTEM, version="1.2.0", records=(replace(record, fields=fields), *others))


def test_what_the_api_rejects_joins_the_reasons(deliver: Any, cloud: Cloud) -> None:
    deliver(intent())
    moved = intent(created=1600000000)

    assert deliver([event(moved), event(intent(id="pi_2", status="lost"))]) == []

    [dead_letter] = received(cloud, DEAD_LETTERS)
    assert reasons(dead_letter) == [
        ("payment_intent", "status", 1, "/data/object/status", "enum"),
        ("payment_intent", "created_at", 0, "/data/object/created", "partition_immutable"),
    ]


def test_a_message_that_the_api_does_not_answer_for_is_retried_whole(
    deliver: Any, cloud: Cloud, endpoint: Endpoint, counted: Counted
) -> None:
    endpoint.statuses = [503]

    assert deliver([intent(), intent(id="pi_2", status="lost")], event(intent(id="pi_3", status="lost"))) == ["m0"]

    [dead_letter] = received(cloud, DEAD_LETTERS)
    assert dead_letter["origin"]["message_id"] == "m1"
    assert counted()["System", "stripe"]["MessagesRefused"] == 1.0
    assert deliver([intent(), intent(id="pi_2", status="lost")]) == []
    assert stored(cloud).keys() == {"pi_1"}
    assert len(received(cloud, DEAD_LETTERS)) == 1


def test_a_dead_letter_that_sqs_does_not_take_leaves_the_message(deliver: Any, cloud: Cloud) -> None:
    url = cloud("sqs").get_queue_url(QueueName=DEAD_LETTERS)["QueueUrl"]
    cloud("sqs").delete_queue(QueueUrl=url)

    assert deliver("{", intent()) == ["m0"]
    assert stored(cloud).keys() == {"pi_1"}


@pytest.mark.parametrize(
    "body", ["", "{", '{"a": 1, "a": 2}', "[" * 5000, '"\\ud800"', "7", "\x00", "NaN", '{"op": 1}']
)
def test_what_is_no_payload_is_refused(deliver: Any, cloud: Cloud, body: str) -> None:
    assert deliver(body) == []
    [dead_letter] = received(cloud, DEAD_LETTERS)
    assert [item["rule"] for item in dead_letter["reasons"]] in (["invalid_json"], ["unrecognised"])
    assert dead_letter["payload"] == body


def test_a_message_without_payloads_is_ignored(deliver: Any, counted: Counted) -> None:
    assert deliver([]) == []
    assert counted()["System", "Reason", "stripe", "no_records"] == {"Ignored": 1.0}


def test_the_attribute_source_names_the_system_and_stays_with_the_dead_letter(
    published: Any, cloud: Cloud, messages: Messages
) -> None:
    sent = messages({"object": "parcel"}, system="stripe")
    sent["Records"][0]["messageAttributes"] = {"source": {"stringValue": "stripe", "dataType": "String"}}

    handler(sent, CONTEXT)

    url = cloud("sqs").get_queue_url(QueueName=DEAD_LETTERS)["QueueUrl"]
    [message] = cloud("sqs").receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert json.loads(message["Body"])["reasons"][0]["rule"] == "unmapped", "it need not match"
    assert message["MessageAttributes"]["source"]["StringValue"] == "stripe"


def test_a_mapping_to_an_entity_that_is_not_published_refuses_its_records(
    deliver: Any, cloud: Cloud, published: Any
) -> None:
    key = {"entity": {"S": "payments"}, "item": {"S": "schema"}}
    published.delete_item(TableName=names.REGISTRY_TABLE, Key=key)

    assert deliver(intent()) == []

    [dead_letter] = received(cloud, DEAD_LETTERS)
    assert [item["rule"] for item in dead_letter["reasons"]] == ["unknown_entity"]


def test_a_queue_without_a_mapping_keeps_its_messages(dynamodb: Any, messages: Messages) -> None:
    with pytest.raises(UnknownSystemError, match="stripe"):
        handler(messages(intent(), system="stripe"), CONTEXT)


def test_messages_of_entities_and_systems_go_on_together(
    published: Any, cloud: Cloud, messages: Messages, payment: dict[str, Any]
) -> None:
    both = messages(payment)
    both["Records"] += messages(payment, intent(), system="stripe")["Records"][1:]

    assert handler(both, CONTEXT) == {"batchItemFailures": []}
    assert stored(cloud).keys() == {"pay_1", "pi_1"}


def test_a_mapping_is_read_once_a_minute_and_kept_compiled(published: Any) -> None:
    now = [0.0]
    registry = MappingRegistry(published, names.REGISTRY_TABLE, lambda: now[0])
    first = registry.mapping("stripe")
    publish_mapping(published, _with_method("swish", "transfer"))

    assert registry.mapping("stripe") is first
    now[0] = TTL_SECONDS
    second = registry.mapping("stripe")
    assert second.version == "1.2.0"
    assert registry.fresh_mapping("stripe") is second, "the same document is not compiled again"
    with pytest.raises(RegistryUnavailableError):
        MappingRegistry(published, "no-such-table").mapping("stripe")
