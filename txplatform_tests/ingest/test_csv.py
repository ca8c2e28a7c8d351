"""CSV files: every structural defect is a reason, and never a wrong or a lost row."""

import csv
import gzip
import io
from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from txplatform.ingest.batch import FileRejected, RawBatch
from txplatform.ingest.readers import proportion, text
from txplatform_tests.ingest.whole import read_csv

SOUND = b"a,b,c\n1,2,3\n4,,6\n"


def batch_of(data: bytes) -> RawBatch:
    batch = read_csv(data)
    assert isinstance(batch, RawBatch)
    return batch


def broken(batch: RawBatch) -> list[tuple[int, str, str]]:
    return list(batch.broken.select("row", "payload", "rule").sort("row").iter_rows())


@pytest.mark.parametrize(
    "data", [SOUND, gzip.compress(SOUND, mtime=0), b"\xef\xbb\xbf" + SOUND, SOUND.replace(b"\n", b"\r\n")]
)
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
        (gzip.compress(b"", mtime=0), "file.empty"),
        (gzip.compress(SOUND * 50, mtime=0)[:-9], "file.truncated_gzip"),
        (gzip.compress(SOUND * 50, mtime=0)[:20], "file.truncated_gzip"),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03 no gzip", "file.damaged_gzip"),
        (b"a,a\n1,2\n", "file.header"),
        (b"a,,c\n1,2,3\n", "file.header"),
        (b'a,"b,c\n1,2,3\n', "file.header"),
        (b'a,"b\n1,"c\n1,2\n', "file.header"),
        (b"a,b\r1,2\r", "file.header"),
        (b"a" * 200_000, "file.header"),
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


@pytest.mark.parametrize(
    ("data", "rows", "refused"),
    [
        (b"a,b,c\n1,2,3\n4,5\n6,7,8\n", [("1", "2", "3"), ("6", "7", "8")], [(3, "4,5", "row.fields")]),
        (b"a,b\n1,2,3\n4\n6,7\n", [("6", "7")], [(2, "1,2,3", "row.fields"), (3, "4", "row.fields")]),
        (b"a\n1\n\n2\n", [("1",), ("2",)], []),
        (b"a,b\r\n1,2\r\n\r\n3,\r\n", [("1", "2"), ("3", None)], []),
    ],
)
def test_lines_without_a_quote_are_looked_at_too(
    data: bytes, rows: list[tuple[str, ...]], refused: list[tuple[int, str, str]]
) -> None:
    batch = batch_of(data)
    assert batch.frame.rows() == rows
    assert broken(batch) == refused


def test_quoted_fields_may_hold_separators_quotes_and_lines() -> None:
    batch = batch_of(b'a,b\n"1,5","say ""hi"""\n"two\n\nlines",x\nlast,y\n')
    assert batch.frame.rows() == [("1,5", 'say "hi"'), ("two\n\nlines", "x"), ("last", "y")]
    assert batch.rows.to_list() == [2, 3, 6]


def test_line_ends_inside_quotes_stay_as_they_are() -> None:
    assert batch_of(b'a,b\r\n"1\r\n2",x\r\n3,y\r\n').frame.rows() == [("1\r\n2", "x"), ("3", "y")]


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        (b'1,5" pipe,x', ("1", '5" pipe', "x")),
        (b'1,5" x 6" pipe,x', ("1", '5" x 6" pipe', "x")),
        (b'1,5" pipe,6"', ("1", '5" pipe', '6"')),
        (b'1,5" pipe,"a, ""b"""', ("1", '5" pipe', 'a, "b"')),
        (b'1,5",', ("1", '5"', None)),
        (b'1, "b,c",5.00', None),
        (b'1, "b",5.00', None),
        (b'1,"b" c,5.00', None),
        (b'1,"b"c",5.00', None),
        (b'1,5" pipe', None),
        (b'1,5"\rpipe,x', ("1", '5"\rpipe', "x")),
        (b'1,5" ' + b"x" * 200_000 + b",x", ("1", '5" ' + "x" * 200_000, "x")),
    ],
)
def test_quotes_out_of_place_stand_for_themselves_or_refuse_their_line(line: bytes, fields: tuple[str] | None) -> None:
    batch = batch_of(b"a,b,c\n0,x,y\n" + line + b'\n"2",x,y\n')
    good = [("0", "x", "y"), *([fields] if fields else []), ("2", "x", "y")]
    assert batch.frame.rows() == good
    assert batch.payload is not None
    assert broken(batch) == ([] if fields else [(3, line.decode(), "row.fields")])
    assert len(batch.payload) == len(good)


def test_a_replacement_character_of_the_file_itself_is_a_character() -> None:
    batch = batch_of("a,b\n1,\ufffd\n2,".encode() + b"\xff\n3,x\n")
    assert batch.frame.rows() == [("1", "\ufffd"), ("3", "x")]
    assert broken(batch) == [(3, "2,\ufffd", "row.encoding")]


def test_gzip_may_have_several_members() -> None:
    assert batch_of(gzip.compress(SOUND) + gzip.compress(b"7,8,9\n")).rows.to_list() == [2, 3, 4]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_line_is_read_up_to_a_bound(monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes]) -> None:
    monkeypatch.setattr(text, "LONGEST_LINE", 10_000)
    monkeypatch.setattr(text, "BLOCK", 1_000)
    assert batch_of(pack(SOUND + b"7,8," + b"x" * 9_000 + b"\n")).frame.height == 3
    for line, row in ((b"7,8,%s\n", 4), (b'7,8,"\n%s"\n', 5), (b"7,8,%s", 4)):
        rejected = read_csv(pack(SOUND + line % (b"x" * 2_000_000)))
        assert isinstance(rejected, FileRejected)
        assert rejected.rule == "file.line_too_long"
        assert f"line {row} " in rejected.message


def test_an_open_quote_is_followed_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "LONGEST_LINE", 10_000)
    monkeypatch.setattr(text, "BLOCK", 1_000)
    rejected = read_csv(SOUND + b'7,"8,9\n' + b"7,8,9\n" * 200_000)
    assert isinstance(rejected, FileRejected)
    assert rejected.rule == "file.line_too_long"
    assert "line 4 " in rejected.message


def test_a_gzip_stream_out_of_proportion_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proportion, "MOST_FREE_BYTES", 2 << 20)
    assert batch_of(gzip.compress(SOUND * 10_000)).frame.height == 29_999
    rejected = read_csv(gzip.compress(SOUND + b"7,8,9\n" * 1_000_000))
    assert isinstance(rejected, FileRejected)
    assert rejected.rule == "file.too_large"


def test_bytes_that_are_no_utf8_refuse_their_row_alone() -> None:
    batch = batch_of(b"a,b\n1,\xff\xfe\n2,ok\n")
    assert batch.frame.rows() == [("2", "ok")]
    assert [(row, rule) for row, _, rule in broken(batch)] == [(2, "row.encoding")]


cells = st.text(st.characters(codec="utf-8"), max_size=8)


@settings(deadline=None)
@given(st.lists(st.tuples(cells, cells, cells).filter(lambda row: any(cell.strip() for cell in row)), max_size=6))
def test_what_a_csv_writer_writes_is_read_back(rows: list[tuple[str, str, str]]) -> None:
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([("a", "b", "c"), *rows])
    batch = batch_of(sink.getvalue().encode())
    assert batch.frame.rows() == [tuple(cell or None for cell in row) for row in rows]
    assert broken(batch) == []
