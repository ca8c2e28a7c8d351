"""Bounds of dates and timestamps: what was only read as a time is refused, by both engines alike."""

import json
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from lambdas.shared.alignment import align
from lambdas.shared.jsonio import loads
from lambdas.shared.schema import EntitySchema
from lambdas.shared.validation import check_upsert
from txplatform.contracts.compatibility import check_successor
from txplatform.contracts.loader import load_contract, load_contracts
from txplatform.contracts.model import Alignment, Contract, FieldType
from txplatform.contracts.render.openapi_record import record_schema
from txplatform.contracts.render.registry import registry_document
from txplatform.errors import ContractError
from txplatform.ingest.batch import FileRejected
from txplatform.ingest.row_gate import validate_rows
from txplatform_tests.contracts.documents import add, minimal, options, prop, write
from txplatform_tests.ingest.whole import read_file
from txplatform_tests.lake_stand import payment

_PAYMENTS = load_contracts()["payments"]
_BOUNDS = {"earliest": "2000-01-01T00:00:00.000000Z", "latest": "2100-01-01T00:00:00.000000Z"}


def bounded(epoch: Any) -> Contract:
    fields = {
        "updated_at": replace(_PAYMENTS["updated_at"], alignment=Alignment(epoch=epoch), **_BOUNDS),
        "settled_on": replace(_PAYMENTS["settled_on"], earliest="2000-01-01", latest="2099-12-31"),
    }
    return replace(_PAYMENTS, fields=tuple(fields.get(field.name, field) for field in _PAYMENTS.fields))


def by_the_lake(contract: Contract, line: str) -> set[tuple[str, str]]:
    batch = read_file("a.jsonl", line.encode(), contract)
    assert not isinstance(batch, FileRejected)
    refused = validate_rows(contract, batch).refused["reasons"]
    return {(reason["field"], reason["rule"]) for row in refused for reason in row}


def by_the_functions(contract: Contract, line: str) -> set[tuple[str, str]]:
    schema = EntitySchema.parse(json.loads(json.dumps(registry_document(contract))))
    checked = check_upsert(schema, align(schema, loads(line)))
    return {(item.field, item.rule) for item in checked.violations}


@pytest.mark.parametrize(
    ("epoch", "field", "value", "rule"),
    [
        ("seconds", "updated_at", 1767225600, None),
        ("milliseconds", "updated_at", 1767225600000, None),
        ("milliseconds", "updated_at", 1767225600, "minimum"),  # seconds
        ("seconds", "updated_at", 20260131, "minimum"),  # a day in digits
        ("seconds", "updated_at", 46053, "minimum"),  # a day of a spreadsheet
        ("seconds", "updated_at", 1767225600000, "type"),  # milliseconds
        ("seconds", "updated_at", 20260101101500, "type"),  # a time in digits
        ("seconds", "updated_at", "1999-12-31T23:59:59.999999Z", "minimum"),
        ("seconds", "updated_at", "2000-01-01T00:00:00Z", None),
        ("seconds", "updated_at", "2100-01-01T01:00:00+01:00", None),
        ("seconds", "updated_at", "2100-01-01T00:00:00.000001Z", "maximum"),
        ("seconds", "settled_on", "1999-12-31", "minimum"),
        ("seconds", "settled_on", "2000-01-01", None),
        ("seconds", "settled_on", "2100-01-01", "maximum"),
    ],
)
def test_both_engines_refuse_what_is_out_of_bounds(epoch: str, field: str, value: Any, rule: str | None) -> None:
    contract, line = bounded(epoch), json.dumps(payment("p1") | {field: value})
    wanted = {(field, rule)} if rule else set()
    assert by_the_functions(contract, line) == by_the_lake(contract, line) == wanted


def test_bounds_hold_inside_of_objects_too(tmp_path: Any) -> None:
    document = minimal()
    member = {"name": "on", "description": "O.", "logicalType": "date", "logicalTypeOptions": {"minimum": "2000-01-01"}}
    add(document, name="trip", logicalType="object", properties=[member])
    contract = load_contract(write(tmp_path, document))
    moment = "2026-01-01T00:00:00Z"
    for day, wanted in (("1999-12-31", {("trip.on", "minimum")}), (date(2000, 1, 1).isoformat(), set())):
        line = json.dumps({"order_id": "o", "created_at": moment, "updated_at": moment, "trip": {"on": day}})
        assert by_the_functions(contract, line) == by_the_lake(contract, line) == wanted


def test_bounds_are_read_in_canonical_form_and_shown_to_clients(tmp_path: Any) -> None:
    document = minimal()
    options(document, "created_at", minimum="2000-01-01T00:00:00Z", maximum="2100-01-01T00:00:00.5Z")
    contract = load_contract(write(tmp_path, document))
    bounds = (contract["created_at"].earliest, contract["created_at"].latest)
    assert bounds == ("2000-01-01T00:00:00.000000Z", "2100-01-01T00:00:00.500000Z")
    shown = record_schema(contract)["properties"]["created_at"]
    assert (shown["x-minimum"], shown["x-maximum"]) == bounds


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"minimum": "2000-01-01"}, "minimum"),
        ({"minimum": "2000-01-01T00:00:00+01:00"}, "minimum"),
        ({"maximum": "2000-02-30T00:00:00Z"}, "maximum"),
        ({"maximum": 2000}, "maximum"),
        ({"minimum": "2001-01-01T00:00:00Z", "maximum": "2000-01-01T00:00:00Z"}, "no value"),
        ({"exclusiveMinimum": "2000-01-01T00:00:00Z"}, "exclusiveMinimum"),
    ],
)
def test_a_bound_that_is_no_time_of_the_field_is_refused(tmp_path: Any, given: dict[str, Any], named: str) -> None:
    document = minimal()
    options(document, "created_at", **given)
    with pytest.raises(ContractError) as caught:
        load_contract(write(tmp_path, document))
    assert named in str(caught.value)


@pytest.mark.parametrize(
    ("given", "named"), [({"minimum": "2010-01-01"}, "earlier"), ({"maximum": "2090-01-01"}, "later")]
)
def test_a_narrower_bound_is_no_successor(tmp_path: Any, given: dict[str, str], named: str) -> None:
    document = minimal()
    add(document, name="day", logicalType="date", logicalTypeOptions={"minimum": "2000-01-01", "maximum": "2100-01-01"})
    published = json.loads(json.dumps(registry_document(load_contract(write(tmp_path, document)))))
    prop(document, "day")["logicalTypeOptions"].update(given)
    with pytest.raises(ContractError, match=named):
        check_successor(published, load_contract(write(tmp_path, document)))
    prop(document, "day").pop("logicalTypeOptions")
    check_successor(published, load_contract(write(tmp_path, document)))


@pytest.mark.parametrize(
    ("kind", "first", "named"),
    [
        ("date", {"minimum": "1980-01-01", "maximum": "2099-12-31"}, None),
        ("date", {"minimum": "1880-01-01"}, None),
        ("date", {"minimum": "1980-01-02"}, "earlier"),
        ("date", {"maximum": "2099-12-30"}, "later"),
        ("timestamp", {"minimum": "1980-01-01T00:00:00Z", "maximum": "2099-12-31T23:59:59.999999Z"}, None),
        ("timestamp", {"minimum": "1980-01-01T00:00:00.000001Z"}, "earlier"),
        ("timestamp", {"maximum": "2099-12-30T23:59:59Z"}, "later"),
    ],
)
def test_a_first_bound_may_refuse_what_no_real_record_has(
    tmp_path: Any, kind: str, first: dict[str, str], named: str | None
) -> None:
    document = minimal()
    add(document, name="on", logicalType=kind)
    published = json.loads(json.dumps(registry_document(load_contract(write(tmp_path, document)))))
    options(document, "on", **first)
    successor = load_contract(write(tmp_path, document))
    with pytest.raises(ContractError, match=named) if named else nullcontext():
        check_successor(published, successor)


_MISREAD = {
    "seconds": [20260131, 46053],  # a day in digits, a day of a spreadsheet
    "milliseconds": [1767225600, 20260131, 20260101101500, 46053],  # seconds, days, a time in digits
}


@pytest.mark.parametrize("name", load_contracts())
def test_shipped_contracts_bound_every_time_of_theirs(name: str) -> None:
    contract = load_contracts()[name]
    schema = EntitySchema.parse(json.loads(json.dumps(registry_document(contract))))
    for field in contract.fields:
        if field.type in (FieldType.DATE, FieldType.TIMESTAMP):
            assert field.earliest is not None, field.name
            assert field.latest is not None, field.name
        for value in _MISREAD.get(field.alignment.epoch or "", ()):
            found = check_upsert(schema, align(schema, {field.name: value})).violations
            assert {item.rule for item in found if item.field == field.name} <= {"minimum", "maximum"}, value
            assert any(item.field == field.name for item in found), value


def test_a_default_is_within_the_bounds(tmp_path: Any) -> None:
    document = minimal()
    options_of_day = {"minimum": "2000-01-01"}
    default = [{"property": "default", "value": "1999-01-01"}]
    add(document, name="day", logicalType="date", logicalTypeOptions=options_of_day, customProperties=default)
    with pytest.raises(ContractError, match="default"):
        load_contract(write(tmp_path, document))
