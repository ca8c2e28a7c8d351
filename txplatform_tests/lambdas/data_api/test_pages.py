"""Pages of a list that nothing stored can make fail: items that do not fit, long texts, many tombstones."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.data_api import listing
from lambdas.data_api.listing import MAX_READS_PER_PAGE
from txplatform_tests.lambdas.conftest import SCHEMAS
from txplatform_tests.lambdas.data_api.conftest import TABLE, Reply
from txplatform_tests.lambdas.data_api.lists import PATH, Call, day, keys, pages

LAMBDA_ANSWER_BYTES = 6_291_556  # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html

MISFITS: dict[str, tuple[dict[str, Any], str]] = {
    "a field of another type": ({"amount": {"S": "12.30"}}, "attribute 'amount' is not of DynamoDB type N"),
    "a value beyond its type": ({"amount": {"N": "1.001"}}, "attribute 'amount' breaks the rule 'scale'"),
    "an unknown field": ({"colour": {"S": "red"}}, f"payments {SCHEMAS['payments'].version} has no field 'colour'"),
    "a map": ({"method": {"M": {}}}, "attribute 'method' is not of DynamoDB type S"),
}


@pytest.mark.parametrize(("attributes", "reason"), MISFITS.values(), ids=MISFITS.keys())
@pytest.mark.parametrize("query", [{}, {"customer_id": "cus_1"}, {"customer_id": "cus_1", "order": "desc"}])
def test_an_item_that_does_not_fit_is_named_and_the_page_carries_the_rest(
    call: Call, put: Callable[..., None], attributes: dict[str, Any], reason: str, query: dict[str, str]
) -> None:
    for number in range(1, 8):
        put(f"pay_{number}", attributes if number == 4 else None, created_at=day(number))
    found = pages(call, {**query, "limit": "2"})
    records = [record["payment_id"] for page in found for record in page["items"]]
    assert sorted(records) == [f"pay_{number}" for number in range(1, 8) if number != 4]
    named = [entry for page in found for entry in page.get("undecodable", [])]
    assert named == [{"key": "pay_4", "reason": reason}]
    assert all(len(page["items"]) + len(page.get("undecodable", [])) <= 2 for page in found)


def test_an_item_without_its_fields_is_named(call: Call, dynamodb: Any, payment: dict[str, Any]) -> None:
    call("POST", PATH, payment)
    dynamodb.put_item(TableName=TABLE, Item={"pk": {"S": "bare"}})
    page = call("GET", PATH).body
    assert [record["payment_id"] for record in page["items"]] == ["pay_1"]
    version = SCHEMAS["payments"].version
    assert page["undecodable"] == [{"key": "bare", "reason": f"payments {version} requires field 'amount'"}]


def test_the_log_names_the_key_and_no_value(
    call: Call, put: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(listing.log, "error", lambda message, extra: lines.append((message, extra)))
    put("pay_7", {"amount": {"S": "a secret"}})
    call("GET", PATH)
    [(_, extra)] = lines
    assert extra["entity"] == "payments"
    assert [entry["key"] for entry in extra["items"]] == ["pay_7"]
    assert "a secret" not in json.dumps(extra)


@pytest.mark.parametrize(
    ("text", "count"),
    [("x" * 350_000, 30), ('"' * 350_000, 15), ("\x01" * 350_000, 8), ("\U0001f600" * 87_000, 16), ("x" * 40_000, 120)],
    ids=["plain", "quotes", "controls", "emoji", "medium"],
)
@pytest.mark.parametrize("query", [{}, {"customer_id": "cus_1"}])
def test_a_page_ends_by_bytes_before_lambda_refuses_it(
    call: Call, put: Callable[..., None], text: str, count: int, query: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    make = Reply.__init__

    def measure(reply: Reply, payload: dict[str, Any]) -> None:
        sizes.append(len(json.dumps(payload)))
        make(reply, payload)

    monkeypatch.setattr(Reply, "__init__", measure)
    for number in range(count):
        put(f"pay_{number}", order_reference=text)
    found = keys(call, {**query, "limit": "100"})
    assert sorted(found) == sorted(f"pay_{number}" for number in range(count))
    assert max(sizes) < 0.75 * LAMBDA_ANSWER_BYTES
    assert len(sizes) > 1


def test_names_of_unknown_attributes_do_not_make_a_page_too_large(call: Call, dynamodb: Any) -> None:
    for number in range(100):
        dynamodb.put_item(TableName=TABLE, Item={"pk": {"S": f"{number}"}, "a" * 60_000: {"S": "x"}})
    [page] = pages(call, {"limit": "100"})
    assert len(page["undecodable"]) == 100
    assert len(json.dumps(page)) < 100_000


def test_a_page_reads_a_bounded_number_of_times(
    call: Call, put: Callable[..., None], dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        put(f"pay_{number:02}", {"_deleted": {"BOOL": True}})
    put("pay_30")
    reads: list[Any] = []
    scan = dynamodb.scan
    monkeypatch.setattr(dynamodb, "scan", lambda **arguments: reads.append(arguments) or scan(**arguments))
    reply = call("GET", PATH, query={"limit": "1"})
    assert reply.body["items"] == []
    assert reply.body["next"]
    assert len(reads) == MAX_READS_PER_PAGE
    assert keys(call, {"limit": "1"}) == ["pay_30"]
