"""The changes lane on a local AWS."""

import gzip
import json
import re
import threading
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from txplatform.clock import utc_now
from txplatform.contracts import names
from txplatform.contracts.model import Field, FieldType
from txplatform.contracts.names import Lane
from txplatform.errors import ContractTooOldError, LakeError
from txplatform.lake import changes as changes_module
from txplatform.ledger import MAX_ATTEMPTS
from txplatform_tests.lake_stand import Stand, csv_of, payment, set_ledger_clock

DAY = date(2026, 11, 1)


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


def test_who_wrote_reaches_the_changes_and_the_snapshot(stand: Stand) -> None:
    lines = [
        stand.envelope(1, payment("p1")) | {"trace_id": "trace-1", "written_by": "https://i#crm", "request_id": "r=1"},
        stand.envelope(2, payment("p2")),
        stand.envelope(3, payment("p4")) | dict.fromkeys(("trace_id", "written_by", "request_id"), "not acceptable\n"),
        stand.envelope(4, payment("p5")) | dict.fromkeys(("trace_id", "written_by", "request_id"), "x" * 600),
        stand.envelope(5, payment("p6")) | {"trace_id": 7, "written_by": {"a": 1}, "request_id": None},
        stand.envelope(6, payment("p7")) | {"written_by": "https://i#crm\n"},
    ]
    stand.put_raw_changes("a.jsonl.gz", gzip.compress("\n".join(map(json.dumps, lines)).encode(), mtime=0))
    stand.put_file(DAY, "old.csv", csv_of([payment("p3")]))
    stand.ingest_changes()
    stand.ingest_files(DAY)
    stand.fold()
    nothing = (None, None, None)
    # A number is a text that can serve as an id; polars reads it as such.
    written = {
        "p1": ("trace-1", "https://i#crm", "r=1"),
        "p6": ("7", None, None),
        **dict.fromkeys(("p2", "p3", "p4", "p5", "p7"), nothing),
    }
    for table in (names.changes_table, names.files_table, names.snapshot_table):
        rows = stand.rows(table(stand.contract.name)).to_pylist()
        found = {row["payment_id"]: (row["_trace_id"], row["_written_by"], row["_request_id"]) for row in rows}
        assert found.items() <= written.items()
    assert found == written


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
    assert stand.ingest_changes().rows == 0  # the attempt counts: the batch backs off
    set_ledger_clock(monkeypatch, lambda: utc_now() + timedelta(minutes=1))
    report = stand.ingest_changes()
    assert (report.repeated, len(report.batch_ids)) == (1, 2)
    assert stand.rows(names.changes_table(stand.contract.name)).num_rows == 2
    assert stand.ledger.pending(Lane.CHANGES, stand.contract.name) == []


def test_redriven_objects_of_a_committed_batch_are_there_twice_and_change_no_state(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        pass

    def kill(_: object) -> None:
        raise KilledError

    stand.put_changes("a", [(1, payment("p1"), False)])
    with monkeypatch.context() as patch:
        patch.setattr(stand.ledger, "done", kill)
        with pytest.raises(KilledError):
            stand.ingest_changes()
    stand.ledger.abandon(stand.ledger.pending(Lane.CHANGES, stand.contract.name), "does not fit")
    stand.put_changes("b", [(2, payment("p2"), False)])
    stand.ingest_changes()
    stand.ledger.redrive(Lane.CHANGES, stand.contract.name)
    stand.ingest_changes()
    rows = stand.rows(names.changes_table(stand.contract.name))
    assert sorted(rows["payment_id"].to_pylist()) == ["p1", "p1", "p2"]
    assert stand.view("payment_id") == [{"payment_id": "p1"}, {"payment_id": "p2"}]


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
    torn, odd, garbage, unrecognised = stand.quarantine()
    assert {reason["rule"] for reason in odd["reasons"]} == {"type", "enum"}
    assert odd["payload"] == lines[1]
    assert garbage["payload"] == "garbage"
    assert unrecognised["reasons"][0]["rule"] == "row.envelope"
    assert torn["reasons"][0]["rule"] in ("file.truncated_gzip", "file.damaged_gzip")
    assert "versionId=" in torn["source"]
    assert len(stand.alerts()) == 1


def test_a_resumed_batch_with_more_refused_leaves_nothing_behind(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    class KilledError(BaseException):
        pass

    def kill(*_: object) -> None:
        raise KilledError

    stand.put_changes("a", [(1, payment("bad", "x"), False), (2, payment("p2", "500.00"), False)])
    with monkeypatch.context() as patch:
        patch.setattr(changes_module, "append_once", kill)
        with pytest.raises(KilledError):
            stand.ingest_changes()
    assert len(stand.quarantine()) == 1
    stricter = (
        replace(item, maximum=Decimal(100)) if item.name == "amount" else item for item in stand.contract.fields
    )
    stand.contract = replace(stand.contract, fields=tuple(stricter))
    set_ledger_clock(monkeypatch, lambda: utc_now() + timedelta(minutes=1))
    assert (stand.ingest_changes().rows, len(stand.quarantine())) == (0, 2)


def test_an_outage_of_any_length_loses_nothing(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("503 Slow Down")

    now = utc_now()
    clock = [now]
    set_ledger_clock(monkeypatch, lambda: clock[0])
    stand.put_changes("a", [(1, payment("p1"), False)])
    stand.alerts()
    with monkeypatch.context() as patch:
        patch.setattr(changes_module, "gate_objects", fail)
        for _ in range(8):
            with pytest.raises(OSError, match="503"):
                stand.ingest_changes()
            clock[0] += timedelta(minutes=5)
    assert stand.alerts() == [f"{stand.contract.name}: 1 object failing repeatedly"]
    assert stand.ingest_changes().rows == 1


def test_an_outage_of_the_alerts_fails_no_batch(stand: Stand, caplog: pytest.LogCaptureFixture) -> None:
    mute = stand.with_settings(alerts_topic_arn="arn:aws:sns:us-east-1:123456789012:gone")
    stand.put_changes("a", [(1, payment("bad", "x"), False), (2, payment("p2"), False)])
    assert mute.ingest_changes().refused == 1
    assert stand.ledger.pending(Lane.CHANGES, stand.contract.name) == []
    assert f"alert not published: {stand.contract.name}: 1 row refused" in caplog.text


def test_a_table_that_does_not_fit_the_contract_backs_off(stand: Stand) -> None:
    stand.lake.ensure(stand.contract)
    fields = tuple(replace(item, scale=4) if item.name == "amount" else item for item in stand.contract.fields)
    stand.contract = replace(stand.contract, version="2.0.0", fields=fields)
    stand.put_changes("a", [(1, payment("p1"), False)])
    with pytest.raises(LakeError, match="does not fit"):
        stand.ingest_changes()
    (item,) = stand.ledger.pending(Lane.CHANGES, stand.contract.name)
    assert item.attempts == 1


def test_changes_of_a_newer_contract_wait_for_it(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = stand.envelope(1, payment("p1", risk="77")) | {"schema_version": "1.10.0"}
    stand.put_raw_changes("a.jsonl", json.dumps(newer).encode())
    present = stand.contract.version
    with pytest.raises(ContractTooOldError, match=re.escape(f"contract 1.10.0 meet contract {present}")):
        stand.ingest_changes()
    assert len(stand.ledger.pending(Lane.CHANGES, stand.contract.name)) == 1
    risk = Field("risk", FieldType.INTEGER, "Risk")
    stand.contract = replace(stand.contract, version="1.10.0", fields=(*stand.contract.fields, risk))
    set_ledger_clock(monkeypatch, lambda: utc_now() + timedelta(minutes=1))
    assert stand.ingest_changes().refused == 0
    assert stand.view("risk") == [{"risk": 77}]


def test_changes_that_cannot_pass_yet_hold_up_no_other(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [utc_now()]
    set_ledger_clock(monkeypatch, lambda: clock[0])
    newer = stand.envelope(1, payment("p1")) | {"schema_version": "9.0.0"}
    stand.put_changes("a", [(2, payment("p2"), False)])
    stand.put_raw_changes("b.jsonl", json.dumps(newer).encode())
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(ContractTooOldError):
            stand.ingest_changes()
        clock[0] += timedelta(minutes=5)
    stand.put_changes("c", [(3, payment("p3"), False)])
    for _ in range(2):  # one run may meet the stuck object after all others
        with pytest.raises(ContractTooOldError):
            stand.ingest_changes()
        clock[0] += timedelta(minutes=5)
    (stuck,) = stand.ledger.pending(Lane.CHANGES, stand.contract.name)
    assert stuck.object_key.endswith("b.jsonl")
    assert (stuck.reason or "").startswith("ContractTooOldError")
    assert stand.view("payment_id") == [{"payment_id": "p2"}, {"payment_id": "p3"}]


@pytest.mark.usefixtures("stand")
def test_a_change_record_is_taken_as_it_is() -> None:
    """The operational store holds no value where a source may leave it to a default: neither does its copy."""
    stand = Stand.of("trades")
    trade = {
        "venue": "kraken", "trade_id": "1", "symbol": "XBTUSD", "side": "buy", "order_type": "limit", "price": "1.0",
        "quantity": "1.0", "notional": "1.0", "currency": "USD", "executed_at": "2026-01-01T00:00:00.000000Z",
        "updated_at": "2026-01-01T00:00:00.000000Z",
    }  # fmt: skip
    stand.put_changes("a", [(1, trade, False), (2, trade | {"trade_id": "2", "updated_at": "1767225600"}, False)])
    report = stand.ingest_changes()
    assert (report.rows, report.reasons) == (1, {"updated_at:type": 1})
    assert stand.view("trade_id, is_block") == [{"trade_id": "1", "is_block": None}]
