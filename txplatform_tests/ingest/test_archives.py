"""Zip archives of files: every row says which file and line it is of; what could hurt is refused."""

import io
import struct
import zipfile

import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.ingest.batch import FileRejected, RawBatch
from txplatform.ingest.readers import archive as archives
from txplatform.ledger.ignored_names import is_ignored
from txplatform_tests.ingest.packed import archive
from txplatform_tests.ingest.whole import read_file

PAYMENTS = load_contracts()["payments"]
CSV = b"payment_id,amount\np1,1.00\np2,2.00,3\n"


def refused(data: bytes) -> FileRejected:
    found = read_file("x.zip", data, PAYMENTS)
    assert isinstance(found, FileRejected)
    return found


def test_rows_say_which_file_of_the_archive_they_are_of() -> None:
    names = ("payment_id", "amount")
    found = archive({"a.csv": CSV, ".hidden": b"?", "in/b.csv": CSV, "_SUCCESS": b"", "c.CSV": CSV + b"p3,3.00\n"})
    batch = read_file("x.zip", found, PAYMENTS)
    assert isinstance(batch, RawBatch)
    assert batch.frame.columns == list(names)
    assert batch.rows.to_list() == [2, 1_000_000_002, 2_000_000_002, 2_000_000_004]
    assert batch.broken["row"].to_list() == [3, 1_000_000_003, 2_000_000_003]


def test_a_refused_file_refuses_the_archive_and_is_named() -> None:
    found = refused(archive({"a.csv": CSV, "b.csv": b"nonsense\n1\n"}))
    assert found.rule == "file.header"
    assert "member 2" in found.message
    inner = refused(archive({"a.zip": archive({"a.csv": CSV})}))
    assert (inner.rule, "member 1" in inner.message) == ("file.nested", True)


@pytest.mark.parametrize("name", ["a.csv", "_a", ".a", "x/_a/b", "a_b", "a.crc", "x/", "x/.DS_Store", "a._b"])
def test_names_are_ignored_in_an_archive_as_in_a_bucket(name: str) -> None:
    empty = read_file("x.zip", archive({name: CSV}), PAYMENTS)
    assert isinstance(empty, FileRejected) == is_ignored(f"raw/payments/dt=2026-01-01/{name}")


def test_an_archive_with_a_password_is_refused() -> None:
    data = bytearray(archive({"a.csv": CSV}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    found = refused(bytes(data))
    assert (found.rule, "without one" in found.message) == ("file.encrypted", True)


def test_other_methods_than_deflate_are_refused() -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_LZMA) as file:
        file.writestr("a.csv", CSV)
    assert refused(sink.getvalue()).rule == "file.unreadable"


def test_a_damaged_file_of_an_archive_refuses_it() -> None:
    data = archive({"a.csv": CSV + b"p9,9.00\n" * 1000})
    spoiled = bytearray(data)
    spoiled[50:54] = b"\xff\xff\xff\xff"
    assert refused(bytes(spoiled)).rule == "file.unreadable"
    lying = bytearray(data)  # about its checksum
    lying[lying.index(b"PK\x01\x02") + 16] ^= 1
    assert refused(bytes(lying)).rule == "file.unreadable"


def test_a_large_directory_is_not_read() -> None:
    data = bytearray(archive({"a.csv": CSV}))
    end = data.rindex(b"PK\x05\x06")
    struct.pack_into("<H", data, end + 10, archives.MOST_MEMBERS + 1)
    assert refused(bytes(data)).rule == "file.too_large"
    struct.pack_into("<HI", data, end + 10, 1, archives.MOST_DIRECTORY_BYTES + 1)
    assert refused(bytes(data)).rule == "file.too_large"
