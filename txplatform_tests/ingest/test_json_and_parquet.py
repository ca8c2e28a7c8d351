"""JSON and Parquet files: every digit survives, and what is not a record is named."""

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
from txplatform.ingest.readers import parquet
from txplatform_tests.ingest.whole import read_changes, read_file, read_json_lines, read_parquet

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
    assert batch.frame.rows() == [("1",), ("?",), (None,)]
    assert batch.rows.to_list() == [1, 6, 7]
    assert batch.bare is not None
    assert batch.bare["a"].to_list() == [True, True, False]  # what holds half of a surrogate pair is no text
    assert batch.broken["row"].to_list() == [2, 4, 5]
    assert set(batch.broken["rule"]) == {"row.json"}


def test_nested_values_are_reached_by_path_and_are_no_texts() -> None:
    batch = json_batch('{"card": {"last4": 4242}}\n{"card": "{x"}\n{"card": [1]}', "card", "card.last4")
    assert batch.frame.rows() == [(None, "4242"), ("{x", None), (None, None)]
    assert batch.unusable_cells.select("position", "column").rows() == [(0, "card"), (2, "card")]


values = st.one_of(st.none(), st.booleans(), st.integers(), st.text(st.characters(codec="utf-8"), max_size=10))


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from("abc"), values), min_size=1, max_size=5))
def test_any_flat_object_is_read_back(records: list[dict[str, object]]) -> None:
    batch = json_batch("\n".join(json.dumps(record) for record in records), "a", "b", "c")
    expected = [[record.get(name) for name in "abc"] for record in records]
    shown = [[json.dumps(v) if isinstance(v, bool | int) else v for v in row] for row in expected]
    assert [list(row) for row in batch.frame.rows()] == shown


@pytest.mark.parametrize(
    "number", ["01", "-01", "1-2", "1.", ".5", "+1", "1e", "0x1", "1_0", "NaN", "Infinity", "truefalse"]
)
def test_what_is_no_json_number_is_no_json(number: str) -> None:
    batch = json_batch(f'{{"a": {number}}}\n{{"a": 1}}', "a")
    assert batch.frame.rows() == [("1",)]
    assert batch.broken.select("row", "rule").rows() == [(1, "row.json")]


@pytest.mark.parametrize(
    "twice",
    [
        '{"a": 1, "a": 2}',
        '{"a": 1, "\\u0061": 1}',
        '{"a": null, "b": {"c": 1, "c": 1}}',
        '{"a": [{"c": 1, "c": 1}]}',
        '{"a": "1", "a": "\\u0022\\u0022\\u0022\\u0022"}',
    ],
)
def test_an_object_with_a_name_twice_is_refused(twice: str) -> None:
    sound = '{"a": "say \\u0022a\\u0022: 1", "b": {"a": 1}}'
    for data in (f"{twice}\n{sound}", f"[{twice}, {sound}]"):
        batch = json_batch(data, "a")
        assert batch.frame.rows() == [('say "a": 1',)]
        assert batch.broken.select("row", "rule", "message").rows() == [
            (1, "row.json", "an object holds the same name twice")
        ]


def test_elements_of_an_array_are_taken_as_they_were_written() -> None:
    elements = [
        '{"a": 1.10, "b":\n 1e-8}',
        '{"a": 1.0e999999999999999999999}',
        '{"a": 1.0e99}',
        "7",
        '{"a": ' + "9" * 5000 + "}",
    ]
    batch = json_batch("[" + " ,\n".join(elements) + "]\n", "a", "b")
    assert batch.frame.rows() == [("1.10", "1e-8"), ("1.0e99", None)]
    assert batch.rows.to_list() == [1, 3]
    assert batch.broken["row"].to_list() == [2, 4, 5]  # an exponent without end, no object, a number without end
    assert json_batch(" [ ] ", "a").rows.is_empty()


@pytest.mark.parametrize(
    "data", ["[", "[1", "[1,", "[1,]", "[1 2]", "[]]", "[1] 2", "[" * 100_000, '[{"a": 1}\n{"a": 2}]']
)
def test_a_damaged_array_is_no_file(data: str) -> None:
    rejected = read_json_lines(data.encode(), ["a"])
    assert isinstance(rejected, FileRejected)
    assert rejected.rule == "file.unreadable"


def test_a_text_that_reads_like_json_is_a_text() -> None:
    lines = [
        '{"a": "[1]"}',
        '{"a": "{}"}',
        '{"a": [1]}',
        '{"a": {}}',
        '{"b": {"c": "[1]"}}',
        '{"b": {"c": [1]}}',
        '{"b": "{\\"c\\": 1}"}',
    ]
    batch = json_batch("\n".join(lines), "a", "b.c")
    assert batch.frame["a"].to_list() == ["[1]", "{}", None, None, None, None, None]
    assert batch.frame["b.c"].to_list() == [None, None, None, None, "[1]", None, None]
    assert batch.unusable_cells.select("position", "column").rows() == [(2, "a"), (3, "a"), (5, "b.c")]


def test_a_change_whose_record_is_no_object_does_not_stop_the_others() -> None:
    line = {"entity": "payments", "order_key": "1|1", "occurred_at": "2026-01-01T00:00:00.000000Z", "deleted": True}
    records: list[object] = [{"payment_id": "p1"}, "text", ["x"], {"payment_id": "p2"}]
    batch = read_changes("\n".join(json.dumps(line | {"record": record}) for record in records).encode(), PAYMENTS)
    assert isinstance(batch, RawBatch)
    assert batch.frame["payment_id"].to_list() == ["p1", "p2"]
    assert batch.broken.select("row", "rule").rows() == [(2, "row.json"), (3, "row.json")]


def test_parquet_keeps_exact_types_and_names_the_others() -> None:
    table = pa.table(
        {
            "amount": pa.array([Decimal("9999999999999999.99"), Decimal("0.00")], pa.decimal128(18, 2)),
            "moment": pa.array([datetime(2026, 1, 1, 1, 2, 3, 4, tzinfo=UTC), None], pa.timestamp("us", "UTC")),
            "day": pa.array([date(2026, 1, 1), None]),
            "flag": pa.array([True, None]),
            "count": pa.array([2**62, None]),
            "text": pa.array(["x", None]),
            "double": pa.array([1.5, None]),
            "inexact": pa.array([0.1 + 0.2, None]),
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
    assert (first["double"], first["inexact"]) == ("1.5", None)
    assert batch.unusable_cells.select("position", "column").rows() == [(0, "inexact")]
    assert set(batch.unusable_columns) == {"nested"}
    assert json.loads(batch.payload_of(pl.Series([0], dtype=pl.UInt32))[0])["amount"] == "9999999999999999.99"


@pytest.mark.parametrize(("name", "rule"), [("a.xlsx", "file.unreadable"), ("a.parquet", "file.unreadable")])
def test_files_that_are_cut_off(name: str, rule: str) -> None:
    rejected = read_file(name, b"PK\x03\x04", PAYMENTS)
    assert isinstance(rejected, FileRejected)
    assert rejected.rule == rule


def parquet_batch(**columns: pa.Array) -> RawBatch:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    batch = read_parquet(sink.getvalue())
    assert isinstance(batch, RawBatch)
    return batch


def test_a_column_that_cannot_be_read_spoils_no_other() -> None:
    batch = parquet_batch(wide=pa.array([b"x", None]), text=pa.array(["x", "y"]))
    assert batch.frame.rows() == [("binary", "x"), (None, "y")]
    assert set(batch.unusable_columns) == {"wide"}


@pytest.mark.parametrize(
    ("column", "texts", "inexact"),
    [
        (pa.array([Decimal("-1.00"), None], pa.decimal256(50, 2)), ["-1.00", None], []),
        (pa.array(["x", None], pa.large_string()), ["x", None], []),
        (pa.array(["x", None]).dictionary_encode(), ["x", None], []),
        (pa.DictionaryArray.from_arrays(pa.array([0, 0]), pa.array([Decimal("1.10")])), ["1.10", "1.10"], []),
        (
            pa.array([123_000, 123_456], pa.timestamp("ns")),
            [f"1970-01-01T00:00:00.000123{n}" for n in ("000", 456)],
            [],
        ),
        (pa.array([0.1, 100.0, 1e-9, 123456789012.345]), ["0.1", "100", "1e-9", "123456789012.345"], []),
        (pa.array([0.1 + 0.2, float("nan"), float("inf"), 1e15 + 1.0]), [None] * 4, [0, 1, 2, 3]),
        (pa.array([0.5, 16777216.0], pa.float32()), ["0.5", None], [1]),
    ],
)
def test_parquet_types_are_read_where_no_digit_is_lost(
    column: pa.Array, texts: list[str | None], inexact: list[int]
) -> None:
    batch = parquet_batch(value=column)
    assert batch.frame["value"].to_list() == texts
    assert batch.unusable_cells["position"].to_list() == inexact
    payloads = batch.payload_of(pl.Series([0], dtype=pl.UInt32))
    assert payloads[0] != '{"value":null}'


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (pa.array([-719_162, 2_932_896], pa.date32()), ["0001-01-01", "9999-12-31"]),
        (pa.array([-719_163, 2**31 - 1], pa.date32()), ["-719163 days since 1970", "2147483647 days since 1970"]),
        (pa.array([2**63 - 1, None], pa.timestamp("us", "UTC")), ["9223372036854775807 us since 1970", None]),
        (pa.array([-(2**63), 0], pa.timestamp("ms")), [f"{-(2**63)} ms since 1970", "1970-01-01T00:00:00.000000"]),
        (pa.array([2**63 - 1, None], pa.timestamp("ns", "UTC")), ["2262-04-11T23:47:16.854775807Z", None]),
    ],
)
def test_days_and_moments_beyond_our_years_are_counts(column: pa.Array, texts: list[str | None]) -> None:
    assert parquet_batch(value=column).frame["value"].to_list() == texts


def test_a_parquet_file_of_texts_that_are_no_utf8_is_refused() -> None:
    buffers = [None, pa.py_buffer(b"\x00\x00\x00\x00\x02\x00\x00\x00"), pa.py_buffer(b"\xff\xfe")]
    sink = io.BytesIO()
    pq.write_table(pa.table({"a": pa.Array.from_buffers(pa.string(), 1, buffers)}), sink)
    rejected = read_parquet(sink.getvalue())
    assert isinstance(rejected, FileRejected)
    assert rejected.rule == "file.unreadable"


def test_a_parquet_file_is_read_so_many_rows_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    sink = io.BytesIO()
    pq.write_table(pa.table({"a": pa.array(["x" * 1000] * 1000)}), sink)
    monkeypatch.setattr(parquet, "_BATCH", 1)
    monkeypatch.setattr(parquet, "_MOST_ROWS", 7)
    batches = list(parquet.read_parquet(io.BytesIO(sink.getvalue())))
    assert {batch.frame.height for batch in batches} == {1}
    assert [row for batch in batches for row in batch.rows] == list(range(1, 1001))
