"""What the engines say alike of whole lines and whole records, and the differences that docs/concepts lists."""

import json
from dataclasses import replace
from typing import Any

import pytest

from lambdas.shared import record_key, validation
from lambdas.shared.alignment import align
from lambdas.shared.errors import InvalidJsonError
from lambdas.shared.jsonio import dumps, loads
from lambdas.shared.schema import EntitySchema
from lambdas.shared.validation import check_upsert
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Alignment, Field, FieldType
from txplatform.contracts.render.registry import registry_document
from txplatform.ingest import limits, record_size
from txplatform.ingest.batch import FileRejected
from txplatform.ingest.row_gate import validate_rows
from txplatform_tests.ingest.two_engines import engines
from txplatform_tests.ingest.whole import read_file
from txplatform_tests.lake_stand import payment
from txplatform_tests.lambdas.nested import purchase, schema_of
from txplatform_tests.samples.nested import purchases

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


@pytest.mark.parametrize("many", [1, 10, 11, 40])
def test_a_word_that_is_not_allowed_is_answered_with_those_that_are(many: int) -> None:
    words = tuple(f"word_{number}" for number in range(many))
    fields = [replace(item, enum=words) if item.name == "status" else item for item in _PAYMENTS.fields]
    contract = replace(_PAYMENTS, fields=tuple(fields))
    [found] = check_upsert(schema_of(contract), payment("p1", status="nope")).violations
    batch = read_file("a.jsonl", json.dumps(payment("p1", status="nope")).encode(), contract)
    assert not isinstance(batch, FileRejected)
    [[reason]] = validate_rows(contract, batch).refused["reasons"]
    more = f" and {many - 10} more" if many > 10 else ""
    assert reason == {
        "field": "status",
        "rule": "enum",
        "message": f"must be one of {', '.join(words[:10])}{more}",
    }
    assert found.message == f"{reason['message']}, not 'nope'"


def line_with(field: str, value: str) -> str:
    """A JSON line with a field of the given JSON text."""
    others = {name: content for name, content in RECORD.items() if name != field}
    return f'{json.dumps(others)[:-1]}, "{field}": {value}}}'


@pytest.mark.parametrize(
    ("field", "value", "functions", "lake"),
    [
        ("id", '"p1"', {("id", "unknown_field")}, set()),
        ("id", '"p2"', {("id", "unknown_field")}, {("payment_id", "ambiguous")}),
        ("\\ud800", "1", {("\\ud800", "unknown_field")}, {("", "row.json")}),
    ],
)
def test_a_listed_difference_is_there(field: str, value: str, functions: Rules, lake: Rules) -> None:
    line = line_with(field, value)
    assert (by_the_functions(line)[0], by_the_lake(line)[0]) == (functions, lake)


@pytest.mark.parametrize(
    "value", ["01", "NaN", "1e1000000000000000000", "1" * 1001, f"{'[' * 64}{']' * 64}", '{"a": 1, "a": 1}', "'1'"]
)
def test_what_the_functions_cannot_parse_is_no_line_of_the_lake(value: str) -> None:
    line = line_with("amount", value)
    with pytest.raises(InvalidJsonError):
        loads(line)
    assert by_the_lake(line)[0] == {("", "row.json")}


def test_the_limits_of_a_record_are_the_same() -> None:
    assert (limits.MAX_KEY_BYTES, record_size.MAX_RECORD_BYTES) == (record_key.MAX_BYTES, validation.MAX_RECORD_BYTES)


def test_records_are_too_large_from_the_same_byte_on() -> None:
    def line(length: int) -> str:
        return dumps(purchase(payload="я" * length, tags=["я" * 40, ""]))

    schema, least = schema_of(purchases()), 174_000
    for step in (2**power for power in range(10, -1, -1)):
        if not check_upsert(schema, loads(line(least + step))).violations:
            least += step
    content = f"{line(least)}\n{line(least + 1)}".encode()
    assert 174_000 < least < 175_000
    assert engines.by_the_lake(purchases(), "a.jsonl", content)[1] == engines.by_the_functions(schema, line(least))
    assert engines.by_the_lake(purchases(), "a.jsonl", content)[2] == [": record_too_large"]


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
        ("customer_id", "7", {("customer_id", "type")}),
        ("items_count", '"7"', {("items_count", "type")}),
        ("recurring", '"TRUE"', {("recurring", "type")}),
        ("amount", '"1e0"', {("amount", "type")}),
        ("amount", "1e-100", {("amount", "scale")}),
        ("updated_at", '"2026-01-01T00:00:00+00:60"', {("updated_at", "type")}),
        ("merchant_id", '"\\ud800"', {("merchant_id", "type")}),
        ("payment_id", '""', {("payment_id", "min_length")}),
        ("payment_id", "1", {("payment_id", "type")}),
        ("payment_id", "1.0", {("payment_id", "type")}),
        ("payment_id", "true", {("payment_id", "type")}),
        ("revision", "-1", {("revision", "minimum")}),
        ("payment_id", f'"{"я" * 1024}"', set()),
        ("payment_id", f'"{"я" * 1025}"', {("", "key_too_long")}),
        ("payment_id", f'"{"#" * 682}"', set()),
        ("payment_id", f'"{"#" * 683}"', {("", "key_too_long")}),
        ("description", f'"{"x" * 350_001}"', {("", "record_too_large")}),
        ("created_at", "1767225600000000", {("created_at", "type")}),
        ("created_at", '"1767225600"', {("created_at", "type")}),
        ("grade", "1.5", {("grade", "type")}),
        ("seen_at", "0", set()),
    ],
)
def test_both_engines_say_the_same(field: str, value: str, rules: Rules) -> None:
    line = line_with(field, value)
    assert by_the_functions(line)[0] == by_the_lake(line)[0] == rules
