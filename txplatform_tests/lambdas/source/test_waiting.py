"""How long a partial update waits for its record, and what it says of its fields."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.shared.alignment import align
from lambdas.shared.schema import EntitySchema
from lambdas.source.adapters import InboundQueues
from lambdas.source.core import Accepted, Delivery, Message, Origin
from lambdas.source.results import Rejected
from lambdas.source.waiting import PAUSE, divide
from txplatform.clock import utc_now

HOUR = timedelta(hours=1)


def message(age: timedelta, received_times: int = 1) -> Message:
    origin = Origin("queue", "m", "2018-12-17T21:37:29.183000Z", 1)
    return Message(
        "payments", "m", "{}", origin, "trace", Delivery("queue", utc_now() - age, received_times, "receipt")
    )


def waits(*messages: Message) -> tuple[list[Rejected], list[Rejected]]:
    return divide([Rejected(Accepted(each, "patch", {}), ()) for each in messages], utc_now(), HOUR)


def test_messages_wait_for_a_time_and_for_as_many_receipts_as_it_has_pauses() -> None:
    often = HOUR // PAUSE + 1
    young, unheard, old = message(HOUR - PAUSE, often), message(HOUR * 5, often - 1), message(HOUR, often)
    waiting, overdue = waits(young, unheard, old)
    assert [item.accepted.message for item in waiting] == [young, unheard]
    assert [item.accepted.message for item in overdue] == [old]


@pytest.mark.parametrize("fails", [False, True])
def test_a_message_is_postponed_in_its_own_queue(fails: bool) -> None:
    asked: list[dict[str, Any]] = []

    class Sqs:
        def change_message_visibility(self, **arguments: Any) -> None:
            asked.append(arguments)
            if fails:
                raise ClientError({"Error": {"Code": "ReceiptHandleIsInvalid"}}, "ChangeMessageVisibility")

    InboundQueues(Sqs(), "https://sqs.example/123/dead-letters").postpone("inbound", "receipt", 5)
    url = "https://sqs.example/123/inbound"
    assert asked == [{"QueueUrl": url, "ReceiptHandle": "receipt", "VisibilityTimeout": 5}]


@pytest.mark.parametrize(
    ("given", "aligned"),
    [
        ({"card_last4": None}, {"card_last4": None}),
        ({"card": {"last4": None}}, {"card_last4": None}),
        ({"card": {"last4": None, "brand": "x"}}, {"card_last4": None, "card": {"brand": "x"}}),
        ({"card": None}, {"card_last4": None}),
        ({"card": {}}, {}),
        ({"card": 7}, {"card": 7}),
        ({"order": None}, {"order_reference": None}),
        ({"order": None, "orderReference": "A"}, {"order_reference": "A"}),
        ({"order_reference": "A", "order": None}, {"order_reference": "A"}),
        ({}, {}),
    ],
)
def test_a_null_removes_under_another_name_too(
    payments: EntitySchema, given: dict[str, Any], aligned: dict[str, Any]
) -> None:
    assert align(payments, given, partial=True) == aligned


def test_a_default_fills_whole_records_alone(schemas: dict[str, EntitySchema]) -> None:
    assert align(schemas["trades"], {}) == {"is_block": False}
    assert align(schemas["trades"], {}, partial=True) == {}
