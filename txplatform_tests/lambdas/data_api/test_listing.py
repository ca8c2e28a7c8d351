"""The list route, from event to table: queries by index, cursors, and pages that nothing can make fail."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.data_api import listing
from lambdas.data_api.listing import MAX_READS_PER_PAGE
from lambdas.shared.items import encode_record
from txplatform.contracts.names import REGISTRY_TABLE
from txplatform_tests.lambdas.conftest import SCHEMAS
from txplatform_tests.lambdas.data_api.conftest import NEWER, TABLE, Reply, item, publish_colour

LAMBDA_ANSWER_BYTES = 6_291_556  # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
Call = Callable[..., Reply]
PATH = "/v1/payments"


def day(number: int) -> str:
    return f"2024-01-{number:02}T00:00:00.000000Z"


@pytest.fixture
def put(dynamodb: Any, payment: dict[str, Any]) -> Callable[..., None]:
    """Writes an item past the API: a payment with these fields, and with these attributes as they are."""

    def write(key: str, attributes: dict[str, Any] | None = None, **fields: Any) -> None:
        record = {**payment, "payment_id": key, **fields}
        system = {"pk": {"S": key}, "_version": {"S": record["updated_at"]}, "_written_at": {"S": NEWER}}
        made = {**system, **encode_record(SCHEMAS["payments"], record), **(attributes or {})}
        dynamodb.put_item(TableName=TABLE, Item=made)

    return write


def pages(call: Call, query: dict[str, str]) -> list[dict[str, Any]]:
    """All pages of a list."""
    found: list[dict[str, Any]] = []
    while True:
        reply = call("GET", PATH, query=query)
        assert reply.status == 200, reply.body
        found.append(reply.body)
        if reply.body["next"] is None:
            return found
        query = {**query, "cursor": reply.body["next"]}


def keys(call: Call, query: dict[str, str]) -> list[str]:
    return [record["payment_id"] for page in pages(call, query) for record in page["items"]]


@pytest.fixture
def days(put: Callable[..., None]) -> None:
    """Nine payments of one customer on nine days, two of each at the same moment of another."""
    for number in range(1, 10):
        put(f"pay_{number}", created_at=day(number), customer_id="cus_1", status="settled" if number % 2 else "failed")
        for twin in "ab":
            put(f"{twin}_{number}", created_at=day(5), customer_id="cus_2", status="refunded")


@pytest.mark.usefixtures("days")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ({"order": "desc"}, [9, 8, 7, 6, 5, 4, 3, 2, 1]),
        ({"created_at.gte": day(3), "created_at.lt": day(6)}, [3, 4, 5]),
        ({"created_at.gt": day(3), "created_at.lte": day(6), "order": "desc"}, [6, 5, 4]),
        ({"created_at.gte": day(8)}, [8, 9]),
        ({"created_at.lt": day(3)}, [1, 2]),
        ({"created_at.gte": day(6), "created_at.lt": day(6)}, []),
    ],
)
@pytest.mark.parametrize("limit", ["1", "2", "100"])
def test_records_come_by_value_between_times_and_in_order(
    call: Call, query: dict[str, str], expected: list[int], limit: str
) -> None:
    found = keys(call, {"customer_id": "cus_1", "limit": limit, **query})
    assert found == [f"pay_{number}" for number in expected]


@pytest.mark.usefixtures("days")
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_records_of_one_moment_are_paged_one_by_one(call: Call, order: str) -> None:
    found = keys(call, {"customer_id": "cus_2", "limit": "1", "order": order})
    assert sorted(found) == sorted(f"{twin}_{number}" for twin in "ab" for number in range(1, 10))


@pytest.mark.usefixtures("days")
def test_another_index_answers_another_question(call: Call) -> None:
    assert keys(call, {"status": "failed", "created_at.gte": day(3)}) == ["pay_4", "pay_6", "pay_8"]
    assert len(keys(call, {"merchant_id": "mer_1", "limit": "4"})) == 27
    assert keys(call, {"customer_id": "nobody"}) == []


@pytest.mark.usefixtures("days")
def test_a_page_shows_the_fields_that_are_asked_for(call: Call) -> None:
    [page] = pages(call, {"customer_id": "cus_1", "fields": "amount,description,payment_id", "created_at.lt": day(2)})
    assert page["items"] == [{"amount": "12.30", "payment_id": "pay_1"}]
    assert pages(call, {"fields": "status", "limit": "100"})[0]["items"][0].keys() == {"status"}


@pytest.mark.usefixtures("days")
@pytest.mark.parametrize("status", ["active", "captured,settled"])
def test_an_unknown_value_is_refused_and_no_list_is_given(call: Call, status: str) -> None:
    """What was a list of all records before."""
    reply = call("GET", PATH, query={"status": status})
    assert (reply.status, reply.body["code"]) == (400, "invalid_query")
    assert [(error["field"], error["rule"]) for error in reply.body["errors"]] == [("status", "enum")]


@pytest.mark.parametrize("name", ["colour", "Limit", "currency", "created_at", "version"])
def test_an_unknown_parameter_is_refused_with_what_is_indexed(call: Call, name: str) -> None:
    reply = call("GET", PATH, query={name: "x"})
    assert (reply.status, reply.body["code"]) == (400, "invalid_query")
    assert [error["field"] for error in reply.body["errors"]] == [name]
    assert reply.body["indexes"] == [
        {"field": field, "sorted_by": "created_at"} for field in ("customer_id", "status", "merchant_id")
    ]


@pytest.mark.usefixtures("days")
def test_a_cursor_is_of_its_list_alone(call: Call) -> None:
    asked = {"customer_id": "cus_1", "limit": "2"}
    cursor = call("GET", PATH, query=asked).body["next"]
    assert call("GET", PATH, query={**asked, "limit": "1", "fields": "amount", "cursor": cursor}).status == 200
    for query in ({}, {"customer_id": "cus_2"}, {**asked, "order": "desc"}, {**asked, "created_at.gte": day(1)}):
        reply = call("GET", PATH, query={**query, "cursor": cursor})
        assert (reply.status, [error["field"] for error in reply.body["errors"]]) == (400, ["cursor"])
    tampered = ("A" if cursor[-5] != "A" else "B").join((cursor[:-5], cursor[-4:]))
    for text in (tampered, "%", "cGF5XzE", cursor[:-1]):
        assert call("GET", PATH, query={**asked, "cursor": text}).status == 400
    assert (
        call("GET", "/v1/customers", query={"cursor": call("GET", PATH, query={"limit": "1"}).body["next"]}).status
        == 400
    )


def test_a_deleted_record_is_in_no_index(call: Call, payment: dict[str, Any], dynamodb: Any) -> None:
    for number in range(4):
        call("POST", PATH, {**payment, "payment_id": f"pay_{number}"})
    call("DELETE", f"{PATH}/pay_1")
    call("DELETE", f"{PATH}/pay_2", query={"version": NEWER})
    assert sorted(keys(call, {"customer_id": "cus_1"})) == ["pay_0", "pay_3"]
    assert "customer_id" not in item(dynamodb, "pay_1")
    assert "created_at" in item(dynamodb, "pay_1")


@pytest.mark.usefixtures("days")
def test_tombstones_in_an_index_are_left_out_and_the_page_still_fills(call: Call, put: Callable[..., None]) -> None:
    """As a field of the key that is indexed would leave them there."""
    for number in range(2, 9):
        put(f"pay_{number}", {"_deleted": {"BOOL": True}}, created_at=day(number), customer_id="cus_1")
    page = call("GET", PATH, query={"customer_id": "cus_1", "limit": "2"}).body
    assert [record["payment_id"] for record in page["items"]] == ["pay_1", "pay_9"]


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


def test_an_item_of_a_newer_contract_is_listed_by_it(call: Call, put: Callable[..., None], dynamodb: Any) -> None:
    put("pay_1", {"colour": {"S": "red"}})
    assert call("GET", PATH).body["undecodable"]
    publish_colour(dynamodb)
    page = call("GET", PATH).body
    assert [record["colour"] for record in page["items"]] == ["red"]
    assert "undecodable" not in page


def test_a_query_of_a_newer_contract_is_answered_by_it(call: Call, payment: dict[str, Any], dynamodb: Any) -> None:
    call("POST", PATH, payment)
    assert call("GET", PATH, query={"fields": "colour"}).status == 400
    publish_colour(dynamodb)
    assert call("GET", PATH, query={"fields": "colour"}).body["items"] == [{}]


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


def test_a_table_that_does_not_answer_is_said_to_be_unavailable(call: Call, dynamodb: Any) -> None:
    call("GET", PATH)
    dynamodb.delete_table(TableName=TABLE)
    for query in ({}, {"customer_id": "cus_1"}):
        reply = call("GET", PATH, query=query)
        assert (reply.status, reply.body["code"]) == (503, "store_unavailable")


def test_without_a_key_for_cursors_a_list_of_one_page_is_still_given(
    call: Call, payment: dict[str, Any], dynamodb: Any
) -> None:
    for number in range(2):
        call("POST", PATH, {**payment, "payment_id": f"pay_{number}"})
    key = {"entity": {"S": "payments"}, "item": {"S": "cursor_key"}}
    dynamodb.delete_item(TableName=REGISTRY_TABLE, Key=key)
    assert len(call("GET", PATH).body["items"]) == 2
    assert call("GET", PATH, query={"limit": "1"}).body["code"] == "configuration"
