"""Keys that are unique in a file: a repeated one is refused with its line and that of the first, across batches."""

from collections.abc import Iterator
from dataclasses import replace

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.quality import Quality
from txplatform.ingest.batch import FileRejected
from txplatform.ingest.object_gate import Outcome
from txplatform.ingest.row_gate import validate_rows
from txplatform.ingest.unique_keys import with_unique_keys
from txplatform_tests.ingest.whole import read_file
from txplatform_tests.lake_stand import csv_of, payment

CONTRACT = replace(load_contracts()["payments"], quality=Quality(unique_keys=True))


def outcomes(*files: tuple[int, list[str]]) -> Iterator[Outcome]:
    """Batches of payments with these keys, each with the number of rows before it."""
    for before, keys in files:
        batch = read_file("a.csv", csv_of([payment(key, minute=len(keys)) for key in keys]).encode(), CONTRACT)
        assert not isinstance(batch, FileRejected)
        batch = replace(batch, rows=batch.rows + before)
        yield batch, validate_rows(CONTRACT, batch)


def test_each_later_row_of_a_key_is_refused_with_both_lines() -> None:
    found = [
        (gated.good["payment_id"].to_list(), gated.rows.to_list(), gated.refused.rows())
        for _, gated in (
            outcome
            for outcome in with_unique_keys(CONTRACT, outcomes((0, ["a", "b", "a", "a"]), (4, ["c", "b"]), (6, ["d"])))
            if not isinstance(outcome, FileRejected)
        )
    ]

    kept = [(keys, rows) for keys, rows, _ in found]
    assert kept == [(["a", "b"], [2, 3]), (["c"], [6]), (["d"], [8])]
    refused = [(row, payload.split(",")[0], reasons) for _, _, rows in found for row, payload, reasons in rows]
    assert [(row, key) for row, key, _ in refused] == [(4, "a"), (5, "a"), (7, "b")]
    assert [reasons[0]["message"] for _, _, reasons in refused] == [
        "has the key of line 2 of the file",
        "has the key of line 2 of the file",
        "has the key of line 3 of the file",
    ]
    assert {(reason["field"], reason["rule"]) for _, _, reasons in refused for reason in reasons} == {
        ("payment_id", "row.duplicate_key")
    }


def test_a_rejection_of_the_file_passes_by_and_nothing_is_refused_without_repetition() -> None:
    rejected = FileRejected("file.unreadable", "at its end")

    found = list(with_unique_keys(CONTRACT, [*outcomes((0, ["a", "b"])), rejected]))

    assert found[1] is rejected
    assert not isinstance(found[0], FileRejected)
    assert (found[0][1].good.height, found[0][1].refused.height) == (2, 0)
