"""The OpenAPI document says of nested fields what the functions take and answer."""

from typing import Any

import jsonschema_rs
from hypothesis import given, settings
from openapi_spec_validator import validate

from lambdas.shared.nested import MAX_NAME
from txplatform.contracts.render.openapi import openapi_document
from txplatform.contracts.render.registry import MAX_NAME_LENGTH
from txplatform_tests.contracts.nested_strategies import nested_contracts
from txplatform_tests.contracts.strategies import records
from txplatform_tests.samples.nested import purchases

DOCUMENT = openapi_document({"purchases": purchases()}, "/")
SCHEMAS = DOCUMENT["components"]["schemas"]
RECORD, PATCH = (jsonschema_rs.Draft202012Validator(SCHEMAS[name]) for name in ("purchases", "purchases_patch"))
IDENTITY = {"purchase_id": "pur_1", "total": "1.00"} | dict.fromkeys(
    ("placed_at", "updated_at"), "2026-11-01T00:00:00.000000Z"
)


@settings(max_examples=5)  # each takes half a second
@given(nested_contracts())
def test_any_nested_contract_makes_a_valid_document(contract: Any) -> None:
    validate(openapi_document({"purchases": contract}, "/"))


@given(records(purchases()))
def test_a_record_of_the_contract_is_one_of_the_document(record: dict[str, Any]) -> None:
    exact = jsonschema_rs.Draft202012Validator(SCHEMAS["purchases_answered"])
    floats = {name: value for name, value in record.items() if name not in ("payload", "rest")}
    assert RECORD.is_valid(floats)
    assert exact.is_valid(floats)


def test_days_and_bounds_are_as_strict_within_as_outside() -> None:
    for line in ({"ships_on": "2026-02-30"}, {"amount": "-0.0001"}, {"amount": "1.00"}, {"colour": "red"}):
        assert not RECORD.is_valid({**IDENTITY, "line_items": [{"sku": "A", "amount": "1.0000", **line}]})
    assert RECORD.is_valid({**IDENTITY, "line_items": [{"sku": "A", "amount": "1.0000", "ships_on": "2024-02-29"}]})


def test_a_patch_has_any_members_and_null_for_those_that_may_go() -> None:
    for change in ({"shipping": {"cost": None}}, {"shipping": {"address": {"city": None}}}, {"fees": {"bank": None}}):
        assert PATCH.is_valid(change), change
    for change in ({"shipping": {"carrier": None}}, {"line_items": [{"sku": "A"}]}, {"total": None}):
        assert not PATCH.is_valid(change), change


def test_the_example_has_the_examples_of_what_is_within() -> None:
    [example] = SCHEMAS["purchases"]["examples"]
    assert example["line_items"][0]["discount"] == {"amount": "1.10"}
    assert example["shipping"] == {"carrier": "post", "address": {"city": "Brno", "country": "CZ"}}
    assert "attributes" not in example
    assert RECORD.is_valid(example)


def test_what_is_kept_is_taken_and_not_answered_under_its_own_name() -> None:
    assert RECORD.is_valid({**IDENTITY, "colour": "red"})
    answered = jsonschema_rs.Draft202012Validator(SCHEMAS["purchases_answered"])
    assert not answered.is_valid({**IDENTITY, "colour": "red"})
    assert SCHEMAS["purchases"]["properties"]["rest"]["x-personal"]
    assert SCHEMAS["purchases"]["properties"]["notes"]["items"]["properties"]["text"]["x-personal"]


def test_names_in_a_map_are_as_long_as_the_functions_take_them() -> None:
    assert MAX_NAME == MAX_NAME_LENGTH
