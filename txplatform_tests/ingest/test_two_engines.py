"""The differences between the two engines that docs/concepts/two-engines.md lists, and no others among these cases."""

import json
from dataclasses import replace
from typing import Any

import pytest

from lambdas.shared.alignment import align
from lambdas.shared.jsonio import loads
from lambdas.shared.schema import EntitySchema
from lambdas.shared.validation import check_upsert
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Alignment, Field, FieldType
from txplatform.contracts.render.registry import registry_document
from txplatform.ingest.batch import FileRejected
from txplatform.ingest.row_gate import validate_rows
from txplatform_tests.ingest.whole import read_file
from txplatform_tests.lake_stand import payment

Rules = set[tuple[str, str]]
_PAYMENTS = load_contracts()["payments"]
CONTRACT = replace(
    _PAYMENTS,
    version_field="revision",
    fields=(
        *(replace(item, min_length=None, max_length=None) for item in _PAYMENTS.fields),
        Field("revision", FieldType.INTEGER, "Version", required=True),
        Field("recurring", FieldType.BOOLEAN, "Recurring"),
        Field("grade", FieldType.STRING, "Grade", alignment=Alignment(values={"1.5": "high", "2": "low"})),
        Field(
            "seen_at",
            FieldType.TIMESTAMP,
            "Seen",
            alignment=Alignment(epoch="seconds", values={"1970-01-01T00:00:00.000000Z": "2026-01-01T00:00:00Z"}),
        ),
    ),
)
SCHEMA = EntitySchema.parse(json.loads(json.dumps(registry_document(CONTRACT))))
RECORD = payment("p1", revision=1)


def by_the_functions(line: str) -> tuple[Rules, dict[str, Any]]:
    checked = check_upsert(SCHEMA, align(SCHEMA, loads(line)))
    return {(item.field, item.rule) for item in checked.violations}, dict(checked.record)


def by_the_lake(line: str) -> tuple[Rules, dict[str, Any]]:
    batch = read_file("a.jsonl", line.encode(), CONTRACT)
    assert not isinstance(batch, FileRejected)
    gated = validate_rows(CONTRACT, batch)
    reasons = [reason for refused in gated.refused["reasons"] for reason in refused]
    return {(reason["field"], reason["rule"]) for reason in reasons}, next(iter(gated.good.to_dicts()), {})


def line_with(field: str, value: str) -> str:
    """A JSON line with a field of the given JSON text."""
    others = {name: content for name, content in RECORD.items() if name != field}
    return f'{json.dumps(others)[:-1]}, "{field}": {value}}}'


@pytest.mark.parametrize(
    ("field", "value", "functions", "lake"),
    [
        ("customer_id", "7", {("customer_id", "type")}, set()),
        ("items_count", '"7"', {("items_count", "type")}, set()),
        ("recurring", '"TRUE"', {("recurring", "type")}, set()),
        ("amount", '" 1.00 "', {("amount", "type")}, set()),
        ("amount", '"1e0"', {("amount", "type")}, set()),
        ("amount", "1e-100", {("amount", "scale")}, {("amount", "type")}),
        ("amount", f"0.{'0' * 46}1e47", set(), {("amount", "type")}),
        ("items_count", "7e0", set(), {("items_count", "type")}),
        ("updated_at", '"2026-01-01T00:00:00+00:60"', set(), {("updated_at", "type")}),
        ("merchant_id", '"\\ud800"', {("merchant_id", "type")}, {("", "row.json")}),
        ("payment_id", '""', {("payment_id", "min_length")}, set()),
        ("revision", "-1", {("revision", "minimum")}, set()),
        ("payment_id", f'"{"я" * 1025}"', {("", "key_too_long")}, set()),
        ("description", f'"{"x" * 350_001}"', {("", "record_too_large")}, set()),
        ("id", '"p1"', {("id", "unknown_field")}, set()),
        ("id", '"p2"', {("id", "unknown_field")}, {("payment_id", "ambiguous")}),
        ("created_at", "1767225600000000", {("created_at", "type")}, {("created_at", "type")}),
        ("created_at", '"1767225600"', {("created_at", "type")}, set()),
    ],
)
def test_a_listed_difference_is_there(field: str, value: str, functions: Rules, lake: Rules) -> None:
    line = line_with(field, value)
    assert (by_the_functions(line)[0], by_the_lake(line)[0]) == (functions, lake)


def test_values_are_replaced_after_epoch_and_with_a_point_by_the_lake_alone() -> None:
    assert by_the_functions(line_with("grade", "1.5"))[0] == {("grade", "type")}
    assert by_the_lake(line_with("grade", "1.5"))[1]["grade"] == "high"
    assert by_the_functions(line_with("seen_at", "0"))[1]["seen_at"] == "1970-01-01T00:00:00.000000Z"
    assert by_the_lake(line_with("seen_at", "0"))[1]["seen_at"].isoformat() == "2026-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("field", "value", "rules"),
    [
        ("unknown", "1", {("unknown", "unknown_field")}),
        ("unknown", "null", {("unknown", "unknown_field")}),
        ("card", '{"last4": "4242", "brand": "visa"}', {("card", "unknown_field")}),
        ("status", '"captured"', set()),
        ("status", '"odd"', {("status", "enum")}),
        ("amount", "null", {("amount", "required")}),
        ("amount", '"-0.00"', set()),
        ("amount", '"+1.00"', {("amount", "type")}),
        ("amount", '"1.001"', {("amount", "scale")}),
        ("amount", '"1.100"', set()),
        ("amount", "1.5", set()),
        ("items_count", "7.0", set()),
        ("grade", "2", set()),
        ("created_at", "1767225600", set()),
        ("created_at", '"10000-01-01T00:00:00Z"', {("created_at", "type")}),
        ("updated_at", '"2026-01-01T24:00:00Z"', {("updated_at", "type")}),
        ("updated_at", '"2026-01-01T00:00:00.0000001Z"', {("updated_at", "precision")}),
        ("settled_on", '"2026-02-30"', {("settled_on", "type")}),
        ("customer_id", '{"a": 1}', {("customer_id", "type")}),
    ],
)
def test_both_engines_say_the_same_of_everything_else(field: str, value: str, rules: Rules) -> None:
    line = line_with(field, value)
    assert by_the_functions(line)[0] == by_the_lake(line)[0] == rules
