"""What is wrong inside of a nested value is named with its place, and harms no row beside it."""

import json
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from lambdas.shared.jsonio import dumps
from lambdas.shared.validation import check_upsert
from txplatform_tests.ingest.nested_files import as_array, as_csv, as_lines, gated, reasons
from txplatform_tests.ingest.packed import avro, text, workbook
from txplatform_tests.lambdas.nested import PLACED, SCHEMA, purchase
from txplatform_tests.samples.nested import purchases

LINE, FIRST = {"sku": "A-1", "amount": "1.0000"}, "line_items[0]"
TOO_FINE = "2026-01-01T00:00:00.0000001Z"
CASES: list[tuple[str, Any, list[str]]] = [
    ("line_items", {}, ["line_items: type"]),
    ("line_items", [None], ["line_items[0]: required"]),
    ("line_items", [LINE, "x"], ["line_items[1]: type"]),
    ("line_items", [LINE] * 101, ["line_items: max_items"]),
    ("line_items", [LINE | {"zz": 1}], ["line_items[0].zz: unknown_field"]),
    ("line_items", [LINE | {"quantity": 0}], [f"{FIRST}.quantity: minimum"]),
    ("line_items", [LINE, {}], ["line_items[1].amount: required", "line_items[1].sku: required"]),
    ("line_items", [LINE | {"sku": "a", "amount": "1.23456"}], [f"{FIRST}.amount: scale", f"{FIRST}.sku: pattern"]),
    ("line_items", [LINE | {"sku": ["A"]}], [f"{FIRST}.sku: type"]),
    ("line_items", [LINE | {"amount": "123456789012345.0"}], [f"{FIRST}.amount: precision"]),
    ("line_items", [LINE | {"amount": -1}], [f"{FIRST}.amount: minimum"]),
    ("line_items", [LINE | {"ships_on": "2026-02-30"}], [f"{FIRST}.ships_on: type"]),
    ("line_items", [LINE | {"discount": {"code": "x"}}], [f"{FIRST}.discount.amount: required"]),
    ("line_items", [LINE | {"taxes": ["0.1", None, "x"]}], [f"{FIRST}.taxes[1]: required", f"{FIRST}.taxes[2]: type"]),
    ("shipping", [], ["shipping: type"]),
    ("shipping", {"carrier": "x", "address": {"country": "cz"}}, ["shipping.address.country: pattern"]),
    ("shipping", {"carrier": "x", "address": {"city": ""}}, ["shipping.address.city: min_length"]),
    ("shipping", {"carrier": "x", "handed_over_at": TOO_FINE}, ["shipping.handed_over_at: precision"]),
    ("attributes", ["a"], ["attributes: type"]),
    ("attributes", {"a": None}, ['attributes["a"]: required']),
    ("attributes", {str(number): "x" for number in range(21)}, ["attributes: max_items"]),
    ("fees", {'a"b': "1.001"}, ['fees["a\\"b"]: scale']),
    ("tags", ["x" * 41], ["tags[0]: max_length"]),
    ("tags", "x", ["tags: type"]),
]


@pytest.mark.parametrize(("field", "value", "expected"), CASES)
def test_every_reason_is_named_with_its_place(field: str, value: Any, expected: list[str]) -> None:
    bad = [purchase(purchase_id="bad") | {field: value}]
    good = [purchase(purchase_id=f"good{number}") for number in range(2)]
    for name, content in (
        ("x.jsonl", as_lines(purchases(), [good[0], *bad, good[1]])),
        ("x.csv", as_csv(purchases(), [good[0], *bad, good[1]])),
    ):
        found = gated(purchases(), name, content)
        assert [sorted(f"{place}: {rule}" for place, rule in row) for row in reasons(found)] == [expected], name
        assert found.good["purchase_id"].to_list() == ["good0", "good1"], name


@pytest.mark.parametrize(("field", "value", "expected"), CASES)
def test_the_functions_name_the_same(field: str, value: Any, expected: list[str]) -> None:
    violations = check_upsert(SCHEMA, purchase() | {field: value}).violations
    assert sorted(f"{item.field}: {item.rule}" for item in violations) == expected


def test_unknown_names_in_a_personal_field_are_in_no_reason_of_either() -> None:
    record = purchase(notes=[{"written_at": PLACED, "Ada Lovelace": 1}])
    expected = [("notes[0].*", "unknown_field")]
    assert [(item.field, item.rule) for item in check_upsert(SCHEMA, record).violations] == expected
    assert reasons(gated(purchases(), "x.jsonl", as_lines(purchases(), [record]))) == [expected]


def test_names_of_a_personal_map_are_in_no_reason() -> None:
    fields = [replace(f, personal=True) if f.name == "attributes" else f for f in purchases().fields]
    contract = replace(purchases(), fields=tuple(fields))
    found = gated(contract, "x.jsonl", as_lines(contract, [purchase(attributes={"Ada Lovelace": None})]))
    assert reasons(found) == [[("attributes[*]", "required")]]


@pytest.mark.parametrize(
    ("field", "value", "functions"),
    [
        ("line_items", [LINE | {"zz": None}], f"{FIRST}.zz: unknown_field"),
    ],
)
def test_what_the_functions_alone_refuse(field: str, value: Any, functions: str) -> None:
    record = purchase() | {field: value}
    assert [f"{item.field}: {item.rule}" for item in check_upsert(SCHEMA, record).violations] == [functions]
    assert reasons(gated(purchases(), "x.jsonl", as_lines(purchases(), [record]))) == []


def test_json_beyond_the_limits_is_refused_by_both() -> None:
    record = purchase(payload={"n": int("9" * 401)})
    assert [item.rule for item in check_upsert(SCHEMA, record).violations] == ["precision"]
    assert reasons(gated(purchases(), "x.jsonl", as_lines(purchases(), [record]))) == [[("payload", "precision")]]


def test_the_rest_of_each_form_is_kept() -> None:
    record = purchase() | {"zz": {"b": 1, "a": [1.50]}, "none": None}
    lines = gated(purchases(), "x.jsonl", json.dumps(record, default=str))
    assert lines.good["rest"].to_list() == ['{"zz":{"a":[1.5],"b":1}}']
    flat = 'purchase_id,total,placed_at,updated_at,zz,yy\np1,1.00,{0},{0},a"b,\np2,1.00,{0},{0},,\n'
    found = gated(purchases(), "x.csv", flat.format("2026-01-01T00:00:00Z"))
    assert found.good["rest"].to_list() == ['{"zz":"a\\"b"}', None]


def as_workbook(_: Any, records: list[dict[str, Any]]) -> bytes:
    return workbook([*map(text, records[0])], *([*map(text, record.values())] for record in records))


def as_avro(_: Any, records: list[dict[str, Any]]) -> bytes:
    return avro(dict.fromkeys(records[0], "string"), records)


def as_delimited(_: Any, records: list[dict[str, Any]]) -> bytes:
    return pl.DataFrame(records).write_csv().encode()


@pytest.mark.parametrize("written", [as_lines, as_array, as_delimited, as_workbook, as_avro])
def test_the_rest_loses_no_character_that_readers_mark_with(written: Any) -> None:
    texts = ["\ufdd0", "\ufdd1a", "a\ufdd0b", '"\ufdd1', ',"\ufdd0']
    flat = {name: value for name, value in purchase().items() if isinstance(value, str)}
    records = [flat | {"zz": found, "purchase_id": f"p{place}"} for place, found in enumerate(texts)]
    found = gated(replace(purchases(), unknown_fields="keep"), "x", written(purchases(), records))
    assert [json.loads(rest)["zz"] for rest in found.good["rest"]] == texts


@pytest.mark.parametrize("given", [{"colour": "blue"}, {"colour": "red"}, ["blue"], "blue"])
def test_a_rest_that_contradicts_what_is_beside_it_is_refused_by_both(given: Any) -> None:
    record = purchase(rest=given, colour="red")
    assert len(check_upsert(SCHEMA, record).violations) == 1
    assert reasons(gated(purchases(), "x.jsonl", as_lines(purchases(), [record]))) == [[("rest", "type")]]
    flat = "purchase_id,total,placed_at,updated_at,colour,rest\np1,1.00,{0},{0},red,{1}\n"
    cell = json.dumps(given).replace('"', '""')
    assert reasons(gated(purchases(), "x.csv", flat.format(PLACED, f'"{cell}"'))) == [[("rest", "type")]]


@pytest.mark.parametrize("given", [None, {"size": 1}])
def test_a_rest_and_what_is_beside_it_are_kept_by_both(given: Any) -> None:
    record = purchase() | {"rest": given, "colour": "red"}
    kept = (given or {}) | {"colour": "red"}
    checked = check_upsert(SCHEMA, record)
    assert (checked.violations, json.loads(checked.record["rest"].text)) == ((), kept)
    found = gated(purchases(), "x.jsonl", dumps(record))
    assert list(map(json.loads, found.good["rest"])) == [kept]


def test_bare_numbers_in_lists_are_no_texts_and_texts_stay_as_they_are() -> None:
    for tags, expected in (
        ('["[1.50, 2]", "{", "-1", "true"]', []),
        ("[12345678901234567890.10, true]", [[("tags[0]", "type"), ("tags[1]", "type")]]),
    ):
        line = json.dumps(purchase(payload=None, tags=None))[:-1] + f', "tags": {tags}}}'
        found = gated(purchases(), "x.jsonl", line)
        assert reasons(found) == expected
        assert found.good["tags"].to_list() == ([] if expected else [json.loads(tags)])
