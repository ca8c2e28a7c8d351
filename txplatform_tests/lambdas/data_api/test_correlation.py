"""The correlation id of a request: in the answer, in the item, in the log, and in no decision about a record."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.data_api import handler as module
from lambdas.data_api.handler import handler
from txplatform_tests.lambdas.conftest import CONTEXT
from txplatform_tests.lambdas.data_api.conftest import NEWER, TABLE, Reply, item


def test_every_answer_and_item_has_the_id_of_the_request(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any
) -> None:
    created = call("POST", "/v1/payments", payment, x_correlation_id="order-1")
    assert created.headers["x-correlation-id"] == "order-1"
    assert created.headers["location"] == "/v1/payments/pay_1"
    assert item(dynamodb)["_trace_id"] == {"S": "order-1"}
    for method, path, body in [
        ("GET", "/v1/payments/pay_1", None),
        ("GET", "/v1/payments/none", None),
        ("POST", "/v1/payments", "{"),
        ("PATCH", "/v1/payments/pay_1", {}),
        ("GET", "/v1/orders", None),
    ]:
        assert call(method, path, body, x_correlation_id="order-2").headers["x-correlation-id"] == "order-2"
    assert item(dynamodb)["_trace_id"] == {"S": "order-1"}
    assert call("GET", "/v1/payments/pay_1").body == payment, "it is no part of the record"
    call("DELETE", "/v1/payments/pay_1", x_correlation_id="order-3")
    assert item(dynamodb)["_trace_id"] == {"S": "order-3"}


def test_another_id_makes_no_other_record(call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any) -> None:
    call("PUT", "/v1/payments/pay_1", payment, x_correlation_id="first")
    before = item(dynamodb)
    again = call("PUT", "/v1/payments/pay_1", payment, x_correlation_id="second")
    assert (again.status, item(dynamodb)) == (200, before), "the same content is not written again, and no conflict"
    assert call("PUT", "/v1/payments/pay_1", {**payment, "amount": "1.00"}).body["code"] == "version_conflict"
    created = call("POST", "/v1/payments", payment, x_correlation_id="third")
    assert (created.status, item(dynamodb)) == (200, before)


def test_the_operations_of_a_batch_have_their_own_ids_or_that_of_the_request(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any
) -> None:
    ids = ["message-1", "not acceptable", None, 7]
    operations = [
        {"op": "upsert", "record": {**payment, "payment_id": f"pay_{index}"}, "correlation_id": given}
        for index, given in enumerate(ids)
    ]
    gone = {"payment_id": "pay_9", "updated_at": NEWER}
    operations.append({"op": "delete", "record": gone, "correlation_id": "message-9"})
    answer = call("POST", "/v1/payments/batch", {"operations": operations}, x_correlation_id="call-1")
    assert answer.headers["x-correlation-id"] == "call-1"
    stored = {key: item(dynamodb, key)["_trace_id"]["S"] for key in ("pay_0", "pay_1", "pay_2", "pay_3", "pay_9")}
    assert stored == {
        "pay_0": "message-1",
        "pay_1": "call-1",
        "pay_2": "call-1",
        "pay_3": "call-1",
        "pay_9": "message-9",
    }


def test_a_hostile_id_is_replaced_and_the_request_answered(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any
) -> None:
    created = call("POST", "/v1/payments", payment, x_correlation_id="x" * 5000)
    assert created.status == 201
    assert item(dynamodb)["_trace_id"]["S"] == created.headers["x-correlation-id"] == "JKJaXmPLvHcESHA="


def test_log_lines_have_the_context_of_their_invocation_and_no_value(
    call: Callable[..., Reply],
    event: Callable[[str], Any],
    payment: dict[str, Any],
    dynamodb: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines: list[str] = []
    keep = lambda record: lines.append(module.log.registered_formatter.format(record))  # noqa: E731
    monkeypatch.setattr(module.log.registered_handler, "emit", keep)
    monkeypatch.setattr(module.log._logger, "level", logging.INFO)
    call("GET", "/v1/payments")
    dynamodb.delete_table(TableName=TABLE)
    failed = call("POST", "/v1/payments", payment, x_correlation_id="order-1")
    assert failed.status == 503
    handler(event("http_api"), CONTEXT)
    first, second = (json.loads(line) for line in lines)
    assert (first["correlation_id"], second["correlation_id"]) == ("order-1", "JKJaXmPLvHcESHA=")
    assert (first["function_name"], first["function_request_id"]) == (CONTEXT.function_name, CONTEXT.aws_request_id)
    assert first["cold_start"] in (True, False)
    assert payment["customer_id"] not in lines[0]
