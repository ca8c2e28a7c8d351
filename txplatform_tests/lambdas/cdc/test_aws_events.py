"""`cdc` on the DynamoDB stream events that AWS documents: which lines reach the lake, and which record is retried."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from lambdas.cdc.handler import handler
from txplatform_tests.lambdas.cdc.conftest import Cloud, landed
from txplatform_tests.lambdas.conftest import CONTEXT, CONTRACTS

pytestmark = pytest.mark.usefixtures("wired")

PAYMENT = {
    "payment_id": "pay_0193f2c8a1d4",
    "customer_id": "cus_00042",
    "merchant_id": "mer_0007",
    "amount": "129.90",
    "currency": "EUR",
    "status": "captured",
    "method": "card",
    "created_at": "2025-11-26T09:00:00.000000Z",
    "updated_at": "2025-11-26T09:00:07.250000Z",
}
LATER = {
    **PAYMENT,
    "status": "settled",
    "settled_on": "2025-11-28",
    "updated_at": "2025-11-28T06:00:00.000000Z",
}
IDENTITY = {name: PAYMENT[name] for name in ("payment_id", "created_at")}
TRADE = {
    "venue": "xetr",
    "trade_id": "T-000117",
    "symbol": "SAP/EUR",
    "side": "buy",
    "order_type": "limit",
    "price": "241.3500000000",
    "quantity": "100.0000000000",
    "notional": "24135.000000000000000000",
    "currency": "EUR",
    "is_block": False,
    "executed_at": "2025-11-26T09:00:00.000000Z",
    "updated_at": "2025-11-26T09:00:00.000000Z",
}


@dataclass(frozen=True)
class Line:
    """What a line says; `undecodable` is the reason with which the lake puts it into quarantine."""

    op: str
    record: dict[str, Any] | None = None
    deleted: bool = False
    undecodable: str | None = None
    trace_id: str | None = "order-service-7f3a"
    entity: str = "payments"


def _payment(number: int) -> dict[str, Any]:
    return {**PAYMENT, "payment_id": f"pay_{number}"}


def _no_field(name: str) -> str:
    return f"payments {CONTRACTS['payments'].version} has no field {name!r}"


LINES: dict[str, list[Line]] = {
    "dynamodb/insert": [Line("insert", PAYMENT)],
    "dynamodb/modify": [Line("modify", LATER)],
    "dynamodb/soft_delete": [Line("modify", IDENTITY, deleted=True, trace_id="order-service-9c")],
    "dynamodb/remove": [Line("remove", IDENTITY, deleted=True)],
    "dynamodb/ttl_removal": [Line("remove", IDENTITY, deleted=True, trace_id="order-service-9c")],
    "dynamodb/global_table_replica_removal": [Line("remove", IDENTITY, deleted=True, trace_id="order-service-9c")],
    "dynamodb/all_attribute_types": [Line("insert", undecodable=_no_field("card"))],
    "dynamodb/null_field": [
        Line("insert", undecodable="attribute 'description' is not of DynamoDB type S"),
        Line("insert", _payment(16)),
    ],
    "dynamodb/map_field": [Line("insert", undecodable="attribute 'amount' is not of DynamoDB type N")],
    "dynamodb/binary_key": [Line("insert", undecodable="attribute 'payment_id' is not of DynamoDB type S")],
    "dynamodb/global_table_legacy_attributes": [Line("modify", undecodable=_no_field("aws:rep:deleting"))],
    "dynamodb/two_entities_two_days": [
        Line("insert", PAYMENT),
        Line("insert", _payment(17)),
        Line("insert", TRADE, trace_id=None, entity="trades"),
    ],
    "dynamodb/tumbling_window": [Line("insert", _payment(18))],
    "dynamodb/keys_only": [],
    "dynamodb/new_image": [Line("insert", PAYMENT)],
    "dynamodb/old_image": [],
    "dynamodb/table_of_another_application": [],
}
# The position of the first record from which Lambda is to retry.
RETRIED_FROM = {
    "dynamodb/keys_only": 0,
    "dynamodb/new_image": 1,  # a removal without the last image
    "dynamodb/old_image": 0,
    "dynamodb/table_of_another_application": 0,
}


@pytest.mark.parametrize("name", LINES)
def test_every_change_is_a_line_and_what_is_not_a_change_is_retried(
    cloud: Cloud, event: Callable[[str], Any], name: str
) -> None:
    made = event(name)
    retried = [made["Records"][RETRIED_FROM[name]]["dynamodb"]["SequenceNumber"]] if name in RETRIED_FROM else []

    assert handler(event(name), CONTEXT) == {"batchItemFailures": [{"itemIdentifier": number} for number in retried]}

    written = sorted((line for lines in landed(cloud) for line in lines), key=lambda line: line["order_key"])
    assert [
        Line(
            op=line["op"],
            record=line.get("record"),
            deleted=line.get("deleted", False),
            undecodable=line.get("undecodable"),
            trace_id=line["trace_id"],
            entity=line["entity"],
        )
        for line in written
    ] == LINES[name]
    numbers = [record["dynamodb"]["SequenceNumber"] for record in made["Records"]]
    assert [line["sequence_number"] for line in written] == numbers[: RETRIED_FROM.get(name)]


def test_a_line_that_cannot_be_decoded_keeps_the_image(cloud: Cloud, event: Callable[[str], Any]) -> None:
    made = event("dynamodb/all_attribute_types")
    handler(made, CONTEXT)
    [[line]] = landed(cloud)
    image = line["image"]
    assert image == made["Records"][0]["dynamodb"]["NewImage"]
    assert {tag for value in image.values() for tag in value} == {"S", "N", "B", "SS", "NS", "BS", "NULL", "M", "L"}


def test_changes_of_two_entities_and_two_days_are_three_objects(cloud: Cloud, event: Callable[[str], Any]) -> None:
    handler(event("dynamodb/two_entities_two_days"), CONTEXT)
    days = {(line["entity"], line["occurred_at"][:10]) for lines in landed(cloud) for line in lines}
    assert days == {("payments", "2025-11-26"), ("payments", "2025-11-27"), ("trades", "2025-11-26")}
    assert len(landed(cloud)) == 3


def test_the_batch_that_lambda_keeps_in_the_bucket_can_be_run_again(cloud: Cloud, event: Callable[[str], Any]) -> None:
    kept = event("failures/stream_to_s3")
    batch = json.loads(kept["payload"])
    assert handler(batch, CONTEXT) == {"batchItemFailures": []}
    [lines] = landed(cloud)
    assert [(line["op"], line["record"]["status"]) for line in lines] == [
        ("insert", "captured"),
        ("modify", "refunded"),
    ]
    info = kept["DDBStreamBatchInfo"]
    assert [lines[0]["sequence_number"], lines[-1]["sequence_number"], len(lines)] == [
        info["startSequenceNumber"],
        info["endSequenceNumber"],
        info["batchSize"],
    ]
