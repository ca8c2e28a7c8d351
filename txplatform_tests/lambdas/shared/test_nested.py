"""Nested values pass unchanged, whatever is in them, and each violation is named with its place."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared.errors import DecodeError
from lambdas.shared.items import decode_record, encode_record
from lambdas.shared.json_value import Json
from lambdas.shared.jsonio import dumps, loads
from lambdas.shared.places import general_place
from lambdas.shared.validation import MAX_RECORD_BYTES, check_patch, check_upsert
from txplatform.contracts.model import Contract
from txplatform_tests.contracts.nested_strategies import nested_contracts
from txplatform_tests.contracts.strategies import records
from txplatform_tests.lambdas.nested import CHANGED, SCHEMA, exact, purchase, schema_of
from txplatform_tests.samples.nested import purchases


def rules(record: Any) -> set[tuple[str, str]]:
    return {(item.field, item.rule) for item in check_upsert(SCHEMA, loads(dumps(record))).violations}


@given(st.data(), nested_contracts() | st.just(purchases()))
def test_a_record_passes_unchanged_and_comes_back_from_its_item(data: st.DataObject, contract: Contract) -> None:
    record = data.draw(records(contract))
    schema = schema_of(contract)

    checked = check_upsert(schema, loads(dumps(record)))

    assert checked.violations == ()
    assert exact(checked.record) == exact(record)
    item = encode_record(schema, checked.record)
    assert decode_record(schema, item) == checked.record
    assert check_upsert(schema, checked.record).record == checked.record, "what is canonical stays as it is"


@pytest.mark.parametrize(
    ("changes", "violated"),
    [
        ({"line_items": {}}, {("line_items", "type")}),
        ({"line_items": [{"sku": "A", "amount": "1"}, None]}, {("line_items[1]", "required")}),
        ({"line_items": [{"sku": "A"}]}, {("line_items[0].amount", "required")}),
        ({"line_items": [{"sku": "A", "amount": None}]}, {("line_items[0].amount", "required")}),
        ({"line_items": [{"sku": "a", "amount": "1"}]}, {("line_items[0].sku", "pattern")}),
        ({"line_items": [{"sku": "A", "amount": "-1"}]}, {("line_items[0].amount", "minimum")}),
        ({"line_items": [{"sku": "A", "amount": "1.00001"}]}, {("line_items[0].amount", "scale")}),
        ({"line_items": [{"sku": "A", "amount": "1", "quantity": 0}]}, {("line_items[0].quantity", "minimum")}),
        ({"line_items": [{"sku": 1, "amount": True}]},
         {("line_items[0].sku", "type"), ("line_items[0].amount", "type")}),
        ({"line_items": [{"sku": "A", "amount": "1", "taxes": ["x"]}]}, {("line_items[0].taxes[0]", "type")}),
        ({"line_items": [{"sku": "A", "amount": "1"}] * 101}, {("line_items", "max_items")}),
        ({"shipping": []}, {("shipping", "type")}),
        ({"shipping": {}}, {("shipping.carrier", "required")}),
        ({"shipping": {"carrier": "x", "é\ud800": 1}}, {("shipping.\\xe9\\ud800", "unknown_field")}),
        ({"shipping": {"carrier": "x", "address": {"country": "cz"}}}, {("shipping.address.country", "pattern")}),
        ({"attributes": {"colour": 1}}, {('attributes["colour"]', "type")}),
        ({"attributes": {"colour": None}}, {('attributes["colour"]', "required")}),
        ({"attributes": {"": "x"}}, {('attributes[""]', "map_key")}),
        ({"attributes": {"x" * 256: "x"}}, {(f'attributes["{"x" * 100}"]', "map_key")}),
        ({"attributes": {str(number): "x" for number in range(21)}}, {("attributes", "max_items")}),
        ({"fees": {"bank": "0.001"}}, {('fees["bank"]', "scale")}),
        ({"tags": ["x" * 41]}, {("tags[0]", "max_length")}),
        ({"payload": [[[]] * 9, "\ud800"]}, {("payload", "type")}),
        ({"notes": [{"text": "a secret"}, {"written_at": "no secret"}]},
         {("notes[0].written_at", "required"), ("notes[1].written_at", "type")}),
    ],
)  # fmt: skip
def test_a_violation_names_its_place(changes: dict[str, Any], violated: set[tuple[str, str]]) -> None:
    assert rules(purchase(**changes)) == violated


@pytest.mark.parametrize(
    ("changes", "violated"),
    [
        ({"shipping": {"cost": None, "address": {}}}, set()),
        ({"shipping": {"address": {"country": "cz"}}}, {("shipping.address.country", "pattern")}),
        ({"line_items": [{"sku": "A"}]}, {("line_items[0].amount", "required")}),
        ({"line_items": [{"sku": "A", "amount": "1", "discount": {}}]},
         {("line_items[0].discount.amount", "required")}),
        ({"fees": {"bank": None, "post": "x"}}, {('fees["post"]', "type")}),
    ],
)  # fmt: skip
def test_a_partial_update_lacks_members_of_objects_and_none_in_an_array(
    changes: dict[str, Any], violated: set[tuple[str, str]]
) -> None:
    checked = check_patch(SCHEMA, {"purchase_id": "pur_1", "updated_at": CHANGED, **changes})
    assert {(item.field, item.rule) for item in checked.violations} == violated


def test_no_message_shows_anything_of_a_field_in_which_something_is_personal() -> None:
    found = check_upsert(SCHEMA, purchase(notes=[{"written_at": "sesame", "channel": 7}])).violations
    assert len(found) == 2
    assert not any("sesame" in item.message or "7" in item.message for item in found)


def test_members_are_in_the_contract_s_order_and_names_of_maps_are_sorted() -> None:
    given_record = purchase(
        shipping={"insured": False, "cost": 4, "carrier": "post", "address": None}, attributes={"b": "1", "a": "2"}
    )
    record = check_upsert(SCHEMA, given_record).record
    assert list(record["shipping"].items()) == [("carrier", "post"), ("cost", "4.00"), ("insured", False)]
    assert list(record["attributes"]) == ["a", "b"]


def test_what_an_item_holds() -> None:
    item = encode_record(SCHEMA, check_upsert(SCHEMA, loads(dumps(purchase()))).record)
    assert item["line_items"]["L"][1] == {"M": {"sku": {"S": "B-2"}, "amount": {"N": "0.0001"}}}
    assert item["shipping"]["M"]["insured"] == {"BOOL": True}
    assert item["fees"] == {"M": {"bank": {"N": "0.30"}}}
    assert item["payload"] == {"S": '{"scale":[1.5,null,true],"till":7}'}


@pytest.mark.parametrize(
    ("attribute", "named"),
    [
        ({"line_items": {"M": {}}}, "'line_items' is not of DynamoDB type L"),
        ({"line_items": {"L": [{"M": {"sku": {"N": "1"}}}]}}, "'line_items[0].sku' is not of DynamoDB type S"),
        ({"line_items": {"L": [{"M": {"colour": {"S": "red"}}}]}}, "'line_items[0]' has no member 'colour'"),
        ({"shipping": {"M": {"cost": {"N": "0.001"}}}}, "'shipping.cost' breaks the rule 'scale'"),
        ({"fees": {"M": {"bank": {"N": "x"}}}}, "'fees[]' is not a number"),
        ({"payload": {"S": "{"}}, "'payload' is not the text of a JSON value"),
        ({"tags": {"L": [{"NULL": True}]}}, "'tags[0]' is not of DynamoDB type S"),
    ],
)
def test_what_was_written_past_the_api_is_named(attribute: dict[str, Any], named: str) -> None:
    with pytest.raises(DecodeError) as caught:
        decode_record(SCHEMA, attribute)
    assert named in str(caught.value)


def test_a_number_written_past_the_api_becomes_canonical() -> None:
    record = decode_record(SCHEMA, {"fees": {"M": {"bank": {"N": "3"}}}, "payload": {"S": '{"b":1.0, "a":2}'}})
    assert record == {"fees": {"bank": "3.00"}, "payload": Json('{"a":2,"b":1}')}


def test_a_record_is_as_large_as_all_that_is_in_it() -> None:
    note = {"written_at": "2026-11-01T09:30:00Z", "text": "é" * 1000}
    assert rules(purchase(notes=[note] * 100)) == set()
    assert rules(purchase(notes=[note] * 200)) == {("", "record_too_large")}
    assert rules(purchase(payload=["x" * MAX_RECORD_BYTES])) == {("", "record_too_large")}


@pytest.mark.parametrize(
    ("place", "general"),
    [("amount", "amount"), ("a[12].b[0]", "a[].b[]"), ('a["x]\\"y"]', "a[]"), ("a[*].b", "a[].b")],
)
def test_a_place_is_counted_without_what_is_the_source_s_own(place: str, general: str) -> None:
    assert general_place(place) == general
