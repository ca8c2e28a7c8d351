"""Encodings: a mark or a declaration says which it is, and what does not decode refuses its record alone."""

from dataclasses import replace

import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import FileRules
from txplatform.ingest.batch import FileRejected, RawBatch
from txplatform.ingest.readers import compression
from txplatform_tests.ingest.packed import PACKED
from txplatform_tests.ingest.whole import read_file

PAYMENTS = load_contracts()["payments"]
TEXT = "payment_id,description\np1,Müller €\np2,x\n"


def read(data: bytes, encoding: str | None = None) -> RawBatch | FileRejected:
    return read_file("a.csv", data, replace(PAYMENTS, files=FileRules(encoding)))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "iso-8859-15", "cp1250", "cp1252", "utf-8"])
def test_a_declared_encoding_is_read(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for chunk in (1 << 20, 7):
        monkeypatch.setattr(compression, "_CHUNK", chunk)
        for data in (TEXT.encode(encoding), PACKED["gzip"](TEXT.encode(encoding))):
            batch = read(data, encoding)
            assert isinstance(batch, RawBatch)
            assert batch.frame.rows() == [("p1", "Müller €"), ("p2", "x")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_counts_for_more_than_a_declaration(encoding: str) -> None:
    batch = read(TEXT.encode(encoding), "cp1252")
    assert isinstance(batch, RawBatch)
    assert batch.frame["description"].to_list() == ["Müller €", "x"]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode("cp1252"), None),
        (TEXT.replace("ü", "\x81").encode("latin-1", "replace"), "cp1252"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le").replace(b"\xfc\0", b"\0\xd8"), None),
    ],
)
def test_what_does_not_decode_is_refused_with_its_line(data: bytes, encoding: str | None) -> None:
    batch = read(data, encoding)
    assert isinstance(batch, RawBatch)
    assert batch.frame["payment_id"].to_list() == ["p2"]
    assert batch.broken.select("row", "rule").rows() == [(2, "row.encoding")]
    assert "files.encoding" in batch.broken["message"][0]
