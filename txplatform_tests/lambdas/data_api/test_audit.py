"""The audit log: a line for each write that took effect or was refused, by whom, and no value in it but a key's."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from lambdas.data_api import handler as module
from lambdas.data_api.adapters import EntityTables
from lambdas.data_api.handler import handler
from lambdas.shared.errors import StoreUnavailableError
from lambdas.shared.record_key import hashed_key
from txplatform.contracts import names
from txplatform.contracts.render.registry import registry_document
from txplatform_tests.lambdas.conftest import CONTEXT, CONTRACTS
from txplatform_tests.lambdas.data_api.conftest import NEWER, OLDER, REQUEST_ID, SAME, TABLE, WRITTEN_BY, Reply

Lines = Callable[[], list[dict[str, Any]]]
NEWEST = "2025-01-01T00:00:00.000000Z"


@pytest.fixture
def audited(capsys: pytest.CaptureFixture[str]) -> Lines:
    """The audit lines since the last call."""

    def read() -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
        return [line for line in lines if line.get("message") == "write"]

    return read


def brief(line: dict[str, Any]) -> tuple[str, ...]:
    return tuple(line.get(name, "") for name in ("operation", "key", "version", "outcome", "code"))


def test_a_line_says_who_wrote_what_in_which_call(
    call: Callable[..., Reply], payment: dict[str, Any], audited: Lines
) -> None:
    call("POST", "/v1/payments", payment, x_correlation_id="order-1")
    [line] = audited()
    assert datetime.fromisoformat(line.pop("timestamp")).tzinfo is UTC
    assert line == {
        "level": "INFO",
        "message": "write",
        "service": "data_api",
        "written_by": WRITTEN_BY,
        "request_id": REQUEST_ID,
        "correlation_id": "order-1",
        "entity": "payments",
        "operation": "create",
        "key": "pay_1",
        "version": SAME,
        "outcome": "created",
    }


def test_every_kind_of_write_has_its_line_and_no_read_has_one(
    call: Callable[..., Reply], payment: dict[str, Any], audited: Lines
) -> None:
    path = "/v1/payments/pay_1"
    calls = [
        (("PUT", path, payment), ("replace", "pay_1", SAME, "created", "")),
        (("PUT", path, payment), ("replace", "pay_1", SAME, "unchanged", "")),
        (("PUT", path, {**payment, "updated_at": NEWER}), ("replace", "pay_1", NEWER, "replaced", "")),
        (("PUT", path, payment), ("replace", "pay_1", SAME, "refused", "stale_version")),
        (("PUT", path, {**payment, "amount": "x"}), ("replace", hashed_key("pay_1"), "", "refused", "invalid_record")),
        (("POST", "/v1/payments", payment), ("create", "pay_1", SAME, "refused", "already_exists")),
        (("POST", "/v1/payments", "{"), ("create", "", "", "refused", "invalid_json")),
        (("PATCH", path, {"updated_at": NEWEST}), ("patch", "pay_1", NEWEST, "replaced", "")),
        (("PATCH", "/v1/payments/none", {}), ("patch", hashed_key("none"), "", "refused", "not_found")),
        (("DELETE", path), ("delete", "pay_1", NEWEST, "deleted", "")),
        (("DELETE", path), ("delete", hashed_key("pay_1"), "", "refused", "not_found")),
        (("GET", path), None),
        (("GET", "/v1/payments"), None),
        (("GET", "/v1/payments/none"), None),
    ]
    for arguments, expected in calls:
        call(*arguments)
        assert [brief(line) for line in audited()] == ([expected] if expected else []), arguments


def test_conditional_and_idempotent_writes_have_one_line_each(
    call: Callable[..., Reply], payment: dict[str, Any], audited: Lines
) -> None:
    path = "/v1/payments/pay_1"
    later = {**payment, "updated_at": NEWER}
    reused = ("replace", hashed_key("pay_1"), "", "refused", "idempotency_key_reused")
    calls: list[tuple[tuple[Any, ...], dict[str, str], tuple[str, ...]]] = [
        (("PUT", path, payment), {"if_none_match": "*"}, ("replace", "pay_1", SAME, "created", "")),
        (("PUT", path, payment), {"if_none_match": "*"}, ("replace", "pay_1", SAME, "refused", "precondition_failed")),
        (("PUT", path, later), {"idempotency_key": "a"}, ("replace", "pay_1", NEWER, "replaced", "")),
        (("PUT", path, later), {"idempotency_key": "a"}, ("replace", hashed_key("pay_1"), "", "replayed", "")),
        (("PUT", path, payment), {"idempotency_key": "a"}, reused),
        (("PUT", path, payment), {"idempotency_key": "b"}, ("replace", "pay_1", SAME, "refused", "stale_version")),
        (("DELETE", path), {"if_match": "*"}, ("delete", "pay_1", NEWER, "deleted", "")),
    ]
    for arguments, headers, expected in calls:
        call(*arguments, **headers)
        assert [brief(line) for line in audited()] == [expected], (arguments, headers)
    call("DELETE", path, query={"version": OLDER})
    assert [brief(line) for line in audited()] == [("delete", "pay_1", OLDER, "superseded", "")]


def test_each_operation_of_a_batch_has_its_line(
    call: Callable[..., Reply], put: Callable[..., None], payment: dict[str, Any], audited: Lines
) -> None:
    call("POST", "/v1/payments", {**payment, "payment_id": "held"})
    put("odd", {"amount": {"S": "x"}})
    audited()
    operations = [
        {"op": "upsert", "record": payment, "correlation_id": "message-1"},
        {"op": "upsert", "record": {**payment, "payment_id": "held", "amount": "1.00"}},
        {"op": "upsert", "record": {**payment, "payment_id": "held", "updated_at": OLDER}},
        {"op": "upsert", "record": {**payment, "payment_id": "bad", "amount": "x"}},
        {"op": "delete", "record": {"payment_id": "gone", "updated_at": NEWER}},
        {"op": "rename"},
        {"op": "upsert", "record": {**payment, "payment_id": "odd"}},
    ]
    call("POST", "/v1/payments/batch", {"operations": operations}, x_correlation_id="call-1")
    lines = audited()
    assert {line["request_id"] for line in lines} == {REQUEST_ID}
    assert {line["correlation_id"] for line in lines if line.get("key") == "pay_1"} == {"message-1"}
    assert sorted(brief(line) for line in lines) == [
        ("batch", "", "", "refused", "invalid_record"),
        ("delete", "gone", NEWER, "deleted", ""),
        ("upsert", "held", OLDER, "superseded", ""),
        ("upsert", "held", SAME, "refused", "version_conflict"),
        ("upsert", "odd", SAME, "refused", "undecodable_item"),
        ("upsert", "pay_1", SAME, "created", ""),
        ("upsert", hashed_key("bad"), "", "refused", "invalid_record"),
    ]
    call("POST", "/v1/payments/batch", {"operations": "none"})
    assert [brief(line) for line in audited()] == [("batch", "", "", "refused", "malformed_request")]


def test_what_the_server_could_not_answer_is_said_to_have_failed(
    call: Callable[..., Reply], payment: dict[str, Any], audited: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise StoreUnavailableError("no answer")

    monkeypatch.setattr(EntityTables, "upsert", fail)
    call("PUT", "/v1/payments/pay_1", payment)
    call("POST", "/v1/payments/batch", {"operations": [{"op": "upsert", "record": payment}]})
    assert [brief(line) for line in audited()] == [
        ("replace", "pay_1", SAME, "failed", "store_unavailable"),
        ("batch", "", "", "failed", "store_unavailable"),
    ]


def test_a_write_whose_function_ends_before_its_line_is_on_the_item(
    call: Callable[..., Reply], payment: dict[str, Any], audited: Lines, dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        pass

    upsert = EntityTables.upsert

    def write_and_end(*arguments: Any) -> Any:
        upsert(*arguments)
        raise KilledError

    monkeypatch.setattr(EntityTables, "upsert", write_and_end)
    with pytest.raises(KilledError):
        call("PUT", "/v1/payments/pay_1", payment)
    assert audited() == []
    stored = dynamodb.get_item(TableName=TABLE, Key={"pk": {"S": "pay_1"}})["Item"]
    assert (stored["_written_by"]["S"], stored["_request_id"]["S"]) == (WRITTEN_BY, REQUEST_ID)


SECRETS = {
    "customer_id": "ada.lovelace@example.com",
    "name": "Ada Lovelace",
    "email": "ada@lovelace.example",
    "phone": "+441234567890",
}


@pytest.fixture
def all_output(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """All that the function wrote since the last call, its logger's lines included, at the lowest level."""
    lines: list[str] = []
    keep = lambda record: lines.append(module.log.registered_formatter.format(record))  # noqa: E731
    monkeypatch.setattr(module.log.registered_handler, "emit", keep)
    monkeypatch.setattr(module.log._logger, "level", logging.DEBUG)

    def read() -> str:
        out = capsys.readouterr()
        made = "\n".join([out.out, out.err, *lines])
        lines.clear()
        return made

    return read


@pytest.fixture
def personal_key(dynamodb: Any, wired: None) -> None:
    """Customers whose very key is personal."""
    document = registry_document(CONTRACTS["customers"])
    for name in SECRETS:
        if name in document["fields"]:
            document["fields"][name]["personal"] = True
    published = {"entity": {"S": "customers"}, "item": {"S": "schema"}, "version": {"S": "9.0.0"}}
    dynamodb.put_item(TableName=names.REGISTRY_TABLE, Item={**published, "document": {"S": json.dumps(document)}})
    module._data_api.cache_clear()


def test_no_personal_value_stands_in_any_line(
    call: Callable[..., Reply],
    personal_key: None,
    event: Callable[[str], Any],
    dynamodb: Any,
    all_output: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever is sent, wherever it stands in the request, and whatever is stored."""
    example = {field.name: field.example for field in CONTRACTS["customers"].fields}
    record = {**example, **{name: value for name, value in SECRETS.items() if name in example}}
    key = record["customer_id"]
    path = f"/v1/customers/{key}"
    assert call("POST", "/v1/customers", record).status == 201
    made = all_output()
    assert hashed_key(key) in made
    for method, target, body, query, headers in [
        ("PUT", path, record, None, {}),
        ("PUT", path, {**record, "email": 7, "name": ["Ada Lovelace"]}, None, {}),
        ("PUT", path, json.dumps(record)[:-1], None, {}),
        ("PUT", path, {**record, SECRETS["email"]: SECRETS["name"]}, None, {"if_match": '"Ada Lovelace"'}),
        ("PATCH", path, {"name": "Ada Lovelace" * 1000}, None, {}),
        ("PATCH", path, {"name": "Ada Lovelace", "email": SECRETS["email"]}, None, {"if_match": "*"}),
        ("DELETE", path, None, {"version": "Ada Lovelace"}, {}),
        ("DELETE", path, None, {"name": "Ada Lovelace"}, {}),
        ("GET", "/v1/customers", None, {"email": SECRETS["email"]}, {}),
        ("GET", "/v1/customers", None, None, {"x_query_email": SECRETS["email"]}),
        ("GET", path, None, None, {}),
        ("POST", "/v1/customers", record, None, {"idempotency_key": "ada"}),
        ("POST", "/v1/customers", record, None, {"content_type": "text/Ada Lovelace"}),
        ("POST", "/v1/customers/batch", {"operations": [{"op": "upsert", "record": record}] * 2}, None, {}),
        ("POST", "/v1/customers/batch", {"operations": [{"op": "Ada Lovelace", "record": record}]}, None, {}),
        ("POST", "/v1/customers/batch", {"operations": [{"op": "delete", "record": record}]}, None, {}),
        ("DELETE", path, None, None, {}),
        ("DELETE", path, None, None, {"x_correlation_id": SECRETS["email"]}),
    ]:
        call(method, target, body, query=query, **headers)
    stored = {"pk": {"S": key}, "customer_id": {"S": key}, "email": {"N": "7"}, "_version": {"S": SAME}}
    dynamodb.put_item(TableName=names.entity_table("customers"), Item=stored)
    for method, target in [("GET", path), ("PUT", path), ("GET", "/v1/customers"), ("PATCH", path)]:
        assert call(method, target, record if method == "PUT" else {}).status in (200, 409)
    call("POST", "/v1/customers/batch", {"operations": [{"op": "upsert", "record": record}]})
    monkeypatch.setattr("lambdas.data_api.adapters.MAX_ATTEMPTS", 0)
    assert call("DELETE", path).status == 503
    dynamodb.delete_table(TableName=names.entity_table("customers"))
    assert call("PUT", path, record).status == 503
    handler(event("http_api"), CONTEXT)
    made = all_output()
    assert made.count("items do not fit their contract") == 1
    assert made.count("not answered") >= 4
    assert [text for text in SECRETS.values() if text in made] == []
