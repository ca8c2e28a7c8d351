"""Items and requests of another version of the contract than the one that a container has kept."""

from collections.abc import Callable
from typing import Any

import pytest

from lambdas.shared.items import SYSTEM
from lambdas.shared.registry import SchemaRegistry
from txplatform_tests.lambdas.data_api.conftest import NEWER, SAME, TABLE, Reply, item, publish_colour


def test_an_item_of_a_newer_contract_is_read_by_it(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any
) -> None:
    call("POST", "/v1/payments", payment)
    coloured = {**item(dynamodb), "colour": {"S": "red"}}
    dynamodb.put_item(TableName=TABLE, Item=coloured)
    assert call("GET", "/v1/payments/pay_1").body["code"] == "undecodable_item"
    publish_colour(dynamodb)
    assert call("GET", "/v1/payments/pay_1").body == {**payment, "colour": "red"}


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/v1/payments"), ("PUT", "/v1/payments/pay_1"), ("POST", "/v1/payments/batch")]
)
def test_nothing_is_refused_by_a_contract_that_has_been_replaced(
    call: Callable[..., Reply],
    payment: dict[str, Any],
    dynamodb: Any,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    path: str,
) -> None:
    call("GET", "/v1/payments")
    publish_colour(dynamodb)
    reads: list[str] = []
    fresh_schema = SchemaRegistry.fresh_schema
    monkeypatch.setattr(
        SchemaRegistry, "fresh_schema", lambda self, name: reads.append(name) or fresh_schema(self, name)
    )
    record = {**payment, "colour": "red"}
    broken = [{"op": "upsert", "record": {**record, "payment_id": f"pay_{index}", "amount": "x"}} for index in (2, 3)]
    batch = {"operations": [{"op": "upsert", "record": record}, *broken]}
    answer = call(method, path, batch if path.endswith("batch") else record)
    assert answer.body.get("rejected", 0) == (2 if path.endswith("batch") else 0)
    assert item(dynamodb)["colour"] == {"S": "red"}
    assert reads == ["payments"]


@pytest.mark.parametrize("query", [None, {"version": SAME}, {"version": NEWER}])
def test_a_deletion_leaves_nothing_that_another_contract_wrote(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any, query: dict[str, str] | None
) -> None:
    call("POST", "/v1/payments", payment)
    personal = {"former_name": {"S": "Ada Lovelace"}, "former_fee": {"N": "1"}}
    dynamodb.put_item(TableName=TABLE, Item={**item(dynamodb), **personal})
    expected = {"pk", "payment_id", "created_at", *SYSTEM}

    assert call("DELETE", "/v1/payments/pay_1", query=query).status == 204
    assert item(dynamodb).keys() == expected

    dynamodb.put_item(TableName=TABLE, Item={**item(dynamodb), **personal})
    assert call("GET", "/v1/payments/pay_1").status == 404
    assert call("PUT", "/v1/payments/pay_1", payment).body["code"] == "stale_version"
    call("DELETE", "/v1/payments/pay_1", query=query)
    assert item(dynamodb).keys() == expected, "a deletion that was interrupted is completed by its repetition"
