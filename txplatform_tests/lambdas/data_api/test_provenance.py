"""Every write leaves who wrote it in which call on the item, and nothing else changes it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.data_api.handler import handler
from txplatform_tests.lambdas.conftest import CONTEXT
from txplatform_tests.lambdas.data_api.conftest import NEWER, OLDER, REQUEST_ID, SAME, WRITTEN_BY, Reply, item

LATER = {"updated_at": NEWER}
NEW = "new"


def provenance(dynamodb: Any, key: str = "pay_1") -> tuple[Any, ...]:
    stored = item(dynamodb, key)
    return tuple(stored.get(name, {}).get("S") for name in ("_trace_id", "_written_by", "_request_id"))


@pytest.mark.parametrize(
    ("method", "path", "body", "query", "headers"),
    [
        ("POST", "", NEW, None, {}),
        ("POST", "", NEW, None, {"idempotency_key": "k"}),
        ("PUT", "/pay_1", LATER, None, {}),
        ("PUT", "/pay_1", LATER, None, {"if_match": "*"}),
        ("PUT", "/pay_1", LATER, None, {"idempotency_key": "k"}),
        ("PATCH", "/pay_1", LATER, None, {}),
        ("PATCH", "/pay_1", LATER, None, {"if_match": "*", "idempotency_key": "k"}),
        ("DELETE", "/pay_1", None, None, {}),
        ("DELETE", "/pay_1", None, {"version": NEWER}, {}),
        ("DELETE", "/pay_1", None, {"version": NEWER}, {"if_match": "*"}),
        ("DELETE", "/pay_1", None, None, {"idempotency_key": "k"}),
    ],
)
def test_every_write_leaves_who_wrote_it(
    call: Callable[..., Reply],
    put: Callable[..., None],
    payment: dict[str, Any],
    dynamodb: Any,
    method: str,
    path: str,
    body: Any,
    query: dict[str, str] | None,
    headers: dict[str, str],
) -> None:
    """Also over what was written before items said so."""
    if body != NEW:
        put("pay_1")
        assert provenance(dynamodb) == (None, None, None)
    sent = payment if body == NEW else body if method == "PATCH" else {**payment, **(body or {})}
    answer = call(method, f"/v1/payments{path}", sent, query=query, x_correlation_id="order-1", **headers)
    assert answer.status in (200, 201, 204)
    assert provenance(dynamodb) == ("order-1", WRITTEN_BY, REQUEST_ID)


def test_the_operations_of_a_batch_and_their_tombstones_say_whose_call_it_was(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any
) -> None:
    operations = [
        {"op": "upsert", "record": payment, "correlation_id": "message-1"},
        {"op": "delete", "record": {"payment_id": "pay_2", "updated_at": NEWER}},
    ]
    call("POST", "/v1/payments/batch", {"operations": operations}, x_correlation_id="call-1")
    assert provenance(dynamodb, "pay_1") == ("message-1", WRITTEN_BY, REQUEST_ID)
    assert provenance(dynamodb, "pay_2") == ("call-1", WRITTEN_BY, REQUEST_ID)


@pytest.mark.parametrize(("version", "status"), [(SAME, 200), (OLDER, 409)])
def test_a_write_that_changes_nothing_leaves_who_wrote_it_before(
    call: Callable[..., Reply],
    put: Callable[..., None],
    payment: dict[str, Any],
    dynamodb: Any,
    version: str,
    status: int,
) -> None:
    put("pay_1", {"_written_by": {"S": "https://i#first"}, "_request_id": {"S": "first"}})
    assert call("PUT", "/v1/payments/pay_1", {**payment, "updated_at": version}).status == status
    assert provenance(dynamodb) == (None, "https://i#first", "first")


def called_by(event: Callable[[str], Any], payment: dict[str, Any], caller: dict[str, str]) -> Any:
    made = event("http_api") | {"routeKey": "POST /v1/payments", "body": json.dumps(payment)}
    made["headers"]["content-type"] = "application/json"
    made["requestContext"]["authorizer"] = {"lambda": {**caller, "expires_at": 4102444800}}
    return handler(made, CONTEXT)


@pytest.mark.parametrize("client_id", ['"},"status":"x', "\ud800\x00", "é" * 512, "a\nb", "<script>", "1; DROP TABLE"])
def test_a_client_of_any_name_can_write_and_is_stored_in_harmless_characters(
    wired: None, event: Callable[[str], Any], payment: dict[str, Any], dynamodb: Any, client_id: str
) -> None:
    answer = called_by(event, payment, {"issuer": "https://i", "client_id": client_id})
    assert answer["statusCode"] == 201
    written_by = provenance(dynamodb)[1]
    assert written_by.startswith("https://i#")
    assert written_by.isascii()
    assert written_by.isprintable()
    assert len(written_by) < 300


@pytest.mark.parametrize("caller", [{}, {"client_id": "c"}, {"issuer": "i"}])
def test_where_the_authorizer_does_not_say_who_calls_the_item_does_not_either(
    wired: None, event: Callable[[str], Any], payment: dict[str, Any], dynamodb: Any, caller: dict[str, str]
) -> None:
    assert called_by(event, payment, caller)["statusCode"] == 201
    assert provenance(dynamodb) == (REQUEST_ID, None, REQUEST_ID)
