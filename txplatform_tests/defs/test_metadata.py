"""What people read beside an asset."""

from dataclasses import replace

import pytest
from pyiceberg.table.snapshots import Operation, Snapshot, Summary

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.names import Lane
from txplatform.defs.metadata import (
    MAX_LISTED,
    lake_columns,
    listing,
    reasons_table,
    row_count,
    view_schema,
    written_columns,
)
from txplatform.defs.validation import summed

CONTRACT = load_contracts()["payments"]


def test_columns_carry_type_rules_and_personal_mark() -> None:
    columns = {column.name: column for column in lake_columns(CONTRACT, Lane.FILES).columns}
    assert columns["amount"].type == "decimal(18,2)"
    assert not columns["payment_id"].constraints.nullable
    assert "primary key" in columns["payment_id"].constraints.other
    assert any(rule.startswith("one of authorised, ") for rule in columns["status"].constraints.other)
    assert "personal" in columns["payer_name"].tags
    assert "personal" not in columns["amount"].tags
    assert list(columns)[-5:] == ["dt", "_trace_id", "_written_by", "_request_id", "_epoch"]
    assert not columns["dt"].constraints.nullable
    assert columns["_trace_id"].constraints.nullable
    tagged = replace(CONTRACT, fields=tuple(replace(field, tags=("pii-free",)) for field in CONTRACT.fields))
    assert set(lake_columns(tagged, Lane.FILES).columns[0].tags) == {"pii-free"}
    assert columns["_order_key"].description


def test_view_columns_have_the_types_of_athena() -> None:
    columns = {column.name: column for column in view_schema(CONTRACT).columns}
    assert columns["created_at"].type == "timestamp(6)"
    assert columns["created_at"].description == CONTRACT["created_at"].description
    assert columns["_order_key"].type == "varchar"


def test_written_columns_show_what_the_table_has() -> None:
    (column,) = written_columns(CONTRACT, {"amount": "decimal(20,2)"}).columns
    assert (column.type, column.description) == ("decimal(20,2)", CONTRACT["amount"].description)


@pytest.mark.parametrize(
    ("totals", "expected"),
    [
        ({"total-records": "12", "total-position-deletes": "2", "total-equality-deletes": "0"}, 10),
        ({"total-records": "0"}, 0),
        ({"total-records": "12", "total-equality-deletes": "1"}, None),
        ({"added-records": "3"}, None),
    ],
)
def test_rows_are_counted_where_the_summary_of_the_table_says_it(totals: dict[str, str], expected: int | None) -> None:
    summary = Summary(Operation.APPEND, **totals)
    snapshot = Snapshot(snapshot_id=1, timestamp_ms=0, manifest_list="s3://lake/m.avro", summary=summary)
    assert row_count(snapshot).get("dagster/row_count") == expected


def test_rows_of_a_table_without_a_snapshot_are_not_counted() -> None:
    assert row_count(None) == {}


def test_reasons_are_a_table_with_the_most_frequent_first() -> None:
    table = reasons_table({"amount:minimum": 1, "status:enum": 5, ":file.empty": 1}).value
    assert [tuple(record.data.values()) for record in table.records] == [
        ("status", "enum", 5),
        ("(whole row)", "file.empty", 1),
        ("amount", "minimum", 1),
    ]


def test_counts_of_days_add_up() -> None:
    assert summed([{"a:type": 1}, {}, {"a:type": 2, "b:enum": 1}]) == {"a:type": 3, "b:enum": 1}


def test_a_long_list_is_cut_and_says_so() -> None:
    text = listing([f"s3://lake/{place}" for place in range(MAX_LISTED + 3)]).value or ""
    assert text.count("s3://") == MAX_LISTED
    assert text.endswith("- and 3 more")
    assert listing([]).value == "none"
