"""Objects, maps, arrays and JSON in a contract: what they become, and what is refused with its place and remedy."""

from pathlib import Path
from typing import Any

import pytest

from txplatform.contracts.fields import DEFAULT_MAX_ITEMS
from txplatform.contracts.loader import read_contract
from txplatform.contracts.model import REST, Contract, FieldType
from txplatform.contracts.render.registry import registry_document
from txplatform.errors import ContractError
from txplatform_tests.contracts.documents import Document, Edit, add, entity_property, minimal, prop
from txplatform_tests.samples.nested import purchases

LINES = purchases()["line_items"]
PATH = Path("orders.yaml")


def load(document: Document) -> Contract:
    return read_contract(PATH, document)


def refusal(document: Document) -> ContractError:
    with pytest.raises(ContractError) as caught:
        load(document)
    return caught.value


def nested(**properties: Any) -> ContractError:
    """The refusal of the least contract with this field more."""
    document = minimal()
    add(document, **{"name": "extra", **properties})
    return refusal(document)


def member(**properties: Any) -> dict[str, Any]:
    return {"name": "inner", "description": "I.", "logicalType": "string", **properties}


def test_types_are_read_at_every_depth() -> None:
    assert LINES.element is not None
    found = {field.name: (field.type, field.precision, field.scale) for field in LINES.element.fields}
    assert found["amount"] == (FieldType.DECIMAL, 18, 4)
    assert list(found) == ["sku", "quantity", "amount", "discount", "ships_on", "taxes"]
    assert LINES.element.fields[3].fields[1].required
    fees = purchases()["fees"]
    assert (fees.type, fees.element and (fees.element.type, fees.element.scale)) == (
        FieldType.MAP,
        (FieldType.DECIMAL, 2),
    )
    assert (purchases()["payload"].type, LINES.child) == (FieldType.JSON, "line_items")


def test_how_many_values_there_may_be_is_bounded_also_where_nothing_is_said() -> None:
    assert (LINES.max_items, purchases()["tags"].max_items) == (100, DEFAULT_MAX_ITEMS)


def test_a_field_is_personal_where_anything_within_it_is() -> None:
    notes = purchases()["notes"]
    assert notes.personal
    assert notes.element is not None
    assert [field.personal for field in notes.element.fields] == [False, False, True]
    assert not LINES.personal


def test_all_within_a_personal_field_is_personal() -> None:
    document = minimal()
    inner = member(logicalType="array", items={"logicalType": "string"})
    add(document, name="extra", logicalType="object", classification="personal", properties=[inner])
    [field] = load(document)["extra"].fields

    assert field.element is not None
    assert (field.personal, field.element.personal) == (True, True)


def test_unknown_fields_are_kept_in_a_personal_field_at_the_end() -> None:
    assert purchases().fields[-1].name == REST
    assert (purchases()[REST].type, purchases()[REST].personal) == (FieldType.JSON, True)


@pytest.mark.parametrize(("policy", "names"), [("refuse", False), ("ignore", False), ("keep", True)])
def test_only_what_is_kept_needs_a_field(policy: str, names: bool) -> None:
    document = minimal()
    entity_property(document, "unknownFields", policy)
    contract = load(document)

    assert contract.unknown_fields == policy
    assert (REST in [field.name for field in contract.fields]) is names
    assert registry_document(contract).get("unknown_fields") == (None if policy == "refuse" else policy)


def test_no_field_has_the_name_of_the_one_that_keeps_unknown_ones() -> None:
    document = minimal()
    add(document, name=REST)
    assert load(document)[REST].type is FieldType.STRING
    entity_property(document, "unknownFields", "keep")

    error = refusal(document)

    assert (error.field, "keeps unknown fields" in error.problem) == (REST, True)


@pytest.mark.parametrize(
    ("properties", "field", "problem"),
    [
        ({"logicalType": "object"}, "extra", "without 'properties'"),
        ({"logicalType": "array"}, "extra", "without 'items'"),
        ({"properties": [member()]}, "extra", "'properties' on a string"),
        ({"logicalType": "date", "items": {"logicalType": "string"}}, "extra", "'items' on a date"),
        ({"logicalType": "object", "physicalType": "map(varchar, double)"}, "extra", "values of the type 'double'"),
        ({"logicalType": "object", "physicalType": "map(varchar, decimal(39,2))"}, "extra", "impossible"),
        ({"logicalType": "object", "physicalType": "map(bigint, varchar)"}, "extra", "does not fit"),
        ({"logicalType": "object", "properties": [member(), member()]}, "extra.inner", "defined twice"),
        ({"logicalType": "object", "properties": [member(name="Inner")]}, "Inner", "not a valid field name"),
        ({"logicalType": "object", "properties": [member(primaryKey=True)]}, "extra.inner", "not a key"),
        ({"logicalType": "object", "properties": [member(customProperties=[])]}, "extra.inner", "not a key"),
        ({"logicalType": "array", "items": {"logicalType": "number"}}, "extra[]", "exact physicalType"),
        ({"logicalType": "array", "items": {"logicalType": "string", "required": True}}, "extra[]", "not a key"),
        ({"logicalType": "object", "physicalType": "json", "properties": []}, "extra", "'properties' on a json"),
        ({"logicalType": "object", "physicalType": "json", "examples": ["{}"]}, "extra", "'examples' on a json"),
    ],
)  # fmt: skip
def test_a_defect_names_its_place(properties: dict[str, Any], field: str, problem: str) -> None:
    error = nested(**properties)

    assert error.field == field
    assert problem in error.problem
    assert error.remedy


@pytest.mark.parametrize(
    "edit",
    [
        lambda document: prop(document, "extra").update(partitioned=True),
        lambda document: entity_property(document, "versionField", "extra"),
        lambda document: entity_property(document, "tieBreakers", [{"field": "extra"}]),
        lambda document: entity_property(document, "indexes", [{"field": "extra", "sortedBy": "created_at"}]),
        lambda document: (
            prop(document, "order_id").update(primaryKeyPosition=1),
            prop(document, "extra").update(primaryKey=True, primaryKeyPosition=2, required=True),
        ),
    ],
    ids=["partition", "version", "tie", "index", "key"],
)
def test_what_records_are_found_and_ordered_by_is_a_plain_value(edit: Edit) -> None:
    document = minimal()
    add(document, name="extra", logicalType="object", physicalType="json", required=True)
    edit(document)

    assert refusal(document).remedy


def _deep(depth: int) -> dict[str, Any]:
    return {"logicalType": "array", "items": _deep(depth - 1)} if depth else {"logicalType": "integer"}


def test_four_levels_are_the_most() -> None:
    document = minimal()
    add(document, **{"name": "extra", **_deep(4)})
    load(document)

    assert "lies in 4 objects and arrays" in nested(**_deep(5)).problem


def test_two_hundred_nested_fields_are_the_most() -> None:
    many = [member(name=f"inner_{number}") for number in range(201)]
    document = minimal()
    add(document, name="extra", logicalType="object", properties=many[:200])
    load(document)

    assert "201 fields within others" in nested(logicalType="object", properties=many).problem


@pytest.mark.parametrize(
    ("child", "problem"),
    [
        ("snapshot", "table or view of every entity"),
        ("history", "view of every entity"),
        ("Lines", "'child' is 'Lines'"),
    ],
)
def test_a_child_has_a_name_of_its_own(child: str, problem: str) -> None:
    items = {"logicalType": "object", "properties": [member()]}
    custom = [{"property": "child", "value": child}]

    assert problem in nested(logicalType="array", items=items, customProperties=custom).problem


def test_only_objects_of_an_array_are_a_child_entity() -> None:
    custom = [{"property": "child", "value": "lines"}]

    error = nested(logicalType="array", items={"logicalType": "string"}, customProperties=custom)

    assert "no array of objects" in error.problem


def test_two_children_have_two_names() -> None:
    items = {"logicalType": "object", "properties": [member()]}
    custom = [{"property": "child", "value": "lines"}]
    document = minimal()
    for name in ("extra", "more"):
        add(document, name=name, logicalType="array", items=items, customProperties=custom)

    error = refusal(document)

    assert (error.field, "child entity of 'extra'" in error.problem) == ("more", True)
