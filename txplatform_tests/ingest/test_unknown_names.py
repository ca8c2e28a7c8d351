"""What files have under names that the contract does not know: refused, counted or kept, and never left in silence."""

import io
import json
from collections import Counter
from dataclasses import replace
from typing import Any, Literal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from txplatform.contracts.loader import load_contract, load_contracts
from txplatform.ingest.batch import FileRejected, RawBatch
from txplatform.ingest.nested.bare_scalars import in_quotes
from txplatform.ingest.nested.unknown_members import unknown_members
from txplatform.ingest.readers import read_file
from txplatform.ingest.row_gate import validate_rows
from txplatform.ingest.unknown_names import OTHERS, add_counts, nearest_name
from txplatform_tests.contracts.documents import entity_property, minimal, write
from txplatform_tests.ingest import whole
from txplatform_tests.lake_stand import csv_of, payment

PAYMENTS = load_contracts()["payments"]


def contract_with(policy: Literal["refuse", "ignore", "keep"]) -> Any:
    return replace(PAYMENTS, unknown_fields=policy)


def csv_file(records: list[dict[str, Any]]) -> bytes:
    return csv_of({name: value or "" for name, value in record.items()} for record in records).encode()


def json_file(records: list[dict[str, Any]]) -> bytes:
    return "\n".join(map(json.dumps, records)).encode()


def parquet_file(records: list[dict[str, Any]]) -> bytes:
    sink = io.BytesIO()
    pl.DataFrame(records).write_parquet(sink)
    return sink.getvalue()


FORMS = [("a.csv", csv_file), ("a.jsonl", json_file), ("a.parquet", parquet_file)]


@pytest.mark.parametrize(("name", "form"), [FORMS[0], FORMS[2]])
def test_a_header_with_unknown_columns_refuses_the_file_and_says_what_may_be_meant(name: str, form: Any) -> None:
    outcome = whole.read_file(name, form([payment("p1") | {"fees": "1.50", "colour": "red"}]), PAYMENTS)
    assert isinstance(outcome, FileRejected)
    assert outcome.rule == "file.unknown_column"
    assert "not know: fees (is fee meant?), colour; name it as" in outcome.message
    assert "red" not in outcome.message


def test_a_record_of_json_with_an_unknown_name_is_refused_alone() -> None:
    records = [payment("p1"), payment("p2") | {"fees": "1.50"}, payment("p3") | {"card": {"last4": "1234", "x": 1}}]
    batch = whole.read_file("a.jsonl", json_file(records), PAYMENTS)
    assert isinstance(batch, RawBatch)
    gated = validate_rows(PAYMENTS, batch)
    assert gated.good["payment_id"].to_list() == ["p1"]
    assert [[(item["field"], item["rule"]) for item in row] for row in gated.refused["reasons"]] == [
        [("fees", "unknown_field")],
        [("card", "unknown_field")],
    ]
    assert "is fee meant?" in gated.refused["reasons"][0][0]["message"]
    assert gated.refused["row"].to_list() == [2, 3]


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_ignored_columns_are_counted_by_the_rows_that_have_a_value(name: str, form: Any) -> None:
    records = [payment("p1") | {"fees": "1", "note": None}, payment("p2") | {"fees": None, "note": None}]
    counts = Counter[str]()
    for batch in read_file(name, io.BytesIO(form(records)), contract_with("ignore")):
        assert validate_rows(PAYMENTS, batch).good.height == 2
        counts.update(batch.unknown)
    assert +counts == {"fees": 1}


def test_kept_columns_are_counted_too(orders: Any) -> None:
    entity, record = orders
    batch = whole_batch("a.jsonl", json_file([record | {"fees": 1}]), entity)
    assert batch.unknown == {"fees": 1}
    assert batch.frame["rest"].to_list() == ['{"fees":1}']


@pytest.fixture
def orders(tmp_path: Any) -> tuple[Any, dict[str, Any]]:
    document, moment = minimal(), "2026-01-01T00:00:00Z"
    entity_property(document, "unknownFields", "keep")
    return load_contract(write(tmp_path, document)), {"order_id": "o1", "created_at": moment, "updated_at": moment}


def whole_batch(name: str, data: bytes, contract: Any) -> RawBatch:
    (batch,) = read_file(name, io.BytesIO(data), contract)
    return batch


def test_a_known_column_in_another_case_is_not_kept_as_well(orders: Any) -> None:
    entity, record = orders
    data = csv_of([{name.upper(): value for name, value in record.items()}]).encode()
    assert whole_batch("a.csv", data, entity).frame["rest"].to_list() == [None]


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("fees", "fee"), ("Curency", "currency"), ("customerid", "customerId"), ("colour", None), ("", None)],
)
def test_the_nearest_name_is_a_nearly_equal_one(name: str, nearest: str | None) -> None:
    assert nearest_name(PAYMENTS, name) == nearest


def test_a_file_cannot_make_up_names_without_end() -> None:
    counts = Counter[str]()
    for number in range(1000):
        add_counts(counts, {f"name{number}": 1})
    assert (len(counts), counts[OTHERS], counts.total()) == (101, 900, 1000)


def test_many_unknown_columns_are_named_in_a_bounded_message() -> None:
    record = payment("p1") | {f"column{number}" + "x" * 500: "1" for number in range(500)}
    outcome = whole.read_file("a.csv", csv_file([record]), PAYMENTS)
    assert isinstance(outcome, FileRejected)
    assert "and 480 more" in outcome.message
    assert len(outcome.message) < 4000


_SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.text(',:"\\{}[]ab', max_size=4)
_NAMES = st.sampled_from(["a", "b", "c", "x", "y:", 'q"', "\\"])
_VALUES = st.recursive(_SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3))


@given(st.lists(st.dictionaries(_NAMES, _VALUES, max_size=4), max_size=6))
def test_names_beyond_the_contract_are_found_by_shape_as_in_each_record(records: list[dict[str, Any]]) -> None:
    texts = pl.Series("text", [json.dumps(record) for record in records], dtype=pl.String)
    found = unknown_members(pl.DataFrame({"text": texts, "quoted": in_quotes(texts)}), ["a", "b.c"])
    expected = []
    for position, record in enumerate(records):
        left = {name: value for name, value in record.items() if name != "a"}
        inner = left.get("b", {})
        if inner is None or (isinstance(inner, dict) and inner.keys() <= {"c"}):
            left.pop("b", None)
        expected += [(position, name, value is not None) for name, value in left.items()]
    assert sorted(found.iter_rows()) == sorted(expected)
