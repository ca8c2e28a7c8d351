"""Every format is recognised by its content; a file that is cut, empty, too dense or packed twice is refused."""

import io
import json
import tracemalloc
from collections.abc import Mapping
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from txplatform.contracts.loader import load_contracts
from txplatform.ingest.batch import FileRejected, RawBatch
from txplatform.ingest.mapping.payloads import read_payloads
from txplatform.ingest.object_gate import gate_object
from txplatform.ingest.readers import proportion
from txplatform.ingest.readers import read_file as read_contract_file
from txplatform.ingest.readers import text as reader
from txplatform_tests.ingest.packed import PACKED, archive, avro, orc_file, parquet, text, workbook
from txplatform_tests.ingest.whole import read_file

PAYMENTS = load_contracts()["payments"]
ROWS = [{"payment_id": f"p{number}", "amount": f"{number}.10", "currency": "EUR"} for number in range(1, 4)]
TABLE = pa.table(
    {name: [row[name] for row in ROWS] for name in ("payment_id", "currency")}
    | {"amount": pa.array([Decimal(row["amount"]) for row in ROWS], pa.decimal128(18, 2))}
)
CSV = ("payment_id,amount,currency\n" + "".join(f"{','.join(row.values())}\n" for row in ROWS)).encode()
LINES = "".join(f"{json.dumps(row)}\n" for row in ROWS).encode()
FILES: Mapping[str, bytes] = {
    "csv": CSV,
    "tsv": CSV.replace(b",", b"\t"),
    "utf-16": CSV.decode().encode("utf-16"),
    "utf-8-sig": CSV.decode().encode("utf-8-sig"),
    "json lines": LINES,
    "json array": json.dumps(ROWS).encode(),
    "json over lines": "\n".join(json.dumps(row, indent=1) for row in ROWS).encode(),
    "utf-16 json": LINES.decode().encode("utf-16"),
    "parquet": parquet(TABLE),
    "orc": orc_file(TABLE),
    "avro": avro(dict.fromkeys(ROWS[0], "string"), ROWS),
    "xlsx": workbook([*map(text, ROWS[0])], *([*map(text, row.values())] for row in ROWS)),
    "zip": archive({"data/payments.csv": CSV, "data/": b"", "__MACOSX/._payments.csv": b"\0"}),
    **{name: pack(CSV) for name, pack in PACKED.items()},
    **{f"{name} of json": pack(LINES) for name, pack in PACKED.items()},
    "gzip of utf-16": PACKED["gzip"](CSV.decode().encode("utf-16")),
}
NAMES = ("data", "data.csv", "data.json", "data.parq", "data.parquet", "data.xlsx", "a#b?c.csv.gz", "data.bin")


def rule_of(name: str, data: bytes) -> str | None:
    found = read_file(name, data, PAYMENTS)
    return found.rule if isinstance(found, FileRejected) else None


@pytest.mark.parametrize("kind", FILES)
def test_a_file_is_read_whatever_it_is_called(kind: str) -> None:
    for name in NAMES:
        batch = read_file(name, FILES[kind], PAYMENTS)
        assert isinstance(batch, RawBatch), (name, batch)
        assert batch.frame.select("payment_id", "amount", "currency").rows(named=True) == ROWS, name
        assert batch.broken.is_empty()
        assert batch.rows.n_unique() == len(ROWS)


@pytest.mark.parametrize("kind", FILES)
def test_payloads_of_a_source_system_are_read_alike(kind: str) -> None:
    batches = list(read_payloads("data", io.BytesIO(FILES[kind])))
    assert sum(batch.rows.len() for batch in batches) == len(ROWS)
    assert all(batch.broken.is_empty() for batch in batches)


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_is_cut_off_yields_no_row(kind: str) -> None:
    cut = FILES[kind][: -max(9, len(FILES[kind]) // 3)]
    found = read_file("data", cut, PAYMENTS)
    if kind in (
        "csv",
        "tsv",
        "utf-16",
        "utf-8-sig",
        "json lines",
        "json over lines",
        "utf-16 json",
    ):  # no end is marked
        assert isinstance(found, RawBatch)
        assert found.rows.len() < len(ROWS)
        return
    assert isinstance(found, FileRejected)
    assert found.rule.startswith(("file.unreadable", "file.truncated_", "file.damaged_"))


@pytest.mark.parametrize(
    "empty",
    [b"", b" \n", *(pack(b"") for pack in PACKED.values()), archive({}), workbook()],
    ids=["nothing", "blank", *PACKED, "archive", "workbook"],
)
def test_an_empty_file_is_refused(empty: bytes) -> None:
    for name in ("data", "data.csv", "data.json", "data.parquet"):
        assert rule_of(name, empty) == "file.empty"


@pytest.mark.parametrize("outer", PACKED)
def test_what_is_packed_twice_is_refused(outer: str) -> None:
    for inner in ("gzip", "zstd", "zip", "parquet", "avro", "xlsx"):
        assert rule_of("data.csv", PACKED[outer](FILES[inner])) == "file.nested"
        assert rule_of("data.csv", archive({"a": FILES[inner]})) == (None if inner in PACKED else "file.nested")


@pytest.mark.parametrize("kind", PACKED)
def test_a_stream_out_of_proportion_is_refused(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proportion, "MOST_FREE_BYTES", 2 << 20)
    bomb = CSV + b"p1,1.00,EUR\n" * 400_000
    assert rule_of("data.csv", PACKED[kind](bomb)) == "file.too_large"
    assert rule_of("data.zip", archive({"a.csv": bomb})) == "file.too_large"


@pytest.mark.parametrize(
    ("data", "rule", "remedy"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "file.unknown_format", "save it as .xlsx"),
        (b"\xff\x06\x00\x00sNaPpY\0", "file.unknown_format", "gzip or zstd"),
        (b"PARE\0\0\0PARE", "file.unknown_format", "without encryption"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "file.unknown_format", "deliver its files"),
        (b"x" * 257 + b"ustar\0", "file.nested", "tar archive"),
        (b"\x89PNG\r\n\x1a\n\0\0", "file.unknown_format", "no format of CSV, JSON"),
        ("a,b\n1,2\n".encode("utf-16-le"), "file.encoding", "utf-16-le"),
        (b"PK\x03\x04", "file.unreadable", "cut off"),
    ],
)
def test_what_no_reader_takes_says_what_to_do(data: bytes, rule: str, remedy: str) -> None:
    found = read_file("data", data, PAYMENTS)
    assert isinstance(found, FileRejected)
    assert (found.rule, remedy in found.message) == (rule, True), found


@pytest.mark.parametrize("kind", PACKED)
def test_one_line_of_a_whole_file_is_refused_in_bounded_memory(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "LONGEST_LINE", 1 << 20)
    monkeypatch.setattr(reader, "BLOCK", 1 << 20)
    packed = PACKED[kind](b"a" * (24 << 20))
    tracemalloc.start()
    try:
        assert rule_of("data.csv", packed) == "file.line_too_long"
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", ["parquet", "orc", "avro", "xlsx", "zip", "zstd", "xz"])
@settings(deadline=None)
@given(data=st.data())
def test_damaged_bytes_are_rows_or_a_reason(kind: str, data: st.DataObject) -> None:
    spoiled = bytearray(FILES[kind])
    for _ in range(data.draw(st.integers(1, 4))):
        spoiled[data.draw(st.integers(0, len(spoiled) - 1))] = data.draw(st.integers(0, 255))
    outcomes = list(gate_object(PAYMENTS, "s3://x/y", "y", io.BytesIO(spoiled), read_contract_file))
    assert outcomes
    for outcome in outcomes[:-1]:
        assert not isinstance(outcome, FileRejected)
