"""Objects and lists of a payload become nested fields, with transforms of each member and the place of each reason."""

from typing import Any

import pytest

from lambdas.shared.jsonio import dumps, loads
from lambdas.shared.mapping.document import SystemMapping
from lambdas.shared.mapping.engine import map_payload
from lambdas.shared.mapping.limits import MAX_VISITS
from lambdas.shared.mapping.members import steps_within
from lambdas.shared.mapping.messages import ReadMessage, read_message, schemas_of
from txplatform.contracts.render.mapping import mapping_document
from txplatform.contracts.render.registry import registry_document
from txplatform_tests.contracts.mapping.invoices import invoice, invoices
from txplatform_tests.lambdas.nested import exact
from txplatform_tests.samples.nested import purchases

MAPPING = SystemMapping.parse(loads(dumps(mapping_document(invoices()))))
SCHEMAS = schemas_of({"purchases": loads(dumps(registry_document(purchases())))})


def read(**changes: Any) -> ReadMessage:
    return read_message(MAPPING, SCHEMAS, dumps(invoice(**changes)))


def refusals(**changes: Any) -> set[tuple[str, str, str]]:
    """Field, rule and pointer of every reason."""
    return {(item.field, item.rule, item.pointer) for item in read(**changes).refusals}


def test_each_object_of_a_list_is_mapped_with_its_own_currency() -> None:
    [record] = read(raw={"a": 1}).records
    assert exact(record.record["line_items"]) == exact(
        [
            {"sku": "A-1", "quantity": 2, "amount": "10.9900"},
            {
                "sku": "B-2",
                "amount": "1099.0000",
                "discount": {"code": "il_2", "amount": "0.50"},
                "ships_on": "2026-11-02",
            },
        ]
    )
    assert record.record["shipping"] == {"carrier": "post", "address": {"country": "CZ"}}
    assert exact(record.record["attributes"]) == exact({"a": "2", "b": "1"})
    assert str(record.record["payload"]) == '{"a":1}'


def test_an_object_without_any_value_is_absent_and_an_empty_list_is_empty() -> None:
    [record] = read(carrier=None, ship_country=None, lines={"data": []}).records
    assert "shipping" not in record.record
    assert record.record["line_items"] == []
    assert "line_items" not in read(lines=None).records[0].record


LINE = {"id": "il", "price": {"id": "a"}, "amount": 1, "currency": "eur"}


@pytest.mark.parametrize(
    ("lines", "reasons"),
    [
        ([LINE, {**LINE, "currency": "xxx"}], {("line_items[1].amount", "currency", "/lines/data/1/amount")}),
        ([LINE, {**LINE, "price": None}], {("line_items[1].sku", "required", "/lines/data/1/price/id")}),
        ([{**LINE, "price": {"id": "a b"}}], {("line_items[0].sku", "pattern", "/lines/data/0/price/id")}),
        ([{**LINE, "discounts": [{"amount": "x"}]}],
         {("line_items[0].discount.amount", "type", "/lines/data/0/discounts/0/amount")}),
        ([LINE, None], {("line_items[1]", "required", "/lines/data/1")}),
        ([LINE, "x"], {("line_items[1]", "type", "/lines/data/1")}),
        ("x", {("line_items", "type", "/lines/data")}),
        ([{**LINE, "amount": -1}], {("line_items[0].amount", "minimum", "/lines/data/0/amount")}),
        ([{**LINE, "quantity": "x", "price": {"id": ""}}],
         {("line_items[0].quantity", "type", "/lines/data/0/quantity"),
          ("line_items[0].sku", "min_length", "/lines/data/0/price/id"),
          ("line_items[0].sku", "pattern", "/lines/data/0/price/id")}),
    ],
)  # fmt: skip
def test_a_reason_names_the_member_and_where_it_came_from(lines: Any, reasons: set[tuple[str, str, str]]) -> None:
    assert refusals(lines={"data": lines}) >= reasons
    assert {field for field, _, _ in refusals(lines={"data": lines})} == {field for field, _, _ in reasons}


def test_what_is_taken_as_it_is_has_its_place_too() -> None:
    assert refusals(metadata={"a": 1}) == {('attributes["a"]', "type", "/metadata/a")}


def test_a_payload_of_many_objects_is_refused_and_not_slow() -> None:
    mapped = map_payload(MAPPING, invoice(lines={"data": [LINE] * (MAX_VISITS // 3)}))
    assert [refusal.rule for refusal in mapped.refusals] == ["too_costly"]


@pytest.mark.parametrize(
    ("place", "steps"), [("a", []), ("a.b[2].c", ["b", 2, "c"]), ('a["x.y"]', ["x.y"]), ("a[*]", [])]
)
def test_the_steps_of_a_place(place: str, steps: list[Any]) -> None:
    assert list(steps_within(place)) == steps
