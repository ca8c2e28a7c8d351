"""Nested records over the API: written, read, listed, patched and kept, exact to the digit."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from lambdas.shared.jsonio import dumps
from txplatform.contracts.names import entity_table
from txplatform.contracts.render.registry import publish
from txplatform_tests.lambdas.conftest import make_table
from txplatform_tests.lambdas.data_api.conftest import Reply
from txplatform_tests.lambdas.nested import exact, purchase
from txplatform_tests.samples.nested import purchases

Call = Callable[..., Reply]
BASE = "/v1/purchases"
PATH = f"{BASE}/pur_1"
LATER = "2026-11-02T00:00:00.000000Z"
EXACT = {"big": 9007199254740993, "price": Decimal("9007199254740993.01"), "é": [True, 1]}


@pytest.fixture(autouse=True)
def _published(dynamodb: Any) -> None:
    publish(dynamodb, purchases())
    make_table(dynamodb, entity_table("purchases"), "pk")


def stored(dynamodb: Any) -> dict[str, Any]:
    return dynamodb.get_item(TableName=entity_table("purchases"), Key={"pk": {"S": "pur_1"}})["Item"]


def test_a_record_is_answered_as_it_was_written(call: Call) -> None:
    record = purchase(payload=EXACT)
    created = call("POST", BASE, dumps(record))
    assert (created.status, exact(created.body)) == (201, exact(record))
    read = call("GET", PATH)
    assert (read.text == created.text, exact(read.body), read.headers["etag"]) == (
        *(True, exact(record), created.headers["etag"]),
    )
    assert [exact(item) for item in call("GET", BASE).body["items"]] == [exact(record)]
    assert call("POST", BASE, dumps(record)).status == 200, "the same again"


def test_what_differs_in_one_digit_or_type_is_another_record(call: Call) -> None:
    call("PUT", PATH, dumps(purchase(payload={"a": 1})))
    for payload in ({"a": True}, {"a": Decimal("1.01")}, {"a": "1"}):
        assert call("PUT", PATH, dumps(purchase(payload=payload))).body["code"] == "version_conflict"
    assert call("PUT", PATH, dumps(purchase(payload={"a": Decimal("1.0")}))).status == 200


def test_a_reader_without_the_scope_sees_no_field_with_anything_personal_in_it(call: Call) -> None:
    call("PUT", PATH, dumps(purchase(colour="red")))
    answer = call("GET", PATH, may=("read",))
    assert answer.headers["masked-fields"] == "notes, rest"
    assert exact(answer.body) == exact(purchase(notes=None))


def test_objects_are_merged_and_arrays_replaced(call: Call) -> None:
    call("PUT", PATH, dumps(purchase()))
    patch = {
        "shipping": {"cost": None, "address": {"city": "Praha"}},
        "attributes": {"size": None, "cut": "slim"},
        "tags": ["new"],
        "payload": {"till": None, "more": {"b": 2}},
        "updated_at": LATER,
    }
    expected = purchase(
        shipping={"carrier": "post", "insured": True, "address": {"city": "Praha", "country": "CZ"}},
        attributes={"colour": "red", "cut": "slim"},
        tags=["new"],
        payload={"scale": [Decimal("1.5"), None, True], "more": {"b": 2}},
        updated_at=LATER,
    )
    answer = call("PATCH", PATH, dumps(patch))
    assert (answer.status, exact(answer.body)) == (200, exact(expected))
    assert call("PATCH", PATH, dumps({"shipping": {"carrier": None}, "updated_at": LATER})).status == 422


def send(call: Call, *changes: dict[str, Any]) -> list[str]:
    """What became of partial updates in a batch."""
    operations = [{"op": "patch", "record": {"purchase_id": "pur_1", **each}} for each in changes]
    results = call("POST", f"{BASE}/batch", dumps({"operations": operations})).body["results"]
    return [
        " ".join([result["status"], *(f"{reason['field']}:{reason['rule']}" for reason in result["errors"])])
        if result["status"] == "rejected"
        else result["status"]
        for result in results
    ]


def test_a_partial_update_merges_within_and_twice_changes_nothing(call: Call, dynamodb: Any) -> None:
    call("PUT", PATH, dumps(purchase()))
    change = {
        "shipping": {"cost": 5, "insured": None, "address": {"city": "Praha"}},
        "fees": {"bank": None, "post": 1},
        "payload": {"till": None},
        "updated_at": LATER,
    }
    assert send(call, change, change) == ["written", "unchanged"]
    before = stored(dynamodb)
    assert send(call, {**change, "updated_at": "2026-11-01T12:00:00Z"}) == ["unchanged"], "older, and all of it there"
    assert send(call, {"fees": {"post": 2}, "updated_at": "2026-11-01T12:00:00Z"}) == ["superseded"]
    assert stored(dynamodb) == before
    assert before["shipping"]["M"] == {
        "carrier": {"S": "post"},
        "cost": {"N": "5.00"},
        "address": {"M": {"city": {"S": "Praha"}, "country": {"S": "CZ"}}},
    }
    assert (before["fees"], before["payload"]) == (
        *({"M": {"post": {"N": "1.00"}}}, {"S": '{"scale":[1.5,null,true]}'}),
    )


def test_a_partial_update_says_what_is_wrong_within(call: Call) -> None:
    call("PUT", PATH, dumps(purchase()))
    assert send(
        call,
        {"shipping": {"cost": "x"}, "updated_at": LATER},
        {"shipping": {"address": {"country": "cz"}}, "updated_at": LATER},
        {"shipping": {"carrier": None}, "updated_at": LATER},
        {"line_items": [{"sku": "A"}], "updated_at": LATER},
    ) == [
        "rejected shipping.cost:type",
        "rejected shipping.address.country:pattern",
        "rejected shipping.carrier:required",
        "rejected line_items[0].amount:required",
    ]


@pytest.mark.parametrize(
    ("shipping", "field"), [({"cots": None}, "shipping.cots"), ({"address": {"town": None}}, "shipping.address.town")]
)
def test_what_is_to_be_removed_within_an_object_must_be_one_of_its_members(
    call: Call, shipping: dict[str, Any], field: str
) -> None:
    call("PUT", PATH, dumps(purchase()))
    change = {"shipping": shipping, "updated_at": LATER}
    answer = call("PATCH", PATH, dumps(change))
    assert (answer.status, [(item["field"], item["rule"]) for item in answer.body.get("errors", [])]) == (
        *(422, [(field, "unknown_field")]),
    )
    assert send(call, change) == [f"rejected {field}:unknown_field"], "as in a partial update"


def test_unknown_names_are_kept_and_removed_one_by_one(call: Call) -> None:
    created = call("POST", BASE, dumps({**purchase(colour="red", size={"eu": Decimal("42.50")}), "gone": None}))
    assert exact(created.body) == exact(purchase(rest={"colour": "red", "size": {"eu": Decimal("42.5")}}))
    assert call("PUT", PATH, dumps(created.body)).status == 200, "what was answered may be sent"
    changed = call("PATCH", PATH, dumps({"colour": None, "size": {"uk": 8}, "updated_at": LATER}))
    assert exact(changed.body["rest"]) == exact({"size": {"eu": Decimal("42.5"), "uk": 8}})
    assert send(call, {"size": None, "cut": "slim", "updated_at": "2026-11-03T00:00:00Z"}) == ["written"]
    assert call("GET", PATH).body["rest"] == {"cut": "slim"}


def test_a_record_of_which_nothing_more_is_kept_is_the_one_that_never_had_more(call: Call) -> None:
    call("PUT", PATH, dumps(purchase(colour="red")))
    early = {"size": None, "updated_at": "2026-11-01T12:00:00Z"}
    changed = call("PATCH", PATH, dumps({"colour": None, "updated_at": LATER}))
    assert exact(changed.body) == exact(purchase(updated_at=LATER))
    assert call("PUT", PATH, dumps(purchase(updated_at=LATER))).status == 200, "the same, and no conflict"
    assert send(call, early) == ["unchanged"], "older, and there was nothing to remove"
    again = {"colour": None, "updated_at": "2026-11-03T00:00:00Z"}
    assert send(call, again, again) == ["written", "unchanged"]
    assert "rest" not in call("GET", PATH).body


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"colour": "red", "rest": {"colour": "blue"}}, ("colour", "unknown_field")),
        ({"colour": "red", "rest": ["blue"]}, ("rest", "type")),
    ],
)
def test_what_is_to_be_kept_has_one_place(call: Call, changes: dict[str, Any], reason: tuple[str, str]) -> None:
    answer = call("PUT", PATH, dumps(purchase(**changes)))
    assert [(item["field"], item["rule"]) for item in answer.body["errors"]] == [reason]


def test_an_answer_that_was_kept_is_the_same(call: Call) -> None:
    body = dumps(purchase(payload=EXACT))
    first, second = (call("PUT", PATH, body, idempotency_key="again") for _ in range(2))
    assert (second.headers["idempotency-replayed"], second.text) == ("true", first.text)
