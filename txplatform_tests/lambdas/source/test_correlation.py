"""The correlation ids of messages: to the API, the item, the dead letter and back, and the alert."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.source.core import MAX_IDS_IN_ALERT
from lambdas.source.handler import handler
from txplatform.contracts import names
from txplatform_tests.lambdas.conftest import CONTEXT
from txplatform_tests.lambdas.source.conftest import Cloud, Endpoint, received

pytestmark = pytest.mark.usefixtures("wired")


def with_id(record: dict[str, Any], text: str) -> dict[str, Any]:
    """The record of an SQS event with a correlation id as its message attribute."""
    attribute = {"stringValue": text, "stringListValues": [], "binaryListValues": [], "dataType": "String"}
    return record | {"messageAttributes": {"correlation_id": attribute}}


def test_messages_of_one_call_keep_their_ids(
    cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any], endpoint: Endpoint
) -> None:
    event = messages(payment, {**payment, "payment_id": "pay_2"}, {**payment, "payment_id": "pay_3"})
    event["Records"][0] = with_id(event["Records"][0], "order-1")
    event["Records"][2] = with_id(event["Records"][2], "a hostile one\n")
    assert handler(event, CONTEXT) == {"batchItemFailures": []}
    assert endpoint.call_ids == [CONTEXT.aws_request_id]
    items = cloud("dynamodb").scan(TableName=names.entity_table("payments"))["Items"]
    assert {item["pk"]["S"]: item["_trace_id"]["S"] for item in items} == {
        "pay_1": "order-1",
        "pay_2": "m1",
        "pay_3": "m2",
    }


def test_a_dead_letter_carries_its_id_and_keeps_it_when_it_is_moved_back(
    cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any]
) -> None:
    event = messages({**payment, "currency": "XXX"})
    event["Records"][0] = with_id(event["Records"][0], "order-1")
    handler(event, CONTEXT)
    sqs = cloud("sqs")
    url = sqs.get_queue_url(QueueName=names.inbound_dead_letter_queue("payments"))["QueueUrl"]
    [dead_letter] = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert dead_letter["MessageAttributes"] == {"correlation_id": {"StringValue": "order-1", "DataType": "String"}}

    body = json.loads(dead_letter["Body"]) | {"payload": json.dumps(payment)}
    moved = messages(body)
    moved["Records"][0] = with_id(moved["Records"][0], "order-1")
    handler(moved, CONTEXT)
    [item] = cloud("dynamodb").scan(TableName=names.entity_table("payments"))["Items"]
    assert item["_trace_id"] == {"S": "order-1"}


def test_the_alert_names_the_ids_of_what_was_refused(
    cloud: Cloud, messages: Callable[..., Any], payment: dict[str, Any]
) -> None:
    count = MAX_IDS_IN_ALERT + 3
    handler(messages(payment, *["{"] * count), CONTEXT)
    [notification] = received(cloud, "inbox")
    alert = json.loads(notification["Message"])
    assert alert["correlation_ids"] == [f"m{index}" for index in range(1, MAX_IDS_IN_ALERT + 1)]
    assert alert["further_correlation_ids"] == 3
