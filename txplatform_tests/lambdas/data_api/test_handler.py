"""The routes for single records and lists, from event to table, on AWS in this process."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest

from lambdas.shared import validation
from lambdas.shared.items import encode_record
from lambdas.shared.jsonio import dumps, loads
from lambdas.shared.record_key import record_key
from lambdas.shared.registry import CurrentSchema
from lambdas.shared.schema import EntitySchema
from txplatform.contracts.render.registry import registry_document
from txplatform_tests.lambdas.conftest import CONTEXT, CONTRACTS, SCHEMAS
from txplatform_tests.lambdas.data_api.conftest import NEWER, OLDER, SAME, TABLE, Reply, item


def test_create_read_replace_delete(call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any) -> None:
    created = call("POST", "/v1/payments", payment)
    assert (created.status, created.headers["location"], created.body) == (201, "/v1/payments/pay_1", payment)
    assert call("GET", "/v1/payments/pay_1").body == payment
    replaced = call("PUT", "/v1/payments/pay_1", {**payment, "amount": 13.5, "updated_at": NEWER})
    assert (replaced.status, replaced.body["amount"]) == (200, "13.50")
    assert call("GET", "/v1/payments/pay_1").body["amount"] == "13.50"
    deleted = call("DELETE", "/v1/payments/pay_1")
    assert (deleted.status, deleted.body) == (204, None)
    assert call("GET", "/v1/payments/pay_1").status == 404
    assert call("DELETE", "/v1/payments/pay_1").body["code"] == "not_found"


def test_an_item_is_what_the_design_says(call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any) -> None:
    call("POST", "/v1/payments", {**payment, "items_count": 2})
    stored = item(dynamodb)
    written_at = stored.pop("_written_at")["S"]
    assert stored.pop("_trace_id") == {"S": "JKJaXmPLvHcESHA="}, "without another, the gateway's request id"
    assert abs((datetime.now(UTC) - datetime.fromisoformat(written_at)).total_seconds()) < 60
    business = encode_record(SCHEMAS["payments"], {**payment, "items_count": 2})
    assert stored == {"pk": {"S": "pay_1"}, "_version": {"S": SAME}, **business}
    call("DELETE", "/v1/payments/pay_1")
    tombstone = item(dynamodb)
    expires_in = int(tombstone.pop("_expires_at")["N"]) - datetime.now(UTC).timestamp()
    assert 29.9 * 86400 < expires_in < 30.1 * 86400
    del tombstone["_written_at"], tombstone["_trace_id"]
    assert tombstone == {
        "pk": {"S": "pay_1"},
        "payment_id": {"S": "pay_1"},
        "created_at": {"S": payment["created_at"]},
        "_version": {"S": SAME},
        "_deleted": {"BOOL": True},
    }


def test_create_does_not_touch_what_exists(call: Callable[..., Reply], payment: dict[str, Any]) -> None:
    call("POST", "/v1/payments", payment)
    again = call("POST", "/v1/payments", {**payment, "updated_at": NEWER})
    assert (again.status, again.body["code"]) == (409, "already_exists")
    call("DELETE", "/v1/payments/pay_1")
    assert call("POST", "/v1/payments", payment).body["code"] == "stale_version"
    assert call("POST", "/v1/payments", {**payment, "updated_at": NEWER}).status == 201


def test_a_repeated_creation_is_answered_like_the_first(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any
) -> None:
    call("POST", "/v1/payments", payment)
    before = item(dynamodb)
    again = call("POST", "/v1/payments", payment)
    assert (again.status, again.body) == (200, payment)
    assert item(dynamodb) == before
    other = call("POST", "/v1/payments", {**payment, "amount": "1.00"})
    assert (other.status, other.body["code"]) == (409, "already_exists")


def test_put_creates_and_ignores_repetition(call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any) -> None:
    assert call("PUT", "/v1/payments/pay_1", payment).status == 201
    before = item(dynamodb)
    assert call("PUT", "/v1/payments/pay_1", payment).status == 200
    assert item(dynamodb) == before, "identical content is not written again"
    call("DELETE", "/v1/payments/pay_1")
    assert call("PUT", "/v1/payments/pay_1", {**payment, "updated_at": NEWER}).status == 201


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": "1.00"}, "version_conflict"),
        ({"updated_at": OLDER}, "stale_version"),
        ({"created_at": OLDER}, "partition_immutable"),
        ({"created_at": OLDER, "updated_at": NEWER}, "partition_immutable"),
        ({"created_at": OLDER, "updated_at": OLDER}, "stale_version"),
    ],
)
def test_put_conflicts(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any, changes: dict[str, str], code: str
) -> None:
    call("PUT", "/v1/payments/pay_1", payment)
    before = item(dynamodb)
    conflict = call("PUT", "/v1/payments/pay_1", {**payment, **changes})
    assert (conflict.status, conflict.body["code"]) == (409, code)
    assert item(dynamodb) == before


def test_put_s_key_is_that_of_the_path(call: Callable[..., Reply], payment: dict[str, Any]) -> None:
    answer = call("PUT", "/v1/payments/pay_2", payment)
    assert (answer.status, [item["rule"] for item in answer.body["errors"]]) == (422, ["key_differs"])


def test_after_a_deletion_a_record_may_come_back_elsewhere(call: Callable[..., Reply], payment: dict[str, Any]) -> None:
    call("PUT", "/v1/payments/pay_1", payment)
    call("DELETE", "/v1/payments/pay_1")
    again = call("PUT", "/v1/payments/pay_1", {**payment, "created_at": NEWER, "updated_at": NEWER})
    assert again.status == 201


def test_delete_of_a_version(call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any) -> None:
    call("PUT", "/v1/payments/pay_1", payment)
    older = call("DELETE", "/v1/payments/pay_1", query={"version": OLDER})
    assert (older.status, older.body["code"]) == (409, "stale_version")
    for _ in range(2):
        assert call("DELETE", "/v1/payments/pay_1", query={"version": "2024-01-01T01:00:00+01:00"}).status == 204
    assert item(dynamodb)["_version"] == {"S": NEWER}
    assert item(dynamodb)["created_at"] == {"S": payment["created_at"]}
    assert call("PUT", "/v1/payments/pay_1", {**payment, "updated_at": NEWER}).status == 409


def test_delete_of_a_version_before_the_record_arrives(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any
) -> None:
    assert call("DELETE", "/v1/payments/pay_1", query={"version": NEWER}).status == 204
    assert item(dynamodb)["_deleted"] == {"BOOL": True}
    assert call("PUT", "/v1/payments/pay_1", payment).body["code"] == "stale_version"
    assert call("GET", "/v1/payments/pay_1").status == 404


@pytest.mark.parametrize("key", ["pay_1#x", "pay_1%2x?", "pay_1#"])
def test_a_deletion_s_key_is_that_of_the_path(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any, key: str
) -> None:
    call("PUT", "/v1/payments/pay_1", payment)
    before = item(dynamodb)
    answer = call("DELETE", f"/v1/payments/{key}", query={"version": NEWER})
    assert (answer.status, [error["rule"] for error in answer.body["errors"]]) == (422, ["key_differs"])
    assert item(dynamodb) == before


def test_delete_of_no_version(call: Callable[..., Reply]) -> None:
    answer = call("DELETE", "/v1/payments/pay_1", query={"version": "yesterday"})
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "updated_at")


def test_an_item_that_dynamodb_does_not_take_is_refused_for_good(
    call: Callable[..., Reply], payment: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its texts are within the limit of a record; the names and numbers of very many fields come on top."""
    monkeypatch.setattr(validation, "MAX_RECORD_BYTES", 500_000)
    large = {**payment, "metadata": "x" * 410_000}
    schema = SCHEMAS["payments"]
    monkeypatch.setattr(CurrentSchema, "__init__", lambda self, *_: setattr(self, "value", _with_metadata(schema)))
    monkeypatch.setattr(CurrentSchema, "newer_than", lambda *_: None)
    answer = call("POST", "/v1/payments", large)
    assert (answer.status, answer.body["code"]) == (422, "item_too_large")
    assert "retry-after" not in answer.headers
    small = {**payment, "payment_id": "pay_2"}
    batch = {"operations": [{"op": "upsert", "record": record} for record in (large, small)]}
    results = call("POST", "/v1/payments/batch", batch).body["results"]
    assert [result["status"] for result in results] == ["rejected", "written"]
    assert results[0]["errors"][0]["rule"] == "item_too_large"


def _with_metadata(schema: EntitySchema) -> EntitySchema:
    document = registry_document(CONTRACTS[schema.entity])
    document["fields"]["metadata"] = {"type": "string"}
    document["json_schema"]["properties"]["metadata"] = {"type": "string"}
    return EntitySchema.parse(loads(dumps(document)))


def test_composite_keys_with_awkward_characters(call: Callable[..., Reply], dynamodb: Any) -> None:
    trade = {
        "venue": "xnys",
        "trade_id": "7#?%/2F",
        "symbol": "AAA",
        "side": "buy",
        "order_type": "limit",
        "price": "1.0000000001",
        "quantity": "2",
        "notional": "2.000000000200000000",
        "currency": "USD",
        "executed_at": OLDER,
        "updated_at": OLDER,
    }
    created = call("POST", "/v1/trades", trade)
    assert created.status == 201, created.body
    key = record_key(("venue", "trade_id"), trade)
    assert created.headers["location"] == f"/v1/trades/{quote(key, safe='')}"
    assert call("GET", f"/v1/trades/{key}").body["notional"] == "2.000000000200000000"
    assert call("DELETE", f"/v1/trades/{key}", query={"version": NEWER}).status == 204
    assert call("GET", f"/v1/trades/{key}").status == 404


def test_list_pages_over_the_living(call: Callable[..., Reply], payment: dict[str, Any]) -> None:
    for index in range(12):
        call("POST", "/v1/payments", {**payment, "payment_id": f"pay_{index}"})
    for index in range(0, 12, 3):
        call("DELETE", f"/v1/payments/pay_{index}")
    seen: list[str] = []
    query = {"limit": "3"}
    while True:
        page = call("GET", "/v1/payments", query=query).body
        assert len(page["items"]) <= 3
        seen += [item["payment_id"] for item in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert sorted(seen) == sorted(f"pay_{index}" for index in range(12) if index % 3)
    assert call("GET", "/v1/payments", query={"cursor": "%"}).status == 400


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "/v1/payments", "{", 400, "invalid_json"),
        ("POST", "/v1/payments", "", 400, "invalid_json"),
        ("POST", "/v1/payments", "[]", 422, "invalid_record"),
        ("POST", "/v1/payments", {"amount": 1}, 422, "invalid_record"),
        ("POST", "/v1/payments/batch", "{}", 400, "malformed_request"),
        ("POST", "/v1/payments/batch", {"operations": [None] * 101}, 413, "too_many_operations"),
        ("GET", "/v1/payments/none", None, 404, "not_found"),
        ("GET", "/v1/orders", None, 404, "unknown_entity"),
        ("PATCH", "/v1/payments/pay_1", {}, 404, "not_found"),
        ("OPTIONS", "/v1/payments/pay_1", None, 404, "no_such_route"),
    ],
)
def test_problems(call: Callable[..., Reply], method: str, path: str, body: Any, status: int, code: str) -> None:
    answer = call(method, path, body)
    assert (answer.status, answer.body["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


def test_without_a_table_the_answer_asks_for_a_retry(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any
) -> None:
    dynamodb.delete_table(TableName=TABLE)
    for answer in (
        call("GET", "/v1/payments"),
        call("POST", "/v1/payments/batch", {"operations": [{"op": "upsert", "record": payment}]}),
    ):
        assert (answer.status, answer.body["code"]) == (503, "store_unavailable")
        assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/payments/pay_1"), ("POST", "/v1/payments"), ("DELETE", "/v1/payments/pay_1"), ("POST", "batch")],
)
def test_what_the_time_of_the_function_does_not_allow_is_not_begun(
    call: Callable[..., Reply],
    payment: dict[str, Any],
    dynamodb: Any,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    path: str,
) -> None:
    """Three seconds before its end no call is begun that may take five, in no thread, and the function can answer."""
    call("PUT", "/v1/payments/pay_2", payment | {"payment_id": "pay_2"})  # reads the schema
    monkeypatch.setattr(CONTEXT, "remaining", 3_000)
    if path == "batch":
        answer = call(method, "/v1/payments/batch", {"operations": [{"op": "upsert", "record": payment}]})
    else:
        answer = call(method, path, payment)
    assert (answer.status, answer.body["code"], answer.headers["retry-after"]) == (503, "store_unavailable", "1")
    assert item(dynamodb) == {}


def test_it_knows_every_shipped_entity(
    entity: str, call: Callable[..., Reply], schemas: dict[str, EntitySchema]
) -> None:
    assert call("GET", f"/v1/{entity}").body == {"items": [], "next": None}
    missing = {error["field"] for error in call("POST", f"/v1/{entity}", {}).body["errors"]}
    assert {*schemas[entity].key, schemas[entity].version_field, schemas[entity].partition_field} <= missing
