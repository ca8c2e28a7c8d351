"""An item that was written past the API and does not fit: its key is named, and nothing else suffers."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.data_api import handler as module
from txplatform_tests.lambdas.data_api.conftest import OLDER, SAME, TABLE, Reply, item

MISFITS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "without a version": lambda stored: {name: value for name, value in stored.items() if name != "_version"},
    "version that is null": lambda stored: stored | {"_version": {"NULL": True}},
    "field of another type": lambda stored: stored | {"amount": {"S": "12.30"}},
    "field that is null": lambda stored: stored | {"currency": {"NULL": True}},
    "no field at all": lambda stored: {"pk": stored["pk"]},
    "deleted without a version": lambda stored: {"pk": stored["pk"], "_deleted": {"BOOL": True}},
    "deleted, but as a text": lambda stored: stored | {"_deleted": {"S": "yes"}, "colour": {"S": "red"}},
}


@pytest.fixture
def misfit(
    request: pytest.FixtureRequest, call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any
) -> dict[str, Any]:
    call("PUT", "/v1/payments/pay_1", payment)
    made = MISFITS[request.param](item(dynamodb))
    dynamodb.put_item(TableName=TABLE, Item=made)
    return made


@pytest.mark.parametrize("misfit", MISFITS, indirect=True)
def test_a_batch_answers_for_every_operation(
    misfit: dict[str, Any], call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any
) -> None:
    good = [{**payment, "payment_id": f"pay_good_{index}"} for index in range(9)]
    records = [payment, *good]
    batch = {"operations": [{"op": "upsert", "record": record} for record in records]}
    answer = call("POST", "/v1/payments/batch", batch)
    assert answer.status == 200
    assert [result["status"] for result in answer.body["results"][1:]] == ["written"] * 9
    first = answer.body["results"][0]
    assert (first["status"], first["errors"][0]["rule"]) == ("rejected", "undecodable_item")
    assert "'pay_1'" in first["errors"][0]["message"]
    assert item(dynamodb) == misfit


@pytest.mark.parametrize("misfit", MISFITS, indirect=True)
def test_a_replacement_names_the_key_and_asks_for_no_retry(
    misfit: dict[str, Any], call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any
) -> None:
    assert_undecodable(call("PUT", "/v1/payments/pay_1", payment))
    assert item(dynamodb) == misfit


@pytest.mark.parametrize(
    "misfit", ["field of another type", "field that is null", "deleted, but as a text"], indirect=True
)
def test_a_reading_names_the_key_and_asks_for_no_retry(misfit: dict[str, Any], call: Callable[..., Reply]) -> None:
    assert_undecodable(call("GET", "/v1/payments/pay_1"))


def assert_undecodable(answer: Reply) -> None:
    assert (answer.status, answer.body["code"]) == (409, "undecodable_item")
    assert "'pay_1'" in answer.body["detail"]
    assert "retry-after" not in answer.headers


@pytest.mark.parametrize("path", ["/v1/payments/pay_1", "/v1/payments/batch"])
def test_the_log_names_the_key_and_no_value(
    path: str, call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    call("PUT", "/v1/payments/pay_1", payment)
    dynamodb.put_item(TableName=TABLE, Item=item(dynamodb) | {"payer_name": {"L": [{"S": "Ada Lovelace"}]}})
    lines: list[str] = []
    keep = lambda record: lines.append(module.log.registered_formatter.format(record))  # noqa: E731
    monkeypatch.setattr(module.log.registered_handler, "emit", keep)
    monkeypatch.setattr(module.log._logger, "level", logging.INFO)
    if path.endswith("batch"):
        call("POST", path, {"operations": [{"op": "upsert", "record": payment}]})
    else:
        call("GET", path)
    [line] = lines
    assert json.loads(line)["level"] == "ERROR"
    assert "'pay_1'" in json.loads(line)["reason"]
    assert "Lovelace" not in line


@pytest.mark.parametrize("headers", [{}, {"idempotency_key": "key-1"}], ids=["plainly", "with a key"])
@pytest.mark.parametrize(("version", "status"), [(None, 404), (SAME, 204), (OLDER, 204)])
def test_nothing_personal_outlives_a_deletion_that_finds_a_tombstone(
    call: Callable[..., Reply],
    put: Callable[..., None],
    dynamodb: Any,
    headers: dict[str, str],
    version: str | None,
    status: int,
) -> None:
    put("pay_1", {"_deleted": {"BOOL": True}, "payer_name": {"S": "Ada"}})
    query = {"version": version} if version else None
    assert call("DELETE", "/v1/payments/pay_1", query=query, **headers).status == status
    left = item(dynamodb)
    assert (left["_version"], left["_deleted"]) == ({"S": SAME}, {"BOOL": True})
    assert not {"payer_name", "customer_id", "amount"} & left.keys()
