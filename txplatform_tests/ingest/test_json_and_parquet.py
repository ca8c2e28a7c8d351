"""JSON and Parquet files: every digit survives, and what is no record says so."""

import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from txplatform.contracts.loader import load_contracts
from txplatform.ingest.batch import FileRejected, RawBatch
from txplatform.ingest.readers import read_changes, read_file
from txplatform.ingest.readers.json_lines import read_json_lines
from txplatform.ingest.readers.parquet import read_parquet

PAYMENTS = load_contracts()["payments"]


def json_batch(data: str, *columns: str) -> RawBatch:
    batch = read_json_lines(data.encode(), columns)
    assert isinstance(batch, RawBatch)
    return batch


@pytest.mark.parametrize(
    "number", ["9007199254740993.01", "0.1", "-12345678901234567890.123456789012345678", "1e-8", "1.10", "0"]
)
def test_numbers_keep_their_digits(number: str) -> None:
    assert json_batch(f'{{"a": {number}, "b": "{number}"}}', "a", "b").frame.rows() == [(number, number)]
    in_array = json_batch(f'[{{"a": {number}}}, {{"b": 1}}]', "a").frame["a"][0]
    assert Decimal(in_array) == Decimal(number)


def test_texts_that_look_like_json_stay_as_they_are() -> None:
    tricky = {"a": 'x": 1, "b": 2', "b": " : 5 ", "c": 'quote \\" and \\ 7', "d": "é\n€"}
    assert json_batch(json.dumps(tricky), *tricky).frame.row(0, named=True) == tricky


def test_lines_that_are_no_object_are_set_aside() -> None:
    batch = json_batch('{"a": 1}\nnope\n\n[1]\n{"a": 2}{"a": 3}\n{"a": "\\ud800"}\n{}\n', "a")
    assert batch.frame.rows() == [("1",), (None,)]
    assert batch.rows.to_list() == [1, 7]
    assert batch.broken["row"].to_list() == [2, 4, 5, 6]
    assert set(batch.broken["rule"]) == {"row.json"}


def test_nested_values_are_reached_by_path_and_are_no_texts() -> None:
    batch = json_batch('{"card": {"last4": 4242}}\n{"card": "{x"}\n{"card": [1]}', "card", "card.last4")
    assert batch.frame.rows() == [(None, "4242"), ("{x", None), (None, None)]
    assert batch.flaws.select("position", "column").rows() == [(0, "card"), (2, "card")]


values = st.one_of(st.none(), st.booleans(), st.integers(), st.text(st.characters(codec="utf-8"), max_size=10))


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from("abc"), values), min_size=1, max_size=5))
def test_any_flat_object_is_read_back(records: list[dict[str, object]]) -> None:
    batch = json_batch("\n".join(json.dumps(record) for record in records), "a", "b", "c")
    expected = [[record.get(name) for name in "abc"] for record in records]
    shown = [[json.dumps(v) if isinstance(v, bool | int) else v for v in row] for row in expected]
    plain = [[None if isinstance(v, str) and v[:1] in "[{" and _is_nested(v) else v for v in row] for row in shown]
    assert [list(row) for row in batch.frame.rows()] == plain


def _is_nested(text: str) -> bool:
    try:
        return isinstance(json.loads(text), list | dict)
    except ValueError:
        return False


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_arbitrary_bytes_are_rows_or_reasons(data: bytes) -> None:
    for outcome in (read_json_lines(data, ["a"]), read_parquet(data), read_changes(data, PAYMENTS)):
        assert isinstance(outcome, RawBatch | FileRejected)
        if isinstance(outcome, RawBatch):
            assert outcome.frame.height == len(outcome.rows)


def test_parquet_keeps_exact_types_and_names_the_others() -> None:
    table = pa.table(
        {
            "amount": pa.array([Decimal("9999999999999999.99"), Decimal("0.00")], pa.decimal128(18, 2)),
            "moment": pa.array([datetime(2026, 1, 1, 1, 2, 3, 4, tzinfo=UTC), None], pa.timestamp("us", "UTC")),
            "day": pa.array([date(2026, 1, 1), None]),
            "flag": pa.array([True, None]),
            "count": pa.array([2**62, None]),
            "text": pa.array(["x", None]),
            "inexact": pa.array([1.5, None]),
            "nested": pa.array([{"x": 1}, None]),
        }
    )
    sink = io.BytesIO()
    pq.write_table(table, sink)
    batch = read_parquet(sink.getvalue())
    assert isinstance(batch, RawBatch)
    first = batch.frame.row(0, named=True)
    assert (first["amount"], first["moment"], first["day"]) == (
        "9999999999999999.99",
        "2026-01-01T01:02:03.000004Z",
        "2026-01-01",
    )
    assert (first["flag"], first["count"], first["text"]) == ("true", str(2**62), "x")
    assert batch.frame["amount"][1] == "0.00"
    assert set(batch.unusable) == {"inexact", "nested"}
    assert json.loads(batch.payload_of(pl.Series([0], dtype=pl.UInt32))[0])["amount"] == "9999999999999999.99"


@pytest.mark.parametrize(("name", "rule"), [("a.xlsx", "file.unknown_format"), ("a.parquet", "file.unreadable")])
def test_files_of_no_known_format(name: str, rule: str) -> None:
    rejected = read_file(name, b"PK\x03\x04", PAYMENTS)
    assert isinstance(rejected, FileRejected)
    assert rejected.rule == rule
