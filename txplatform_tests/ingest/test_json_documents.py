"""JSON that is no lines: arrays of any length, documents with the records under a path, objects over several lines."""

import json
from dataclasses import replace

import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import FileRules
from txplatform.ingest.batch import FileRejected, RawBatch
from txplatform.ingest.readers import compression, json_stream, text
from txplatform_tests.ingest.whole import read_file

PAYMENTS = load_contracts()["payments"]
ITEMS = [{"payment_id": f"p{number}", "amount": f"{number}.10"} for number in range(1, 5)]


def read(data: str, *path: str) -> RawBatch | FileRejected:
    contract = replace(PAYMENTS, files=FileRules(records_path=path))
    return read_file("a.json", data.encode(errors="surrogateescape"), contract)


def keys(data: str, *path: str) -> list[str]:
    batch = read(data, *path)
    assert isinstance(batch, RawBatch), batch
    assert batch.broken.is_empty()
    return batch.frame["payment_id"].to_list()


def test_records_lie_under_a_path() -> None:
    whole = {"items": 7, "data": {"x": [{"payment_id": "no"}], "a/b": ITEMS, "y": None}, "next": "[{"}
    for indent in (None, 2):
        assert keys(json.dumps(whole, indent=indent), "data", "a/b") == ["p1", "p2", "p3", "p4"]
    assert keys('{"a": {"payment_id": "p1"}}', "a") == ["p1"]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        ("{}", "file.records_path"),
        ('{"data": 7}', "file.records_path"),
        ('{"data": []}[', "file.unreadable"),
        ('{"data": [{}], "data": []}', "file.records_path"),
        ('{"data": [{}]', "file.unreadable"),
        ('{"data": [{}], 7: 1}', "file.unreadable"),
        ("[]", "file.records_path"),
        (" ", "file.empty"),
    ],
)
def test_a_document_without_the_path_is_refused(data: str, rule: str) -> None:
    found = read(data, "data")
    assert isinstance(found, FileRejected)
    assert found.rule == rule


def test_objects_may_be_written_over_several_lines() -> None:
    data = "\n".join(json.dumps(item, indent=1) for item in ITEMS)
    batch = read(data)
    assert isinstance(batch, RawBatch)
    assert batch.rows.to_list() == [1, 5, 9, 13]
    assert keys(data) == ["p1", "p2", "p3", "p4"]
    damaged = read(data + '\n{"payment_id": }')
    assert isinstance(damaged, FileRejected)
    assert (damaged.rule, "line 17, after 4 values" in damaged.message) == ("file.unreadable", True)


def test_a_damaged_first_line_of_json_lines_is_refused_alone() -> None:
    batch = read('{"payment_id": \n{"payment_id": "p2"}\n')
    assert isinstance(batch, RawBatch)
    assert batch.frame["payment_id"].to_list() == ["p2"]
    assert batch.broken["row"].to_list() == [1]


def test_an_array_is_read_a_piece_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "_CHUNK", 5)
    monkeypatch.setattr(json_stream, "_SHIFT", 1)
    monkeypatch.setattr(text, "BLOCK", 30)
    monkeypatch.setattr(text, "LONGEST_LINE", 60)
    numbers = "[" + ",".join(f'{{"payment_id": {number}}}' for number in range(100)) + "]"
    assert keys(numbers) == [str(number) for number in range(100)]
    long = read('[{"payment_id": "' + "x" * 200 + '"}]')
    assert isinstance(long, FileRejected)
    assert "longer than 60" in long.message


def test_an_item_that_is_not_utf8_is_refused_alone() -> None:
    batch = read('[{"payment_id": "p1"}, {"payment_id": "\udcff"}, {"payment_id": "\ufffd"}]')
    assert isinstance(batch, RawBatch)
    assert batch.frame["payment_id"].to_list() == ["p1", "\ufffd"]
    assert batch.broken.select("row", "rule").rows() == [(2, "row.encoding")]
