"""The list route, from event to table: queries by index, and cursors."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from txplatform.contracts.names import REGISTRY_TABLE
from txplatform_tests.lambdas.data_api.conftest import NEWER, TABLE, item, publish_colour
from txplatform_tests.lambdas.data_api.lists import PATH, Call, day, keys, pages


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


def test_times_that_exclude_each_other_are_not_asked_of_dynamodb_which_would_refuse_them(
    call: Call, dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(dynamodb, "query", lambda **arguments: asked.append(arguments))
    query = {"customer_id": "cus_1", "created_at.gte": day(6), "created_at.lt": day(6)}
    assert call("GET", PATH, query=query).body == {"items": [], "next": None}
    assert asked == []


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


def test_customers_are_looked_up_by_an_address_that_is_in_no_url(call: Call) -> None:
    for number, email in enumerate(("ada@example.com", "ada@example.com", "grace@example.com", None)):
        customer = {
            "customer_id": f"cus_{number}",
            "name": "A",
            "email": email,
            "segment": "consumer",
            "status": "active",
            "balance": "0.00",
            "marketing_opt_in": False,
            "created_at": day(number + 1),
            "updated_at": day(number + 1),
        }
        assert call("POST", "/v1/customers", customer).status == 201
    headers = {"x_query_email": "ada%40example.com"}
    first = call("GET", "/v1/customers", query={"limit": "1"}, **headers).body
    second = call("GET", "/v1/customers", query={"cursor": first["next"]}, **headers).body
    assert [record["customer_id"] for record in (*first["items"], *second["items"])] == ["cus_0", "cus_1"]
    assert b"example" not in base64.urlsafe_b64decode(first["next"] + "==")
    call("DELETE", "/v1/customers/cus_0")
    assert [record["customer_id"] for record in call("GET", "/v1/customers", **headers).body["items"]] == ["cus_1"]
