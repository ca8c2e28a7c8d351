"""What is wrong inside of a nested value is named with its place, and harms no row beside it."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.shared.validation import check_upsert
from txplatform_tests.contracts.strategies import records
from txplatform_tests.ingest.nested_files import as_csv, as_lines, gated, lake_values, reasons
from txplatform_tests.lambdas.nested import SCHEMA, purchase
from txplatform_tests.samples.nested import purchases

LINE = {"sku": "A-1", "amount": "1.0000"}
CASES: list[tuple[str, Any, set[tuple[str, str]]]] = [
    ("line_items", {}, {("line_items", "type")}),
    ("line_items", [None], {("line_items[0]", "required")}),
    ("line_items", [LINE, "x"], {("line_items[1]", "type")}),
    ("line_items", [LINE] * 101, {("line_items", "max_items")}),
    ("line_items", [LINE | {"zz": 1}], {("line_items[0].zz", "unknown_field")}),
    ("line_items", [LINE, {"quantity": 0}], {("line_items[1].sku", "required"), ("line_items[1].amount", "required"), ("line_items[1].quantity", "minimum")}),
    ("line_items", [LINE | {"sku": "a", "amount": "1.23456"}], {("line_items[0].sku", "pattern"), ("line_items[0].amount", "scale")}),
    ("line_items", [LINE | {"sku": ["A"]}], {("line_items[0].sku", "type")}),
    ("line_items", [LINE | {"amount": "123456789012345.0"}], {("line_items[0].amount", "precision")}),
    ("line_items", [LINE | {"amount": -1}], {("line_items[0].amount", "minimum")}),
    ("line_items", [LINE | {"ships_on": "2026-02-30"}], {("line_items[0].ships_on", "type")}),
    ("line_items", [LINE | {"discount": {"code": "x"}}], {("line_items[0].discount.amount", "required")}),
    ("line_items", [LINE | {"taxes": ["0.1", None, "x"]}], {("line_items[0].taxes[1]", "required"), ("line_items[0].taxes[2]", "type")}),
    ("shipping", [], {("shipping", "type")}),
    ("shipping", {"carrier": "post", "address": {"country": "cz", "city": ""}}, {("shipping.address.country", "pattern"), ("shipping.address.city", "min_length")}),
    ("shipping", {"carrier": "post", "handed_over_at": "2026-01-01T00:00:00.0000001Z"}, {("shipping.handed_over_at", "precision")}),
    ("attributes", ["a"], {("attributes", "type")}),
    ("attributes", {"a": None}, {('attributes["a"]', "required")}),
    ("attributes", {str(number): "x" for number in range(21)}, {("attributes", "max_items")}),
    ("fees", {'a"b': "1.001"}, {('fees["a\\"b"]', "scale")}),
    ("tags", ["x" * 41], {("tags[0]", "max_length")}),
    ("tags", "x", {("tags", "type")}),
]  # fmt: skip


def by_the_functions(record: dict[str, Any]) -> set[tuple[str, str]]:
    return {(item.field, item.rule) for item in check_upsert(SCHEMA, record).violations}


@pytest.mark.parametrize(("field", "value", "expected"), CASES)
def test_every_reason_is_named_with_its_place(
    field: str, value: Any, expected: set[tuple[str, str]]
) -> None:
    bad = [purchase(purchase_id="bad") | {field: value}]
    good = [purchase(purchase_id=f"good{number}") for number in range(2)]
    for name, content in (
        ("x.jsonl", as_lines(purchases(), [good[0], *bad, good[1]])),
        ("x.csv", as_csv(purchases(), [good[0], *bad, good[1]])),
    ):
        found = gated(purchases(), name, content)
        assert [set(row) for row in reasons(found)] == [expected], name
        assert found.good["purchase_id"].to_list() == ["good0", "good1"], name


@pytest.mark.parametrize(("field", "value", "expected"), CASES)
def test_the_functions_name_the_same(field: str, value: Any, expected: set[tuple[str, str]]) -> None:
    assert by_the_functions(purchase() | {field: value}) == expected


def test_names_of_a_personal_map_are_in_no_reason() -> None:
    fields = [replace(f, personal=True) if f.name == "attributes" else f for f in purchases().fields]
    contract = replace(purchases(), fields=tuple(fields))
    found = gated(contract, "x.jsonl", as_lines(contract, [purchase(attributes={"Ada Lovelace": None})]))
    assert reasons(found) == [[("attributes[*]", "required")]]


@pytest.mark.parametrize(
    "cell",
    [
        "",
        " ",
        "null",
        "{",
        "]",
        '"x"',
        "[]]",
        "[] []",
        "[],[]",
        '[{"sku":"A-1","amount":"1.0000"}',
        ',{"sku":"A-1","amount":"1.0000"}]',
        '[{"sku":"A-1","sku":"B-1","amount":"1.0000"}]',
        '[{"sku":"A-1","amount":NaN}]',
        '[{"sku":"A-1","amount":1.}]',
        '[{"sku":"A-1","amount":01}]',
        '[{"sku":"\\ud800","amount":"1.0000"}]',
        '[{"sku":"A-1\u0001","amount":"1.0000"}]',
        "[" * 5_000,
        '[{"sku":' + "[" * 3_000,
    ],
)
def test_a_cell_that_is_no_list_harms_no_row_beside_it(cell: str) -> None:
    """Two such cells, too, are not read as one value that spans the rows."""
    rows = [purchase(purchase_id=f"p{number}") for number in range(4)]
    table = as_csv(purchases(), rows).decode().splitlines()
    whole = '"' + json.dumps(rows[0]["line_items"], separators=(",", ":")).replace('"', '""') + '"'
    broken = '"' + cell.replace('"', '""') + '"'
    for place in (2, 3):
        assert whole in table[place]
        table[place] = table[place].replace(whole, broken)
    found = gated(purchases(), "x.csv", "\n".join(table))
    if cell:
        assert {field for row in reasons(found) for field, _ in row} <= {"line_items", "line_items[0].sku", "line_items[0].amount", ""}  # fmt: skip
        assert found.refused["row"].to_list() == [3, 4]
    kept = [row for row in lake_values(found) if row["line_items"]]
    assert [row["purchase_id"] for row in kept] == ["p0", "p3"]
    assert all(len(row["line_items"]) == 2 for row in kept)


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_any_text_in_a_nested_cell_is_a_value_or_a_reason(data: st.DataObject) -> None:
    alphabet = st.sampled_from(list('[]{}",:\\ 019.eE-+tfn') + ["null", "true", '"sku"', '"amount"', "\u0001", "\ud7ff"])
    cells = data.draw(st.lists(st.lists(alphabet, min_size=1, max_size=12).map("".join), min_size=1, max_size=5))
    first, *_ = data.draw(st.lists(records(purchases()), min_size=1, max_size=1))
    good = first | {"purchase_id": "good", "tags": ["a"]}
    rows = [good, *(purchase(purchase_id=f"p{number}") for number in range(len(cells)))]
    frame = {"x": cells}
    lines = [json.dumps(row | {"line_items": frame["x"][at - 1]} if at else row, default=str) for at, row in enumerate(rows)]
    found = gated(purchases(), "x.jsonl", "\n".join(lines))
    assert found.good.height + found.refused.height == len(rows)
    assert "good" in found.good["purchase_id"].to_list()
