"""The data API on the HTTP API events that AWS documents (payload 2.0): which answer each request gets."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from lambdas.data_api.handler import handler
from txplatform.contracts import names
from txplatform_tests.lambdas.conftest import CONTEXT, EVENTS
from txplatform_tests.lambdas.data_api.conftest import item

pytestmark = pytest.mark.usefixtures("wired")

REQUEST_ID = "JKJaXmPLvHcESHA="
KEY = "pay_0193f2c8a1d4"
LISTED = json.loads(json.loads((EVENTS / "http_api/post_json.json").read_text())["body"])


@dataclass(frozen=True)
class Expected:
    """The status, what the body holds, and the correlation id of the answer; `stored` records are there before."""

    status: int
    body: dict[str, Any] | None
    correlation_id: str = REQUEST_ID
    stored: bool = True


def _problem(status: int, code: str) -> Expected:
    return Expected(status, {"code": code, "status": status})


ANSWERS = {
    "http_api/get_record": Expected(200, {"payment_id": KEY, "amount": "129.90"}),
    "http_api/get_missing_record": _problem(404, "not_found"),
    "http_api/get_list_query_string": Expected(200, {"items": [LISTED]}),
    "http_api/get_list_repeated_parameter": _problem(400, "malformed_request"),
    "http_api/get_cookies_and_multi_value_headers": Expected(200, {"payment_id": KEY}),
    "http_api/get_traceparent": Expected(200, {"payment_id": KEY}, "0af7651916cd43dd8448eb211c80319c"),
    "http_api/get_composite_key": Expected(200, {"venue": "xetr", "trade_id": "T-000117"}),
    "http_api/get_named_stage_and_domain": Expected(200, {"payment_id": KEY}),
    "http_api/post_json": Expected(201, {"payment_id": KEY, "amount": "129.90"}, "checkout-42", stored=False),
    "http_api/post_base64": _problem(415, "unsupported_media_type"),
    "http_api/post_base64_binary": _problem(415, "unsupported_media_type"),
    "http_api/post_gzip": Expected(201, {"payment_id": "pay_19", "payer_name": "Zoë Müller"}),
    "http_api/post_without_body": _problem(400, "invalid_json"),
    "http_api/post_form": _problem(415, "unsupported_media_type"),
    "http_api/post_invalid_record": _problem(422, "invalid_record"),
    "http_api/post_batch": Expected(200, {"written": 1, "rejected": 1, "deleted": 0, "unchanged": 0, "superseded": 0}),
    "http_api/put_record": Expected(200, {"status": "settled", "updated_at": "2025-11-28T06:00:00.000000Z"}),
    "http_api/delete_with_version": Expected(204, None),
    "http_api/default_route": _problem(404, "no_such_route"),
}


@pytest.fixture
def stored(event: Callable[[str], Any]) -> Callable[[], None]:
    """Stores a payment, another one behind it, and a trade."""

    def store() -> None:
        payment = event("http_api/post_json")
        handler(payment, CONTEXT)
        record = json.loads(payment["body"])
        handler(payment | {"body": json.dumps({**record, "payment_id": "pay_2"})}, CONTEXT)
        [message] = event("sqs/trades_queue")["Records"]
        made = handler(payment | {"routeKey": "POST /v1/trades", "body": message["body"]}, CONTEXT)
        assert made["statusCode"] == 201

    return store


@pytest.mark.parametrize("name", ANSWERS)
def test_every_request_gets_its_answer(event: Callable[[str], Any], stored: Callable[[], None], name: str) -> None:
    expected = ANSWERS[name]
    if expected.stored:
        stored()

    answer = handler(event(name), CONTEXT)

    assert answer["statusCode"] == expected.status
    assert answer["headers"]["x-correlation-id"] == expected.correlation_id
    if expected.body is None:
        assert "body" not in answer
    else:
        body = json.loads(answer["body"])
        assert {field: body.get(field) for field in expected.body} == expected.body


@pytest.mark.parametrize(
    ("name", "key", "attributes"),
    [
        ("http_api/post_json", KEY, {"status": {"S": "captured"}, "_trace_id": {"S": "checkout-42"}}),
        ("http_api/post_gzip", "pay_19", {"payer_name": {"S": "Zoë Müller"}, "_trace_id": {"S": REQUEST_ID}}),
        ("http_api/put_record", KEY, {"status": {"S": "settled"}, "_trace_id": {"S": REQUEST_ID}}),
        ("http_api/delete_with_version", KEY, {"_deleted": {"BOOL": True}, "_trace_id": {"S": REQUEST_ID}}),
        ("http_api/post_batch", "pay_22", {"status": {"S": "captured"}}),
    ],
)
def test_a_write_is_stored(
    event: Callable[[str], Any],
    stored: Callable[[], None],
    dynamodb: Any,
    name: str,
    key: str,
    attributes: dict[str, Any],
) -> None:
    if ANSWERS[name].stored:
        stored()
    handler(event(name), CONTEXT)
    found = item(dynamodb, key)
    assert {attribute: found[attribute] for attribute in attributes} == attributes


def test_a_refused_record_names_every_field_and_is_not_stored(event: Callable[[str], Any], dynamodb: Any) -> None:
    answer = json.loads(handler(event("http_api/post_invalid_record"), CONTEXT)["body"])
    assert {(error["field"], error["rule"]) for error in answer["errors"]} == {
        ("amount", "type"),
        ("colour", "unknown_field"),
    }
    assert dynamodb.scan(TableName=names.entity_table("payments"))["Items"] == []
