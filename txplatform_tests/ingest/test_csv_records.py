"""Records of CSV files that span lines: none is forged from inside a quoted text, and none takes others with it."""

import csv
import io

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from txplatform.ingest.batch import RawBatch
from txplatform_tests.ingest.whole import read_csv

EVIL = "evil,1,2"


def batch_of(*lines: str) -> RawBatch:
    batch = read_csv("\n".join(("a,b,c", *lines)).encode())
    assert isinstance(batch, RawBatch)
    return batch


def keys(batch: RawBatch) -> list[str]:
    return batch.frame["a"].to_list()


def refused(batch: RawBatch) -> list[tuple[int, str]]:
    assert set(batch.broken["rule"]) <= {"row.fields"}
    return list(batch.broken.select("row", "payload").iter_rows())


@pytest.mark.parametrize(
    "record",
    [
        f'k1,x,"text\n{EVIL}\nend",surplus',
        f'k1,"text\n{EVIL}\nend"',
        f'k1,x,"say \\"hi\\"\n{EVIL}\nend"',
        f'k1,x,"say \\"hi\\", twice\n{EVIL}\nend"',
        f'k1,x,"say \\", hi\n{EVIL}\n\\", end"',
        f'k1,x,"a 5" pipe\n{EVIL}\nend"',
        f'k1,x,"a 5" pipe\n{EVIL}\nk,z,end"',
        f'k1,x, "text\n{EVIL}\nend"',
        f'k1,x,"text\n{EVIL}\nend" more',
        f'"k1" one,x,"text\n{EVIL}\nend"',
    ],
)
def test_a_record_of_several_lines_that_does_not_fit_is_refused_whole(record: str) -> None:
    batch = batch_of("k0,x,y", record, "k2,x,y", 'k3,"two\nlines",y', "k4,x,y")
    assert keys(batch) == ["k0", "k2", "k3", "k4"]
    assert refused(batch) == [(3, record)]


def test_a_text_that_is_never_closed_is_refused_to_the_end() -> None:
    batch = batch_of("k0,x,y", 'k1,x,"text', EVIL, "")
    assert keys(batch) == ["k0"]
    assert refused(batch) == [(3, f'k1,x,"text\n{EVIL}\n')]


def test_an_opening_quote_too_many_takes_records_up_to_the_next_quoted_text() -> None:
    batch = batch_of("k0,x,y", 'k1,"5 pipe,x', "", "k2,x,y", '"k3",x,y', "k4,x,y")
    assert keys(batch) == ["k0", "k4"]
    assert refused(batch) == [(3, 'k1,"5 pipe,x\n\nk2,x,y\n"k3",x,y')]


def test_an_inch_mark_harms_no_later_record() -> None:
    later = [f'k{number},"two\nlines",y' for number in range(1000)]
    batch = batch_of('k,5" pipe,x', *later)
    assert batch.frame.height == 1001
    assert batch.frame["b"].to_list()[:2] == ['5" pipe', "two\nlines"]
    assert refused(batch) == []


def test_an_inch_mark_may_stand_beside_a_text_of_several_lines() -> None:
    assert batch_of('k,5" pipe,"two\r\nlines"\r', "l,x,y").frame.rows()[0] == ("k", '5" pipe', "two\r\nlines")


def test_a_backslash_may_end_a_text() -> None:
    batch = batch_of('k0,"C:\\dir\\",x', 'k1,"C:\\dir\\"', 'k2,"two\nlines\\",x', "k3,x,y")
    assert keys(batch) == ["k0", "k2", "k3"]
    assert refused(batch) == [(3, 'k1,"C:\\dir\\"')]


def test_a_line_of_separators_is_a_record_and_a_blank_line_is_not() -> None:
    batch = read_csv(b"a\tb\tc\n\t\t\n \n\r\nk1\tx\ty\n\t\n")
    assert isinstance(batch, RawBatch)
    assert batch.frame.rows() == [(None, None, None), ("k1", "x", "y")]
    assert refused(batch) == [(6, "\t")]


cells = st.text(st.sampled_from('ab,"\n\\ ;\r'), max_size=6)
tables = st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=6)


@settings(deadline=None)
@given(tables, st.data())
def test_surplus_fields_refuse_their_record_and_no_other(rows: list[tuple[str, str, str]], data: st.DataObject) -> None:
    odd = data.draw(st.integers(0, len(rows) - 1))
    texts = [_written([*row, "surplus"] if place == odd else list(row)) for place, row in enumerate(rows)]
    batch = batch_of(*texts)
    wanted = [tuple(cell or None for cell in row) for place, row in enumerate(rows) if place != odd]
    assert [row for row in batch.frame.rows() if row not in wanted] == []
    assert batch.frame.height + batch.broken.height <= len(rows)
    assert all("\n".join(texts).find(payload) >= 0 for payload in batch.broken["payload"])
    if not any("\\" in cell for row in rows for cell in row):
        assert batch.frame.rows() == wanted
        assert refused(batch) == [(2 + sum(text.count("\n") + 1 for text in texts[:odd]), texts[odd])]


def _written(row: list[str]) -> str:
    sink = io.StringIO(newline="")
    csv.writer(sink, quoting=csv.QUOTE_ALL, lineterminator="").writerow(row)
    return sink.getvalue()


@settings(deadline=None)
@given(st.lists(st.text(st.sampled_from('ab,"\n\\ '), max_size=12), max_size=8))
def test_every_line_is_in_one_record(lines: list[str]) -> None:
    batch = batch_of(*lines)
    assert batch.payload is not None
    first = pl.concat([batch.rows, batch.broken["row"]])
    texts = pl.concat([batch.payload.rename("text"), batch.broken["payload"].rename("text")])
    found = [row + place for row, text in zip(first, texts, strict=True) for place in range(text.count("\n") + 1)]
    written = "\n".join(("a,b,c", *lines)).split("\n")
    assert len(found) == len(set(found))
    assert {number for number, line in enumerate(written, 1) if line.strip()} - {1} <= set(found)
