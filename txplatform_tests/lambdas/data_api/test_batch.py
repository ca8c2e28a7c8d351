"""The batch route: each operation has its own result, and none blocks another."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.data_api.adapters import EntityTables
from lambdas.data_api.outcomes import Outcome
from lambdas.shared.errors import StoreUnavailableError
from txplatform_tests.lambdas.data_api.conftest import NEWER, OLDER, TABLE, Reply, item, publish_colour


def test_a_batch_answers_each_operation(call: Callable[..., Reply], payment: dict[str, Any]) -> None:
    call("PUT", "/v1/payments/pay_1", payment)
    operations = [
        {"op": "upsert", "record": {**payment, "updated_at": NEWER}},
        {"op": "upsert", "record": {**payment, "payment_id": "pay_2"}},
        {"op": "upsert", "record": {**payment, "payment_id": "pay_2"}},
        {"op": "upsert", "record": {**payment, "amount": "x", "currency": "XXX"}},
        {"op": "upsert", "record": {**payment, "created_at": OLDER, "updated_at": "2025-01-01T00:00:00Z"}},
        {"op": "delete", "record": {"payment_id": "pay_3", "updated_at": NEWER}},
        {"op": "delete", "record": {"payment_id": "pay_3", "updated_at": NEWER}},
        {"op": "delete", "record": {"payment_id": "pay_1", "updated_at": OLDER}},
        {"op": "merge", "record": {}},
        7,
    ]
    answer = call("POST", "/v1/payments/batch", {"operations": operations})
    assert answer.status == 200
    results = answer.body["results"]
    assert [item["index"] for item in results] == list(range(10))
    assert [item["status"] for item in results] == [
        *("written", "written", "unchanged", "rejected", "rejected"),
        *("deleted", "unchanged", "superseded", "rejected", "rejected"),
    ]
    assert [item["key"] for item in results[:8]] == [
        "pay_1",
        "pay_2",
        "pay_2",
        "pay_1",
        "pay_1",
        "pay_3",
        "pay_3",
        "pay_1",
    ]
    assert {(error["field"], error["rule"]) for error in results[3]["errors"]} == {
        ("amount", "type"),
        ("currency", "enum"),
    }
    assert results[4]["errors"][0]["rule"] == "partition_immutable"
    del answer.body["results"]
    assert answer.body == {"written": 2, "deleted": 1, "unchanged": 2, "superseded": 1, "not_found": 0, "rejected": 4}


def test_operations_on_one_key_keep_their_order(call: Callable[..., Reply], payment: dict[str, Any]) -> None:
    operations = [
        {"op": "upsert", "record": {**payment, "payment_id": f"pay_{index % 5}", "amount": f"{index}.00"}}
        for index in range(100)
    ]
    results = call("POST", "/v1/payments/batch", {"operations": operations}).body["results"]
    assert [item["status"] for item in results] == ["written"] * 5 + ["rejected"] * 95
    assert {tuple(item["errors"][0].values()) for item in results[5:]} == {
        (
            "updated_at",
            "version_conflict",
            "another record of this version is stored; send this one with a greater version",
        )
    }
    for index in range(5):
        assert call("GET", f"/v1/payments/pay_{index}").body["amount"] == f"{index}.00"


def test_an_undecodable_item_fails_its_own_operation_alone(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any
) -> None:
    call("POST", "/v1/payments", payment)
    dynamodb.put_item(TableName=TABLE, Item={**item(dynamodb), "colour": {"S": "red"}})
    other = {**payment, "payment_id": "pay_2"}
    answer = call(
        "POST", "/v1/payments/batch", {"operations": [{"op": "upsert", "record": r} for r in (payment, other)]}
    )
    assert answer.status == 200
    first, second = answer.body["results"]
    assert (first["status"], first["errors"][0]["rule"]) == ("rejected", "undecodable_item")
    assert second["status"] == "written"
    publish_colour(dynamodb)
    batch = {"operations": [{"op": "upsert", "record": {**payment, "colour": "red"}}]}
    assert call("POST", "/v1/payments/batch", batch).body["results"][0]["status"] == "unchanged"


def test_nothing_of_a_batch_happens_after_its_answer(
    call: Callable[..., Reply], payment: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lambda would freeze what is under way, and carry it out with a later request."""
    answered = threading.Event()
    late: list[str] = []

    def upsert(_: Any, schema: Any, key: str, *__: Any) -> Outcome:
        if key == "pay_0":
            raise StoreUnavailableError("no answer")
        answered.wait(0.02)
        late.extend([key] if answered.is_set() else [])
        return Outcome.CREATED

    monkeypatch.setattr(EntityTables, "upsert", upsert)
    operations = [{"op": "upsert", "record": {**payment, "payment_id": f"pay_{index}"}} for index in range(20)]
    status = call("POST", "/v1/payments/batch", {"operations": operations}).status
    answered.set()
    time.sleep(0.02)
    assert (status, late) == (503, [])
