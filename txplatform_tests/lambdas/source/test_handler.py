"""`source` from event to table, alert and metrics, on AWS in this process."""

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from lambdas.shared.errors import UnknownEntityError
from lambdas.shared.registry import SchemaRegistry
from lambdas.shared.schema import EntitySchema
from lambdas.source import handler as module
from lambdas.source.core import MAX_RULES_IN_LINE
from lambdas.source.handler import handler
from txplatform.contracts import names
from txplatform.contracts.model import Evolution
from txplatform.contracts.render.registry import publish, registry_document
from txplatform_tests.lambdas.conftest import CONTEXT, CONTRACTS, Context, Counted
from txplatform_tests.lambdas.source.conftest import Cloud, Endpoint, received, stored

pytestmark = pytest.mark.usefixtures("wired")


def test_good_records_are_stored_and_bad_ones_refused_with_all_reasons(
    cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any], counted: Counted
) -> None:
    bad = '{"payment_id": "pay_2", "amount": "twelve", "card_last4": "sesame"}'
    event = messages(payment, bad, "{", {"op": "delete", "record": {**payment, "payment_id": "pay_3"}})

    assert handler(event, CONTEXT) == {"batchItemFailures": []}

    items = stored(cloud)
    assert items["pay_1"]["amount"] == {"N": "12.30"}
    assert items["pay_3"]["_deleted"] == {"BOOL": True}
    dead_letters = received(cloud, names.inbound_dead_letter_queue("payments"))
    assert [dead_letter["payload"] for dead_letter in dead_letters] == [bad, "{"]
    rules = {(reason["field"], reason["rule"]) for reason in dead_letters[0]["reasons"]}
    assert {("amount", "type"), ("card_last4", "pattern"), ("customer_id", "required")} <= rules
    assert dead_letters[0]["origin"]["message_id"] == "m1"
    [notification] = received(cloud, "inbox")
    assert notification["Subject"] == "2 payments messages refused"
    assert "sesame" not in notification["Message"]
    assert counted()["Entity", "payments"] == {
        "MessagesAccepted": 2.0,
        "MessagesSuperseded": 0.0,
        "MessagesRefused": 2.0,
    }


def test_redelivery_changes_nothing(cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any]) -> None:
    event = messages(payment, {**payment, "updated_at": "2024-01-01T00:00:00Z", "amount": "9.99"})
    handler(event, CONTEXT)
    before = stored(cloud)
    assert handler(event, CONTEXT) == {"batchItemFailures": []}
    assert stored(cloud) == before
    assert before["pay_1"]["amount"] == {"N": "9.99"}
    assert received(cloud, names.inbound_dead_letter_queue("payments")) == []


def test_a_personal_value_that_a_message_no_longer_has_goes(
    cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any]
) -> None:
    """A message is the whole record, and the client of `source` may not read what it replaces."""
    handler(messages(payment | {"payer_name": "Ada", "card_last4": "4242"}), CONTEXT)
    assert stored(cloud)["pay_1"]["payer_name"] == {"S": "Ada"}
    handler(messages(payment | {"updated_at": "2024-01-01T00:00:00Z", "card_last4": "4242"}), CONTEXT)
    assert received(cloud, names.inbound_dead_letter_queue("payments")) == []
    assert "payer_name" not in stored(cloud)["pay_1"]
    assert stored(cloud)["pay_1"]["card_last4"] == {"S": "4242"}


def test_deprecated_fields_are_counted(
    cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any], counted: Counted
) -> None:
    payments = CONTRACTS["payments"]
    noted = Evolution(deprecated="Nobody reads it.")
    fields = tuple(replace(item, evolution=noted) if item.name == "channel" else item for item in payments.fields)
    publish(cloud("dynamodb"), replace(payments, version="9.0.0", fields=fields))
    assert handler(messages({**payment, "channel": "web"}, {**payment, "channel": None}), CONTEXT)
    assert counted()["Entity", "payments"]["DeprecatedFields"] == 1.0


def test_a_superseded_message_is_counted_and_in_the_log(
    cloud: Cloud,
    messages: Callable[..., Any],
    payment: dict[str, Any],
    counted: Counted,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines: list[str] = []
    keep = lambda record: lines.append(module.log.registered_formatter.format(record))  # noqa: E731
    monkeypatch.setattr(module.log.registered_handler, "emit", keep)
    monkeypatch.setattr(module.log._logger, "level", logging.WARNING)
    older = {**payment, "updated_at": "2023-01-01T00:00:00Z"}
    event = messages(payment, payment, older, {"op": "delete", "record": older})

    assert handler(event, CONTEXT) == {"batchItemFailures": []}

    counts = {"MessagesAccepted": 4.0, "MessagesSuperseded": 2.0, "MessagesRefused": 0.0}
    assert counted()["Entity", "payments"] == counts, "the same message again is no superseded one"
    found = [line for line in map(json.loads, lines) if line["level"] == "WARNING"]
    assert [(line["message"], line["message_id"]) for line in found] == [("superseded", "m2"), ("superseded", "m3")]
    assert received(cloud, names.inbound_dead_letter_queue("payments")) == []


def test_a_version_of_the_far_future_is_refused(
    cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any]
) -> None:
    far = {**payment, "updated_at": "2099-12-31T00:00:00Z"}
    assert handler(messages(far, payment), CONTEXT) == {"batchItemFailures": []}
    [dead_letter] = received(cloud, names.inbound_dead_letter_queue("payments"))
    assert [(item["field"], item["rule"]) for item in dead_letter["reasons"]] == [("updated_at", "version_in_future")]
    assert stored(cloud)["pay_1"]["_version"] == {"S": payment["updated_at"]}


def test_a_misfit_in_the_table_refuses_its_own_message_alone(
    cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any]
) -> None:
    cloud("dynamodb").put_item(TableName=names.entity_table("payments"), Item={"pk": {"S": "pay_1"}})
    good = [{**payment, "payment_id": f"pay_good_{index}"} for index in range(9)]
    assert handler(messages(payment, *good), CONTEXT) == {"batchItemFailures": []}
    [dead_letter] = received(cloud, names.inbound_dead_letter_queue("payments"))
    assert json.loads(dead_letter["payload"]) == payment
    [reason] = dead_letter["reasons"]
    assert (reason["rule"], "'pay_1'" in reason["message"]) == ("undecodable_item", True)
    assert len(stored(cloud)) == 10


def test_a_message_with_very_many_violations_is_refused_with_some_and_their_number(
    cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []
    keep = lambda record: lines.append(module.log.registered_formatter.format(record))  # noqa: E731
    monkeypatch.setattr(module.log.registered_handler, "emit", keep)
    monkeypatch.setattr(module.log._logger, "level", logging.WARNING)
    handler(messages({**payment, **{f"f{index}": 1 for index in range(20_000)}}), CONTEXT)
    [dead_letter] = received(cloud, names.inbound_dead_letter_queue("payments"))
    assert len(dead_letter["reasons"]) + dead_letter["further_reasons"] == 20_000
    [line] = [line for line in lines if json.loads(line)["message"] == "refused"]
    assert len(line) < 5_000
    assert json.loads(line)["further_rules"] == 20_000 - MAX_RULES_IN_LINE


def test_what_the_api_rejects_is_refused_too(
    cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any]
) -> None:
    moved = {**payment, "created_at": "2020-01-01T00:00:00Z", "updated_at": "2024-01-01T00:00:00Z"}
    assert handler(messages(payment, moved), CONTEXT) == {"batchItemFailures": []}
    [dead_letter] = received(cloud, names.inbound_dead_letter_queue("payments"))
    assert [(item["field"], item["rule"]) for item in dead_letter["reasons"]] == [("created_at", "partition_immutable")]
    assert json.loads(dead_letter["payload"]) == moved


def test_another_record_of_a_stored_version_is_refused_and_a_repetition_is_not(
    cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any]
) -> None:
    other = {**payment, "amount": "99.00"}
    assert handler(messages(payment, payment, other), CONTEXT) == {"batchItemFailures": []}
    [dead_letter] = received(cloud, names.inbound_dead_letter_queue("payments"))
    assert json.loads(dead_letter["payload"]) == other
    assert [(item["field"], item["rule"]) for item in dead_letter["reasons"]] == [("updated_at", "version_conflict")]
    assert stored(cloud)["pay_1"]["amount"] == {"N": "12.30"}


@pytest.mark.parametrize("status", [429, 500, 503])
def test_when_the_api_does_not_answer_good_messages_stay_and_bad_ones_go(
    cloud: Cloud,
    messages: Callable[..., Any],
    payment: dict[str, Any],
    endpoint: Endpoint,
    status: int,
    counted: Counted,
) -> None:
    endpoint.statuses = [status]
    assert handler(messages(payment, "{"), CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert stored(cloud) == {}
    assert len(received(cloud, names.inbound_dead_letter_queue("payments"))) == 1
    assert counted()["Entity", "payments"] == {
        "MessagesAccepted": 0.0,
        "MessagesSuperseded": 0.0,
        "MessagesRefused": 1.0,
    }


def test_without_a_token_messages_stay(
    messages: Callable[..., Any], payment: dict[str, Any], endpoint: Endpoint
) -> None:
    endpoint.token_status = 500
    assert handler(messages(payment), CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}


def test_without_the_secret_messages_stay(cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any]) -> None:
    cloud("secretsmanager").put_secret_value(SecretId="machine-client", SecretString="[]")
    assert handler(messages(payment), CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    cloud("secretsmanager").delete_secret(SecretId="machine-client", ForceDeleteWithoutRecovery=True)
    assert handler(messages(payment), CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}


def test_when_no_time_is_left_good_messages_stay_and_bad_ones_go(
    cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any], endpoint: Endpoint
) -> None:
    late = Context(remaining=int(module.RESERVED_SECONDS * 1000))
    assert handler(messages(payment, "{"), late) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert (endpoint.tokens, endpoint.batches) == (0, [])
    assert len(received(cloud, names.inbound_dead_letter_queue("payments"))) == 1
    assert len(received(cloud, "inbox")) == 1


def test_nothing_is_refused_by_a_contract_that_has_been_replaced(
    cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    handler(messages(payment), CONTEXT)
    document = registry_document(CONTRACTS["payments"])
    document["fields"]["colour"] = {"type": "string"}
    document["json_schema"]["properties"]["colour"] = {"type": "string"}
    published = {"entity": {"S": "payments"}, "item": {"S": "schema"}, "version": {"S": "9.0.0"}}
    published["document"] = {"S": json.dumps(document)}
    cloud("dynamodb").put_item(TableName=names.REGISTRY_TABLE, Item=published)
    reads: list[Any] = []
    fresh_schema = SchemaRegistry.fresh_schema
    registry = module._source()._registry

    def counted(self: SchemaRegistry, entity: str) -> EntitySchema:
        reads.append(self)
        return fresh_schema(self, entity)

    monkeypatch.setattr(SchemaRegistry, "fresh_schema", counted)
    coloured = {**payment, "payment_id": "pay_2", "colour": "red"}
    assert handler(messages(coloured, "{", "}"), CONTEXT) == {"batchItemFailures": []}
    assert stored(cloud)["pay_2"]["colour"] == {"S": "red"}
    dead_letters = received(cloud, names.inbound_dead_letter_queue("payments"))
    assert [dead_letter["schema_version"] for dead_letter in dead_letters] == [document["version"]] * 2
    assert reads.count(registry) == 1


def test_a_lost_topic_does_not_stop_the_batch(
    cloud: Cloud, messages: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TXP_ALERTS_TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:gone")
    assert handler(messages("{"), CONTEXT) == {"batchItemFailures": []}
    assert len(received(cloud, names.inbound_dead_letter_queue("payments"))) == 1


def test_an_alert_fits_into_the_time_that_is_reserved(cloud: Cloud) -> None:
    config = cloud("sns").meta.config
    assert config.retries["total_max_attempts"] == 1
    assert config.connect_timeout + config.read_timeout < module.RESERVED_SECONDS


def test_what_was_counted_before_an_error_is_written(
    messages: Callable[..., Any], payment: dict[str, Any], counted: Counted
) -> None:
    event = messages(payment, "{")
    event["Records"] += messages("{}", entity="orders")["Records"]
    with pytest.raises(UnknownEntityError):
        handler(event, CONTEXT)
    counts = {"MessagesAccepted": 1.0, "MessagesSuperseded": 0.0, "MessagesRefused": 1.0}
    assert counted() == {("Entity", "payments"): counts}


def test_a_queue_without_a_published_contract_raises(messages: Callable[..., Any]) -> None:
    with pytest.raises(UnknownEntityError):
        handler(messages("{}", entity="orders"), CONTEXT)


def test_every_order_of_a_burst_of_one_second_twice_ends_in_its_last_state(
    cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any]
) -> None:
    """The source's clock has whole seconds, and its words for the states are its own."""
    orders = list(permutations(("authorized", "succeeded", "paid")))
    for turn in range(6):
        states = [(f"pay_{number}", order[turn % 3]) for number, order in enumerate(orders)]
        bodies = [{**payment, "payment_id": key, "status": state, "updated_at": 1_700_000_000} for key, state in states]
        assert handler(messages(*bodies), CONTEXT) == {"batchItemFailures": []}
    assert {item["status"]["S"] for item in stored(cloud).values()} == {"settled"}
    assert len(stored(cloud)) == len(orders)
    assert received(cloud, names.inbound_dead_letter_queue("payments")) == []
