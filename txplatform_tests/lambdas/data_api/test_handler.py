"""The data API from event to table, on AWS in this process."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest

from lambdas.data_api import handler as module
from lambdas.data_api.handler import handler
from lambdas.shared.items import encode_record
from lambdas.shared.record_key import record_key
from lambdas.shared.registry import SchemaRegistry
from lambdas.shared.schema import EntitySchema
from txplatform.contracts import names
from txplatform.contracts.names import REGISTRY_TABLE
from txplatform.contracts.render.registry import registry_document
from txplatform_tests.lambdas.conftest import CONTRACTS, SCHEMAS

OLDER, SAME, NEWER = "2023-01-01T00:00:00.000000Z", "2023-11-14T22:13:21.000000Z", "2024-01-01T00:00:00.000000Z"
TABLE = names.entity_table("payments")


@pytest.fixture(autouse=True)
def _wired(dynamodb: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TXP_TABLE", names.entity_table(names.ENTITY_SLOT))
    monkeypatch.setenv("TXP_REGISTRY_TABLE", REGISTRY_TABLE)
    monkeypatch.setenv("TXP_TOMBSTONE_DAYS", "30")
    module._data_api.cache_clear()
    yield
    module._data_api.cache_clear()


class Reply:
    """An answer of the API."""

    def __init__(self, payload: dict[str, Any]) -> None:
        self.status: int = payload["statusCode"]
        self.headers: dict[str, str] = payload["headers"]
        self.body: Any = json.loads(payload["body"]) if "body" in payload else None


@pytest.fixture
def call(event: Callable[[str], Any]) -> Callable[..., Reply]:
    """Calls the API as the gateway does."""

    def make(method: str, path: str, body: Any = None, query: dict[str, str] | None = None) -> Reply:
        _, version, entity, *rest = path.split("/", 4)
        template = [*rest] if not rest or rest == ["batch"] else ["{key}"]
        made = event("http_api") | {
            "routeKey": f"{method} " + "/".join(["", version, entity, *template]),
            "rawPath": path,
            "pathParameters": {"key": rest[0]} if template == ["{key}"] else None,
            "body": body if isinstance(body, str) else json.dumps(body),
        }
        if query:
            made["queryStringParameters"] = query
        return Reply(handler(made, None))

    return make


def item(dynamodb: Any, key: str = "pay_1") -> dict[str, Any]:
    return dynamodb.get_item(TableName=TABLE, Key={"pk": {"S": key}}).get("Item", {})


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
    assert abs((datetime.now(UTC) - datetime.fromisoformat(written_at)).total_seconds()) < 60
    business = encode_record(SCHEMAS["payments"], {**payment, "items_count": 2})
    assert stored == {"pk": {"S": "pay_1"}, "_version": {"S": SAME}, **business}
    call("DELETE", "/v1/payments/pay_1")
    tombstone = item(dynamodb)
    expires_in = int(tombstone.pop("_expires_at")["N"]) - datetime.now(UTC).timestamp()
    assert 29.9 * 86400 < expires_in < 30.1 * 86400
    del tombstone["_written_at"]
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
        *("written", "written", "stale", "rejected", "rejected"),
        *("deleted", "stale", "stale", "rejected", "rejected"),
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
    counts = {name: answer.body[name] for name in ("written", "deleted", "stale", "rejected")}
    assert counts == {"written": 2, "deleted": 1, "stale": 3, "rejected": 4}


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
        ("PATCH", "/v1/payments/pay_1", {}, 404, "no_such_route"),
    ],
)
def test_problems(call: Callable[..., Reply], method: str, path: str, body: Any, status: int, code: str) -> None:
    answer = call(method, path, body)
    assert (answer.status, answer.body["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


def test_without_a_table_the_caller_is_told_to_retry(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any
) -> None:
    dynamodb.delete_table(TableName=TABLE)
    for answer in (
        call("GET", "/v1/payments"),
        call("POST", "/v1/payments/batch", {"operations": [{"op": "upsert", "record": payment}]}),
    ):
        assert (answer.status, answer.body["code"]) == (503, "store_unavailable")
        assert answer.headers["retry-after"] == "1"


def test_an_item_of_a_newer_contract_is_read_by_it(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any
) -> None:
    call("POST", "/v1/payments", payment)
    coloured = {**item(dynamodb), "colour": {"S": "red"}}
    dynamodb.put_item(TableName=TABLE, Item=coloured)
    assert call("GET", "/v1/payments/pay_1").body["code"] == "undecodable_item"
    publish_colour(dynamodb)
    assert call("GET", "/v1/payments/pay_1").body == {**payment, "colour": "red"}


def publish_colour(dynamodb: Any) -> None:
    """Publish a contract with one field more."""
    document = registry_document(CONTRACTS["payments"])
    document["fields"]["colour"] = {"type": "string"}
    document["json_schema"]["properties"]["colour"] = {"type": "string"}
    published = {"entity": {"S": "payments"}, "item": {"S": "schema"}, "version": {"S": "9.0.0"}}
    dynamodb.put_item(TableName=REGISTRY_TABLE, Item={**published, "document": {"S": json.dumps(document)}})


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
def test_a_burial_leaves_nothing_that_another_contract_wrote(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any, query: dict[str, str] | None
) -> None:
    call("POST", "/v1/payments", payment)
    personal = {"former_name": {"S": "Ada Lovelace"}, "former_fee": {"N": "1"}}
    dynamodb.put_item(TableName=TABLE, Item={**item(dynamodb), **personal})
    expected = {"pk", "payment_id", "created_at", "_version", "_deleted", "_expires_at", "_written_at"}

    assert call("DELETE", "/v1/payments/pay_1", query=query).status == 204
    assert item(dynamodb).keys() == expected

    dynamodb.put_item(TableName=TABLE, Item={**item(dynamodb), **personal})
    assert call("GET", "/v1/payments/pay_1").status == 404
    assert call("PUT", "/v1/payments/pay_1", payment).body["code"] == "stale_version"
    call("DELETE", "/v1/payments/pay_1", query=query)
    assert item(dynamodb).keys() == expected, "a burial that ended in between is completed by its repetition"


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
    assert call("POST", "/v1/payments/batch", batch).body["results"][0]["status"] == "stale"


def test_it_knows_every_shipped_entity(
    entity: str, call: Callable[..., Reply], schemas: dict[str, EntitySchema]
) -> None:
    assert call("GET", f"/v1/{entity}").body == {"items": [], "next": None}
    missing = {error["field"] for error in call("POST", f"/v1/{entity}", {}).body["errors"]}
    assert {*schemas[entity].key, schemas[entity].version_field, schemas[entity].partition_field} <= missing
