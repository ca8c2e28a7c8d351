"""Every violation is reported, nothing ever crashes, and what the contracts allow passes unchanged."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared.alignment import align
from lambdas.shared.errors import InvalidJsonError, Violation
from lambdas.shared.jsonio import dumps, loads
from lambdas.shared.schema import EntitySchema
from lambdas.shared.validation import MAX_RECORD_BYTES, check_delete, check_upsert
from txplatform_tests.contracts.strategies import records, values, violations
from txplatform_tests.lambdas.conftest import CONTRACTS, SCHEMAS

ENTITIES = st.sampled_from(sorted(CONTRACTS))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def rules(found: tuple[Violation, ...]) -> set[tuple[str, str]]:
    return {(item.field, item.rule) for item in found}


@given(st.data(), ENTITIES)
def test_a_record_of_the_contract_passes_unchanged(data: st.DataObject, entity: str) -> None:
    record = data.draw(records(CONTRACTS[entity]))
    record |= {name: data.draw(values(CONTRACTS[entity][name]).filter(bool)) for name in CONTRACTS[entity].key}
    checked = check_upsert(SCHEMAS[entity], loads(dumps(record)))
    assert checked.violations == ()
    assert checked.record == record
    assert checked.key


@given(st.data(), ENTITIES)
def test_each_broken_rule_is_named(data: st.DataObject, entity: str) -> None:
    contract = CONTRACTS[entity]
    record = data.draw(records(contract))
    breakable = st.sampled_from([(field, rule) for field in contract.fields for rule in violations(field)])
    expected: set[tuple[str, str]] = set()
    for field, rule in data.draw(st.lists(breakable, min_size=1, max_size=3, unique_by=lambda pair: pair[0].name)):
        record[field.name] = data.draw(violations(field)[rule])
        expected.add((field.name, rule))
    found = rules(check_upsert(SCHEMAS[entity], record).violations)
    too_large = {field for field, rule in found if rule in ("precision", "type")}  # no value to hold against a bound
    assert {pair for pair in expected if pair[0] not in too_large} <= found


@given(st.data(), ENTITIES)
def test_any_json_is_validated(data: st.DataObject, entity: str) -> None:
    names = st.sampled_from([*CONTRACTS[entity].key, *(field.name for field in CONTRACTS[entity].fields)]) | st.text()
    body = data.draw(JSON | st.dictionaries(names, JSON))
    parsed = loads(dumps(body))
    schema = SCHEMAS[entity]
    record = align(schema, parsed) if isinstance(parsed, dict) else parsed
    upsert, delete = check_upsert(schema, record), check_delete(schema, record)
    assert upsert.violations, "random JSON is no whole record"
    assert delete.violations or delete.key
    assert dumps([item.as_dict() for item in (*upsert.violations, *delete.violations)]).isascii()


@given(st.binary() | st.text().map(str.encode), ENTITIES)
def test_arbitrary_bytes_are_refused(raw: bytes, entity: str) -> None:
    try:
        parsed = loads(raw.decode("utf-8", "replace"))
    except InvalidJsonError:
        return
    record = align(SCHEMAS[entity], parsed) if isinstance(parsed, dict) else parsed
    assert check_upsert(SCHEMAS[entity], record).violations


def test_all_reasons_of_a_bad_record(payments: EntitySchema, payment: dict[str, Any]) -> None:
    del payment["customer_id"]
    payment |= {
        "payment_id": "",
        "amount": "-1.00",
        "currency": "XXX",
        "card_last4": "sesame",
        "payer_name": 7,
        "items_count": "2",
        "colour": "red",
        "half\ud800": 1,
        "fee": "0.12345",
        "order_reference": None,
    }
    found = check_upsert(payments, payment).violations
    assert rules(found) == {
        ("customer_id", "required"),
        ("payment_id", "min_length"),
        ("amount", "minimum"),
        ("currency", "enum"),
        ("card_last4", "pattern"),
        ("payer_name", "type"),
        ("items_count", "type"),
        ("colour", "unknown_field"),
        ("half\\ud800", "unknown_field"),
        ("fee", "scale"),
    }
    assert len(found) == 10
    assert not any("sesame" in item.message for item in found)


def test_sizes_beyond_a_table_s_limits(payments: EntitySchema, payment: dict[str, Any]) -> None:
    document = {
        "entity": "notes",
        "version": "1.0.0",
        "key": ["note"],
        "partition_field": "day",
        "version_field": "number",
        "json_schema": {},
        "fields": {"note": {"type": "string"}, "day": {"type": "date"}, "number": {"type": "integer"}},
    }
    schema = EntitySchema.parse(document)
    record = {"note": "é" * (MAX_RECORD_BYTES // 2 + 1), "day": "2026-01-01", "number": -1}
    assert rules(check_upsert(schema, record).violations) == {
        ("", "key_too_long"),
        ("", "record_too_large"),
        ("number", "minimum"),
    }


def test_key_version_and_partition_are_always_needed() -> None:
    schema = SCHEMAS["trades"]
    found = rules(check_upsert(schema, {}).violations)
    assert {(name, "required") for name in ("venue", "trade_id", "updated_at", "executed_at")} <= found


@pytest.mark.parametrize("body", [None, 7, "text", [], [{}]])
def test_a_record_is_an_object(payments: EntitySchema, body: Any) -> None:
    for checked in (check_upsert(payments, body), check_delete(payments, body)):
        assert rules(checked.violations) == {("", "type")}


def test_a_deletion_needs_key_and_version_alone(payments: EntitySchema, payment: dict[str, Any]) -> None:
    checked = check_delete(payments, {**payment, "amount": "rubbish", "colour": "red"})
    assert checked.violations == ()
    assert checked.record == {name: payment[name] for name in ("payment_id", "created_at", "updated_at")}
    assert rules(check_delete(payments, {"payment_id": "", "created_at": "x"}).violations) == {
        ("payment_id", "min_length"),
        ("created_at", "type"),
        ("updated_at", "required"),
    }
