"""Whatever bytes a file holds: rows and reasons, or one reason for the file. Nothing raises, and no record is lost."""

import gzip
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from txplatform.contracts.loader import load_contracts
from txplatform.ingest.batch import FileRejected, RawBatch
from txplatform.ingest.readers import compression, json_lines, parquet, text
from txplatform.ingest.readers.formats import Format, format_of
from txplatform.ingest.readers.json_records import object_lines
from txplatform.ingest.row_gate import validate_rows
from txplatform_tests.ingest.whole import read_changes, read_file

PAYMENTS = load_contracts()["payments"]
RECORD = {
    "payment_id": "p1",
    "customer_id": "c1",
    "merchant_id": "m1",
    "amount": "12.30",
    "currency": "EUR",
    "status": "captured",
    "method": "card",
    "description": 'a "b", c\n[1]',
    "created_at": "2026-01-01T10:00:00Z",
    "updated_at": "1767261600.5",
}
CSV = (
    ",".join(RECORD) + "\n" + 'p1,c1,m1,12.30,EUR,captured,card,"a ""b"", c",2026-01-01T10:00:00Z,17.5\n' * 3
).encode()
ARRAY = json.dumps([RECORD, RECORD | {"amount": 1.5, "card": {"last4": "1234"}}], indent=1).encode()
JSON_LINES = b"\n".join(json.dumps(record).encode() for record in json.loads(ARRAY))
ENVELOPE = {"entity": "payments", "order_key": "1|1", "occurred_at": "2026-01-01T00:00:00.000000Z", "deleted": False}
CHANGES = b"\n".join(json.dumps(ENVELOPE | {"record": RECORD}).encode() for _ in range(2))


def parquet_file() -> bytes:
    sink = io.BytesIO()
    columns = {name: pa.array([value] * 2) for name, value in RECORD.items()}
    columns["amount"] = pa.array([Decimal("12.30"), None], pa.decimal128(18, 2))
    columns["settled_on"] = pa.array([date(2026, 1, 1), None])
    columns["updated_at"] = pa.array([datetime(2026, 1, 1, tzinfo=UTC)] * 2, pa.timestamp("us", "UTC"))
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


PARQUET = parquet_file()
GOOD = {
    "x.csv": CSV,
    "x.csv.gz": gzip.compress(CSV, mtime=0),
    "x.jsonl": JSON_LINES,
    "x.json": ARRAY,
    "x.parquet": PARQUET,
    "changes": CHANGES,
}
FRAGMENTS = [
    b'"', b'""', b' "', b'5" ', b",", b";", b"\t", b"\n", b"\r", b"\r\n", b"\x00", b"\xff", b"\xe2\x82",
    b"\xef\xbb\xbf", b"\xef\xbf\xbd", b"\\", b"\\ud800", b"\\u0022", b"{", b"}", b"[", b"]", b":", b"null",
    b"01", b"1-2", b"1e400", b"1.0e999999999999999999999", b"9" * 5000, b"9000000000000", b"[" * 200, b'"amount": 1, ',
    b'"record": "x"', b"NaN", b"0000-01-01T00:00:00Z", b"9999-12-31T23:59:59-01:00", b"\xc2\x85", b"\xe2\x80\xa8",
    b"\x0b", b"\x1c", b" ",
]  # fmt: skip


def read(name: str, data: bytes) -> RawBatch | FileRejected:
    return read_changes(data, PAYMENTS) if name == "changes" else read_file(name, data, PAYMENTS)


def assert_all_accounted_for(name: str, data: bytes) -> None:
    """Every line that is not blank, or every record, is in one good or one refused row, or the file is refused."""
    batch = read(name, data)
    if isinstance(batch, FileRejected):
        assert batch.rule.startswith("file.")
        return
    gated = validate_rows(PAYMENTS, batch)
    assert gated.refused["payload"].null_count() == 0
    assert all(gated.refused["reasons"].list.len())
    assert sorted([*gated.rows, *gated.refused["row"]]) == sorted([*batch.rows, *batch.broken["row"]])
    found = sorted(lines_of(batch))
    content = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
    lines = content.decode("utf-8-sig", "replace").split("\n")
    if is_damaged_beyond_lines(name, data):
        return
    filled = [number for number, line in enumerate(lines, 1) if any(map(is_text, line))]
    if name == "x.parquet" or (name == "x.json" and lines[filled[0] - 1].lstrip().startswith("[")):
        assert found == list(range(1, len(found) + 1))  # records, not lines
        return
    assert [number for number in found if any(map(is_text, lines[number - 1]))] == filled[name.startswith("x.csv") :]


def is_damaged_beyond_lines(name: str, data: bytes) -> bool:
    """Whether the damage made a file of another text format, or of values whose rows are no lines."""
    if name in ("changes", "x.parquet"):
        return False
    found = format_of(name, io.BytesIO(data))
    if found is not Format.JSON:
        return not name.startswith("x.csv")
    whole = list(object_lines(io.BytesIO(data)))
    return name.startswith("x.csv") or [row for part in whole for row in part["row"]] != list(
        range(whole[0]["row"][0], whole[0]["row"][0] + sum(part.height for part in whole))
    )


def lines_of(batch: RawBatch) -> list[int]:
    """The numbers of the lines that rows and broken rows were made of."""
    texts = [*(batch.payload if batch.payload is not None else [""] * len(batch.rows)), *batch.broken["payload"]]
    first = [*batch.rows, *batch.broken["row"]]
    return [row + place for row, text in zip(first, texts, strict=True) for place in range(text.count("\n") + 1)]


def is_text(char: str) -> bool:
    return not char.isspace() or char in "\x1c\x1d\x1e\x1f"  # these four are white space to Python alone


@st.composite
def mutated(draw: st.DrawFn, good: bytes) -> bytes:
    """A good file, some of its bytes cut, repeated or replaced by what is known to hurt."""
    data = good
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 40)))
        piece = draw(st.sampled_from(FRAGMENTS) | st.binary(max_size=4) | st.just(data[start:end] * 2))
        data = data[:start] + piece + data[end:]
    return data


@pytest.mark.parametrize("name", GOOD)
def test_good_files_are_good(name: str) -> None:
    batch = read(name, GOOD[name])
    assert isinstance(batch, RawBatch)
    assert batch.rows.len() >= 2
    assert batch.broken.is_empty()
    assert_all_accounted_for(name, GOOD[name])


@pytest.mark.parametrize("name", GOOD)
def test_large_files_are_read_piece_by_piece(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = read(name, GOOD[name])
    monkeypatch.setattr(compression, "_CHUNK", 7)
    monkeypatch.setattr(text, "BLOCK", 1)
    monkeypatch.setattr(parquet, "_MOST_ROWS", 1)
    monkeypatch.setattr(json_lines, "_PART", 1)
    in_pieces = read(name, GOOD[name])
    assert isinstance(at_once, RawBatch)
    assert isinstance(in_pieces, RawBatch)
    assert in_pieces.frame.equals(at_once.frame)
    assert in_pieces.rows.equals(at_once.rows)
    assert_all_accounted_for(name, GOOD[name].replace(b"captured", b'cap"\xff"tured'))


@pytest.mark.parametrize("name", GOOD)
@settings(deadline=None, max_examples=15)
@given(data=st.data())
def test_damaged_files_are_rows_and_reasons(name: str, data: st.DataObject) -> None:
    assert_all_accounted_for(name, data.draw(mutated(GOOD[name])))


@pytest.mark.parametrize("name", GOOD)
@settings(deadline=None, max_examples=15)
@given(data=st.binary(max_size=80))
def test_arbitrary_bytes_are_rows_and_reasons(name: str, data: bytes) -> None:
    assert_all_accounted_for(name, data)
    assert_all_accounted_for(name, (b"payment_id,amount\n" if name == "x.csv" else b"") + data)
