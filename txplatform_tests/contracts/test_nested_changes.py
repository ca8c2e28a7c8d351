"""What a successor of a contract with nested fields may change, and what it is refused for, with its place."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from txplatform.contracts.api_changes import breaking_changes
from txplatform.contracts.compatibility import check_successor
from txplatform.contracts.document import read_document
from txplatform.contracts.loader import read_contract
from txplatform.contracts.model import Contract
from txplatform.contracts.render.openapi import openapi_document
from txplatform.contracts.render.registry import registry_document
from txplatform.errors import ContractError
from txplatform_tests.contracts.documents import entity_property, prop
from txplatform_tests.samples.nested import PURCHASES, purchases

Edit = Callable[[Any], object]
DOCUMENT = read_document(PURCHASES)
NEW = {"name": "colour", "description": "C.", "logicalType": "string"}


def edited(edit: Edit) -> Contract:
    document = deepcopy(DOCUMENT)
    edit(document)
    return replace(read_contract(Path("purchases.yaml"), document), version="2.0.0")


def members(document: Any, *names: str) -> list[Any]:
    """The members of the field, or of what it holds, and so on."""
    found = prop(document, names[0])
    for name in names[1:]:
        found = next(item for item in (found.get("items") or found)["properties"] if item["name"] == name)
    return (found.get("items") or found)["properties"]


def breaks(successor: Contract) -> list[str]:
    """What breaks a client of the API, by the documents of both."""
    former, present = (openapi_document({"purchases": item}, "/") for item in (purchases(), successor))
    return breaking_changes(former, present)


@pytest.mark.parametrize(
    "edit",
    [
        lambda document: members(document, "line_items").append(NEW),
        lambda document: members(document, "line_items", "discount").append(NEW),
        lambda document: members(document, "shipping").append({**NEW, "logicalType": "object", "properties": [NEW]}),
        lambda document: members(document, "line_items")[0].update(required=False),
        lambda document: prop(document, "tags").update(logicalTypeOptions={"maxItems": 2000}),
    ],
)  # fmt: skip
def test_what_reads_all_that_is_stored_may_follow(edit: Edit) -> None:
    check_successor(registry_document(purchases()), edited(edit))


@pytest.mark.parametrize("path", [("line_items",), ("line_items", "discount"), ("shipping", "address")])
def test_a_new_member_breaks_no_client(path: tuple[str, ...]) -> None:
    assert breaks(edited(lambda document: members(document, *path).append(NEW))) == []


def test_a_removed_member_breaks_clients() -> None:
    [change] = {item.rsplit(" properties ", 1)[1] for item in breaks(edited(lambda d: members(d, "shipping").pop(1)))}
    assert change == "cost was removed"


@pytest.mark.parametrize(("policy", "kept"), [("ignore", False), ("keep", True), ("refuse", False)])
def test_to_refuse_what_was_taken_breaks_clients(policy: str, kept: bool) -> None:
    ignoring = edited(lambda document: entity_property(document, "unknownFields", "ignore"))
    successor = edited(lambda document: entity_property(document, "unknownFields", policy))
    former, present = (openapi_document({"purchases": item}, "/") for item in (ignoring, successor))
    assert bool(breaking_changes(former, present)) is (policy == "refuse")
    assert ("rest" in [field.name for field in successor.fields]) is kept


@pytest.mark.parametrize(
    ("edit", "field", "problem"),
    [
        (lambda document: members(document, "line_items").pop(1), "line_items[].quantity", "is published"),
        (lambda document: members(document, "line_items").insert(0, NEW), "line_items[]", "order sku, quantity"),
        (lambda document: members(document, "line_items").reverse(), "line_items[]", "order sku, quantity"),
        (lambda document: members(document, "shipping", "address").append({**NEW, "required": True}),
         "shipping.address.colour", "new and required"),
        (lambda document: members(document, "shipping", "address")[0].update(required=True),
         "shipping.address.city", "was optional"),
        (lambda document: members(document, "line_items", "discount")[1].update(physicalType="decimal(17,2)"),
         "line_items[].discount.amount", "precision 18"),
        (lambda document: members(document, "line_items")[5]["items"].update(physicalType="decimal(9,5)"),
         "line_items[].taxes[]", "scale 6"),
        (lambda document: members(document, "line_items")[5].update(logicalTypeOptions={"maxItems": 4}),
         "line_items[].taxes", "allowed 5 values"),
        (lambda document: prop(document, "fees").update(physicalType="map(varchar, bigint)"),
         "fees[]", "was of type decimal"),
        (lambda document: prop(document, "attributes").update(physicalType="json", logicalTypeOptions={}),
         "attributes", "was of type map"),
        (lambda document: prop(document, "tags")["items"].update(logicalTypeOptions={"maxLength": 39}),
         "tags[]", "longer texts"),
        (lambda document: entity_property(document, "unknownFields", "refuse"), "rest", "is published"),
    ],
)  # fmt: skip
def test_what_could_not_read_all_that_is_stored_is_refused(edit: Edit, field: str, problem: str) -> None:
    with pytest.raises(ContractError) as caught:
        check_successor(registry_document(purchases()), edited(edit))

    assert caught.value.field == field
    assert problem in caught.value.problem
    assert caught.value.remedy
