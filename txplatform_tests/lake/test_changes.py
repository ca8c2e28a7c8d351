"""The changes lane on a local AWS."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest

from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.errors import CommitTooSlowError
from txplatform_tests.lake_stand import Stand, payment


def test_changes_arrive_exact_and_once(stand: Stand) -> None:
    stand.put_changes("a", [(1, payment("p1", "9999999999999999.99"), False), (2, payment("p2", "0.01"), False)])
    stand.put_changes("b", [(3, payment("p1", "1.10", 1), False), (4, payment("p2"), True)])
    report = stand.ingest_changes()
    assert (report.rows, report.refused, report.repeated, len(report.batch_ids)) == (4, 0, 0, 1)
    assert report.lag is not None
    assert report.schema["amount"] == "decimal(18,2)"
    rows = stand.rows(names.changes_table(stand.contract.name)).to_pylist()
    assert sorted(row["amount"] for row in rows if row["amount"] is not None) == [
        Decimal("0.01"),
        Decimal("1.10"),
        Decimal("9999999999999999.99"),
    ]
    tombstone = next(row for row in rows if row["_deleted"])
    assert (tombstone["payment_id"], tombstone["_row"]) == ("p2", 2)
    assert stand.ingest_changes().rows == 0
    assert stand.view("payment_id, amount") == [{"payment_id": "p1", "amount": Decimal("1.10")}]


def test_run_killed_between_commit_and_done(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    class KilledError(BaseException):
        pass

    def kill(_: object) -> None:
        raise KilledError

    stand.put_changes("a", [(1, payment("p1"), False)])
    with monkeypatch.context() as patch:
        patch.setattr(stand.ledger, "done", kill)
        with pytest.raises(KilledError):
            stand.ingest_changes()
    stand.put_changes("b", [(2, payment("p2"), False)])  # lands before the restart: not part of the open batch
    report = stand.ingest_changes()
    assert (report.repeated, len(report.batch_ids)) == (1, 2)
    assert stand.rows(names.changes_table(stand.contract.name)).num_rows == 2
    assert stand.ledger.pending(Lane.CHANGES, stand.contract.name) == []


def test_racing_writers_commit_a_batch_once(stand: Stand) -> None:
    expected = 0
    stand.lake.ensure(stand.contract)
    for round_number in range(3):
        stand.put_changes(f"r{round_number}", [(round_number * 10 + n, payment(f"p{n}"), False) for n in range(5)])
        expected += 5
        start, errors = threading.Barrier(3), []

        def run(start: threading.Barrier = start, errors: list[Exception] = errors) -> None:
            other = stand.with_settings()
            start.wait()
            try:
                other.ingest_changes()
            except Exception as error:  # noqa: BLE001 # handed to the test's thread
                errors.append(error)

        threads = [threading.Thread(target=run) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
    assert stand.rows(names.changes_table(stand.contract.name)).num_rows == expected
    assert stand.ledger.pending(Lane.CHANGES, stand.contract.name) == []


def test_bad_lines_go_to_quarantine_once_with_one_alert(stand: Stand) -> None:
    stand.alerts()
    good, bad = stand.envelope(1, payment("p1")), stand.envelope(2, payment("p2", amount="x", status="odd"))
    lines = [
        str(good).replace("'", '"').replace("False", "false"),
        str(bad).replace("'", '"').replace("False", "false"),
    ]
    stand.put_raw_changes("a.jsonl", "\n".join([*lines, "garbage", '{"entity": "other"}']).encode())
    stand.put_raw_changes("b.jsonl.gz", b"\x1f\x8b\x08\x00torn")
    report = stand.ingest_changes()
    assert (report.rows, report.refused) == (1, 4)
    assert report.reasons["amount:type"] == 1
    assert report.reasons["status:enum"] == 1
    torn, odd, garbage, stranger = stand.quarantine()
    assert {reason["rule"] for reason in odd["reasons"]} == {"type", "enum"}
    assert odd["payload"] == lines[1]
    assert garbage["payload"] == "garbage"
    assert stranger["reasons"][0]["rule"] == "row.envelope"
    assert torn["reasons"][0]["rule"] in ("file.truncated_gzip", "file.damaged_gzip")
    assert "versionId=" in torn["source"]
    assert len(stand.alerts()) == 1


def test_commit_later_than_its_allowance_is_refused_and_backs_off(stand: Stand) -> None:
    slow = stand.with_settings(commit_allowance=timedelta(0))
    stand.put_changes("a", [(1, payment("p1"), False)])
    with pytest.raises(CommitTooSlowError):
        slow.ingest_changes()
    waiting = stand.ledger.pending(Lane.CHANGES, stand.contract.name)
    assert [item.attempts for item in waiting] == [1]
    assert waiting[0].retry_at is not None
    assert stand.ingest_changes().rows == 0
    assert stand.ledger.claim(Lane.CHANGES, stand.contract.name, now=waiting[0].retry_at)
