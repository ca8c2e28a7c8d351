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
from lambdas.source.waiting import divide, pause
from txplatform.clock import utc_now


def message(age: timedelta, received_times: int = 1) -> Message:
    origin = Origin("queue", "m", "2018-12-17T21:37:29.183000Z", 1)
    return Message(
        "payments", "m", "{}", origin, "trace", Delivery("queue", utc_now() - age, received_times, "receipt")
    )


def test_pauses_grow_up_to_the_timeout_of_the_queue() -> None:
    pauses = [pause(message(timedelta(0), times)) for times in range(1, 9)]
    assert pauses == [5, 10, 20, 40, 80, 160, None, None]


def test_messages_wait_by_the_time_since_they_were_sent() -> None:
    young, old = (
        Rejected(Accepted(message(age), "patch", {}), ()) for age in (timedelta(minutes=59), timedelta(hours=1))
    )
    assert divide([young, old], utc_now(), timedelta(hours=1)) == ([young], [old])


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
