"""Rules over several fields: both engines refuse the same records for the same reasons, whatever is absent or odd."""

import json
from collections import Counter
from dataclasses import replace
from random import Random
from typing import Any

import polars as pl
import pytest

from lambdas.shared.jsonio import dumps, loads
from lambdas.shared.schema import EntitySchema
from lambdas.shared.validation import check_patch, check_upsert
from txplatform.contracts.model import Contract
from txplatform.contracts.quality import RECORD_RULE
from txplatform.contracts.render.columns import DELETED
from txplatform.contracts.render.registry import registry_document
from txplatform.ingest.batch import FileRejected
from txplatform.ingest.row_gate import validate_rows
from txplatform_tests.contracts.record_rules import ruled_contract, ruled_record
from txplatform_tests.ingest.whole import read_file

Reasons = set[tuple[str, str, str]]
CONTRACT = ruled_contract()


def schema_of(contract: Contract) -> EntitySchema:
    return EntitySchema.parse(json.loads(json.dumps(registry_document(contract))))


SCHEMA = schema_of(CONTRACT)


def by_the_functions(record: dict[str, Any]) -> Reasons:
    found = check_upsert(SCHEMA, loads(dumps(record))).violations
    return {(item.field, item.rule, item.message) for item in found if item.rule.startswith(RECORD_RULE)}


def by_the_lake(records: list[dict[str, Any]]) -> list[Reasons]:
    batch = read_file("a.jsonl", "\n".join(map(dumps, records)).encode(), CONTRACT)
    assert not isinstance(batch, FileRejected)
    found: list[Reasons] = [set() for _ in records]
    for row, reasons in validate_rows(CONTRACT, batch).refused.select("row", "reasons").iter_rows():
        said = {(item["field"], item["rule"], item["message"]) for item in reasons}
        found[row - 1] = {item for item in said if item[1].startswith(RECORD_RULE)}
    return found


CASES = [
    ({}, set()),
    ({"gross": "10.5000", "net": "8.00", "tax": "0.5000", "units": 2}, {"few_units"}),
    ({"gross": "10.5001", "net": "8.00", "tax": "2.5000", "units": 0}, {"gross"}),
    ({"gross": "10.5000", "net": "8.00", "tax": "2.5000"}, set()),
    ({"gross": "99999999999999999999.9999", "net": "9999999999999999.99", "tax": "0.0000", "units": -(2**63)},
     {"gross"}),
    ({"gross": "8.0000", "net": "8.00"}, {"net_1"}),
    ({"gross": "7.9999", "net": "8.00"}, {"net_0"}),
    ({"created_at": "2026-01-02T00:00:00.000001Z", "updated_at": "2026-01-02T00:00:00.000000Z"}, {"times"}),
    ({"created_at": "2026-01-02T09:00:00.000000Z", "due_on": "2026-01-02",
      "updated_at": "2026-01-02T10:00:00.000000Z"}, set()),
    ({"created_at": "2026-01-02T09:00:00.000000Z", "due_on": "2026-01-03",
      "updated_at": "2026-01-02T10:00:00.000000Z"}, {"times"}),
    ({"status": "settled"}, {"settled"}),
    ({"status": "settled", "note": ""}, set()),
    ({"status": "settled", "note": 7.5}, set()),
    ({"mark": "a", "note": "b"}, {"marks"}),
    ({"mark": "a", "note": "a"}, set()),
    ({"seen_at": "2020-01-01T00:00:00.000000Z"}, {"late"}),
    ({"net": "9.99", "gross": "1.0000", "amount": "no number"}, {"net_0"}),
    ({"net": "no number", "gross": "1.0000"}, set()),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "broken"), CASES, ids=range(len(CASES)))
def test_a_rule_says_the_same_of_a_record_to_both_engines(fields: dict[str, Any], broken: set[str]) -> None:
    record = ruled_record(**fields)
    texts = {rule.name: (rule.subject, rule.rule, rule.text) for rule in CONTRACT.quality.rules}
    (lake,) = by_the_lake([record])

    assert by_the_functions(record) == lake == {texts[name] for name in broken}


MONEY = [f"{steps / 100:.2f}" for steps in (*range(-12, 13), 10**9)]
MOMENTS = ["2026-01-01T23:59:59.999999Z", "2026-01-02T00:00:00.000000Z", "2026-01-03T12:00:00.000000Z"]
FIELDS: dict[str, list[Any]] = {
    "net": MONEY,
    "tax": [*MONEY, "x"],
    "gross": MONEY,
    "units": [*range(-3, 4), "many"],
    "status": ["settled", "captured", "odd"],
    "created_at": MOMENTS,
    "updated_at": MOMENTS,
    "seen_at": MOMENTS,
    "due_on": ["2026-01-01", "2026-01-02", "2026-01-03", "never"],
    "note": ["", "a", "b"],
    "mark": ["", "a", "b"],
}


def test_both_engines_agree_on_any_records() -> None:
    """One file of many records: of few, the time would go into plans."""
    draw = Random(20260101)
    records = [
        ruled_record(**{name: draw.choice(values) for name, values in FIELDS.items() if draw.random() < 0.7})
        for _ in range(3000)
    ]

    expected = [by_the_functions(record) for record in records]

    assert by_the_lake(records) == expected
    met = Counter(rule for reasons in expected for _, rule, _ in reasons)
    assert set(met) == {rule.rule for rule in CONTRACT.quality.rules}
    assert max(met.values()) < len(records)


def test_of_a_partial_update_only_rules_count_whose_fields_are_all_there() -> None:
    key = {name: ruled_record()[name] for name in (*CONTRACT.key, CONTRACT.version_field)}

    def broken(**fields: Any) -> set[str]:
        return {item.rule for item in check_patch(SCHEMA, key | fields).violations}

    assert broken(status="settled") == set()
    assert broken(net="9.00", gross="8.0000") == {"record.net_0"}
    assert broken(status="settled", note=None) == set(), "what it is merged into decides"


def test_what_the_operational_store_holds_is_not_held_against_rules_over_several_fields() -> None:
    """It may be from before the rule: the functions hold every write against it, and the lake equals the store."""
    batch = read_file("a.jsonl", dumps(ruled_record(net="9.00", gross="8.0000")).encode(), CONTRACT)
    assert not isinstance(batch, FileRejected)
    texts = batch.frame.with_columns(
        *(pl.lit(None, pl.String).alias(name) for name in fields_absent(batch.frame.columns)),
        pl.lit(value=False).alias(DELETED),
    )

    stored = validate_rows(CONTRACT, replace(batch, frame=texts, canonical=True))

    assert validate_rows(CONTRACT, batch).refused.height == 1
    assert (stored.good.height, stored.refused.height) == (1, 0)


def fields_absent(columns: list[str]) -> list[str]:
    return [field.name for field in CONTRACT.fields if field.name not in columns]
