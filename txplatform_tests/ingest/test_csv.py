"""CSV files: every structural defect is a reason, and never a wrong or a lost row."""

import csv
import gzip
import io

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from txplatform.ingest.batch import FileRejected, RawBatch
from txplatform.ingest.readers.csv import read_csv

SOUND = b"a,b,c\n1,2,3\n4,,6\n"


def batch_of(data: bytes) -> RawBatch:
    batch = read_csv(data)
    assert isinstance(batch, RawBatch)
    return batch


def broken(batch: RawBatch) -> list[tuple[int, str, str]]:
    return list(batch.broken.select("row", "payload", "rule").sort("row").iter_rows())


@pytest.mark.parametrize("data", [SOUND, gzip.compress(SOUND), b"\xef\xbb\xbf" + SOUND, SOUND.replace(b"\n", b"\r\n")])
def test_rows_come_as_texts_with_their_lines(data: bytes) -> None:
    batch = batch_of(data)
    assert batch.frame.rows() == [("1", "2", "3"), ("4", None, "6")]
    assert batch.rows.to_list() == [2, 3]
    assert batch.payload_of(pl.Series([1], dtype=pl.UInt32)).to_list() == ["4,,6"]
    assert broken(batch) == []


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_separator_is_the_headers(separator: str) -> None:
    assert batch_of(separator.join("ab").encode() + b"\n" + f"1,5{separator}2".encode()).frame.rows() == [("1,5", "2")]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "file.empty"),
        (b" \n\n", "file.empty"),
        (gzip.compress(b""), "file.empty"),
        (gzip.compress(SOUND * 50)[:-9], "file.truncated_gzip"),
        (gzip.compress(SOUND * 50)[:20], "file.truncated_gzip"),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03 no gzip", "file.damaged_gzip"),
        (b"a,a\n1,2\n", "file.header"),
        (b"a,,c\n1,2,3\n", "file.header"),
    ],
)
def test_unusable_files_name_their_rule(data: bytes, rule: str) -> None:
    rejected = read_csv(data)
    assert isinstance(rejected, FileRejected)
    assert rejected.rule == rule


def test_header_alone_is_a_day_without_rows() -> None:
    assert batch_of(b"a,b\n").frame.rows() == []


def test_ragged_rows_are_set_aside_with_line_and_text() -> None:
    batch = batch_of(b"a,b\n1,2\n3\n\n4,5,6\n7,8\n")
    assert batch.frame.rows() == [("1", "2"), ("7", "8")]
    assert batch.rows.to_list() == [2, 6]
    assert broken(batch) == [(3, "3", "row.fields"), (5, "4,5,6", "row.fields")]


def test_quoted_fields_may_hold_separators_quotes_and_lines() -> None:
    batch = batch_of(b'a,b\n"1,5","say ""hi"""\n"two\n\nlines",x\nlast,y\n')
    assert batch.frame.rows() == [("1,5", 'say "hi"'), ("two\n\nlines", "x"), ("last", "y")]
    assert batch.rows.to_list() == [2, 3, 6]


def test_unclosed_quote_does_not_swallow_the_rows_after_it() -> None:
    batch = batch_of(b'a,b\n1,2\n"3,4\n\n5,6\n"7",8\n9,10\n')
    assert batch.frame.rows() == [("1", "2"), ("5", "6"), ("7", "8"), ("9", "10")]
    assert batch.rows.to_list() == [2, 5, 6, 7]
    assert broken(batch) == [(3, '"3,4', "row.fields")]


def test_bytes_that_are_no_utf8_refuse_their_row_alone() -> None:
    batch = batch_of(b"a,b\n1,\xff\xfe\n2,ok\n")
    assert batch.frame.rows() == [("2", "ok")]
    assert [(row, rule) for row, _, rule in broken(batch)] == [(2, "row.encoding")]


cells = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00\ufffd\ufeff"), max_size=8)


@settings(deadline=None)
@given(st.lists(st.tuples(cells, cells, cells).filter(lambda row: any(cell.strip() for cell in row)), max_size=6))
def test_what_a_csv_writer_writes_is_read_back(rows: list[tuple[str, str, str]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([("a", "b", "c"), *rows])
    batch = batch_of(text.getvalue().encode())
    assert batch.frame.rows() == [tuple(cell or None for cell in row) for row in rows]
    assert broken(batch) == []


@settings(deadline=None)
@given(st.binary(max_size=80))
def test_arbitrary_bytes_are_rows_or_reasons(data: bytes) -> None:
    batch = read_csv(b"a,b\n" + data)
    assert isinstance(batch, RawBatch)
    assert batch.frame.height == len(batch.rows)
    lines = data.decode("utf-8", "replace").split("\n")
    assert batch.frame.height + batch.broken.height <= len(lines)
    assert batch.frame.height + batch.broken.height > 0 or not any(line.strip() for line in lines)
