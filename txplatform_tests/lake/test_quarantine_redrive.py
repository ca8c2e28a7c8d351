"""Redriving quarantined rows after a contract was corrected: each once, nothing newer overwritten, whatever dies."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.lake import day_replacement, quarantine_redrive
from txplatform.lake.quarantine_filter import EVERY_ROW, QuarantineFilter
from txplatform.lake.quarantine_purge import purge_quarantined
from txplatform.lake.quarantine_redrive import redrive_changes, redrive_files
from txplatform.lake.quarantine_trial import Trial, try_changes, try_files
from txplatform.lake.quarantined_rows import QuarantinedRow, quarantined
from txplatform.progress import silent
from txplatform_tests.lake_stand import BUCKET, Stand, csv_of, payment

DAY, NEXT = date(2026, 1, 1), date(2026, 1, 2)


def _corrected(stand: Stand) -> Stand:
    """The stand, whose contract allows the status `odd` from now on."""
    fields = tuple(
        replace(field, enum=(*field.enum, "odd")) if field.name == "status" else field
        for field in stand.contract.fields
    )
    return Stand(replace(stand.contract, fields=fields), stand.settings)


def _rows(stand: Stand, chosen: QuarantineFilter = EVERY_ROW) -> list[QuarantinedRow]:
    found = [row for batch in quarantined(stand.contract, stand.lake, chosen, payloads=True) for row in batch]
    return sorted(found, key=lambda row: (row.day, row.source, row.row))


def _try_files(stand: Stand) -> Trial:
    rows = [row for row in _rows(stand) if row.lane is Lane.FILES]
    return try_files(stand.contract, stand.lake, stand.ledger.landing_area, rows)


def _redrive_files(stand: Stand) -> list[date]:
    return redrive_files(stand.contract, stand.lake, stand.ledger, stand.topic, _try_files(stand), silent)


def _redrive_changes(stand: Stand) -> Trial:
    trial = try_changes(stand.contract, _rows(stand))
    redrive_changes(stand.contract, stand.lake, stand.ledger, stand.topic, trial.passing, silent)
    return trial


def _states(stand: Stand) -> dict[str, str]:
    return {row["payment_id"]: row["status"] for row in stand.view("payment_id, status")}


@pytest.fixture
def changes(stand: Stand) -> Stand:
    """Changes of which two are refused for their status and one for its amount; p2 was changed again since."""
    refused = [payment("p1", status="odd"), payment("p2", status="odd"), payment("p3", amount="1.005", status="odd")]
    stand.put_changes("one", [(place, record, False) for place, record in enumerate(refused, 1)])
    stand.ingest_changes()
    stand.put_changes("two", [(9, payment("p2", status="refunded", minute=5), False)])
    stand.ingest_changes()
    assert len(_rows(stand)) == 3
    return _corrected(stand)


def test_changes_that_pass_come_in_and_the_newer_state_of_a_key_stays(changes: Stand) -> None:
    trial = _redrive_changes(changes)
    assert (len(trial.passing), trial.refused_rows, dict(trial.refused)) == (2, 1, {"amount:scale": 1})
    assert _states(changes) == {"p1": "odd", "p2": "refunded"}
    (left,) = _rows(changes)
    assert [reason["rule"] for reason in left.reasons] == ["scale", "enum"]


def test_a_run_killed_between_quarantine_and_rows_leaves_its_day_to_the_next(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        pass

    def kill(*_: object) -> None:
        raise KilledError

    stand.put_file(DAY, "a.csv", csv_of([payment("p1"), payment("p2", status="odd")]))
    stand.ingest_files(DAY)
    corrected = _corrected(stand)
    with monkeypatch.context() as patch:
        patch.setattr(day_replacement, "replace_days", kill)
        with pytest.raises(KilledError):
            corrected.ingest_files(DAY)
    assert (_rows(stand), set(_states(stand))) == ([], {"p1"}), "the row is neither here nor there"

    (item,) = corrected.ledger.pending(Lane.FILES, stand.contract.name)
    assert item.dt == DAY
    corrected.ingest_files(item.dt)

    assert _states(corrected) == {"p1": "captured", "p2": "odd"}
    assert corrected.ledger.pending(Lane.FILES, stand.contract.name) == []


def test_a_day_taken_again_with_quarantined_rows_has_nothing_pending_after(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, lost = day_replacement.replace_days, [False, True]

    def lose_a_race(*arguments: Any) -> object:
        return None if lost.pop() else real(*arguments)

    for name in ("a.csv", "b.csv"):
        stand.put_file(DAY, name, csv_of([payment(name), payment("p2", status="odd")]))
    stand.ingest_files(DAY)
    with monkeypatch.context() as patch:
        patch.setattr(day_replacement, "replace_days", lose_a_race)
        stand.ingest_files(DAY)
    assert lost == []
    assert stand.ledger.pending(Lane.FILES, stand.contract.name) == []
    assert len(_rows(stand)) == 2


def test_changes_under_the_old_contract_stay_where_they_are(stand: Stand, changes: Stand) -> None:
    trial = try_changes(stand.contract, _rows(stand))
    assert (trial.passing, trial.refused_rows) == ([], 3)


@pytest.mark.parametrize("dies_in", ["ingest_landed", "remove_quarantined"])
def test_a_redrive_of_changes_that_dies_is_completed_by_the_next(
    changes: Stand, monkeypatch: pytest.MonkeyPatch, dies_in: str
) -> None:
    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(quarantine_redrive, dies_in, die)
        with pytest.raises(KeyboardInterrupt):
            _redrive_changes(changes)
    assert len(_rows(changes)) == 3
    _redrive_changes(changes)
    assert _states(changes) == {"p1": "odd", "p2": "refunded"}
    assert len(_rows(changes)) == 1
    table = changes.rows(names.changes_table(changes.contract.name)).to_pylist()
    assert sorted(row["payment_id"] for row in table) == ["p1", "p2", "p2"]
    listed = changes.clients.client("s3").list_object_versions(Bucket=BUCKET, Prefix=f"cdc/{changes.contract.name}/")
    assert sum("redriven-" in item.get("Key", "") for item in listed.get("Versions", [])) == 1


def test_a_payload_whose_bytes_were_replaced_never_passes(changes: Stand) -> None:
    row = replace(_rows(changes)[0], reasons=[{"field": "", "rule": "row.encoding", "message": ""}])
    trial = try_changes(changes.contract, [row])
    assert (trial.passing, dict(trial.refused)) == ([], {":row.encoding": 1})


@pytest.fixture
def files(stand: Stand) -> Stand:
    """A day with two refused rows and a good one, and a good day; p1 is newer in the second day."""
    day = [payment("p1", status="odd"), payment("p2", status="odd"), payment("p3"), payment("p4", amount="1.005")]
    stand.put_file(DAY, "a.csv", csv_of(day))
    stand.put_file(NEXT, "b.csv", csv_of([payment("p1", status="refunded", minute=5)]))
    stand.ingest_files(DAY, NEXT)
    assert len(_rows(stand)) == 3
    return _corrected(stand)


def test_rows_of_a_file_come_in_with_their_day_and_the_newer_state_of_a_key_stays(files: Stand) -> None:
    trial = _try_files(files)
    assert (len(trial.passing), dict(trial.refused), trial.gone) == (2, {"amount:scale": 1}, [])
    assert _redrive_files(files) == []
    assert _states(files) == {"p1": "refunded", "p2": "odd", "p3": "captured"}
    (left,) = _rows(files)
    assert [reason["rule"] for reason in left.reasons] == ["scale"]
    assert files.rows(names.files_table(files.contract.name)).num_rows == 4


def test_a_redriven_day_that_is_taken_again_holds_each_row_once(files: Stand) -> None:
    _redrive_files(files)
    files.ingest_files(DAY)
    assert _redrive_files(files) == []
    assert files.rows(names.files_table(files.contract.name)).num_rows == 4
    assert len(_rows(files)) == 1


@pytest.mark.parametrize("dies_in", ["replace_refused", "replace_days"])
def test_a_redrive_of_files_that_dies_is_completed_by_the_sensors_next_run(
    files: Stand, monkeypatch: pytest.MonkeyPatch, dies_in: str
) -> None:
    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(f"txplatform.lake.day_replacement.{dies_in}", die)
        with pytest.raises(KeyboardInterrupt):
            _redrive_files(files)
    pending = files.ledger.pending(Lane.FILES, files.contract.name)
    assert [item.dt for item in pending] == [DAY]
    files.ingest_files(*{item.dt for item in pending})
    assert files.ledger.pending(Lane.FILES, files.contract.name) == []
    assert _states(files) == {"p1": "refunded", "p2": "odd", "p3": "captured"}
    assert len(_rows(files)) == 1


def test_a_day_of_which_a_file_is_gone_is_left_alone(files: Stand) -> None:
    files.put_file(DAY, "gone.csv", csv_of([payment("p9", status="odd", amount="1.005")]))
    Stand(replace(files.contract, fields=Stand.of("payments").contract.fields), files.settings).ingest_files(DAY)
    key = f"raw/{files.contract.name}/dt={DAY}/gone.csv"
    files.clients.client("s3").delete_object(Bucket=BUCKET, Key=key)
    trial = _try_files(files)
    assert [row.object_key for row in trial.gone] == [key]
    before = _rows(files)
    assert _redrive_files(files) == [DAY]
    assert _rows(files) == before
    assert files.ledger.pending(Lane.FILES, files.contract.name) == []


def test_a_file_that_was_delivered_again_is_not_taken_for_the_one_that_was_refused(files: Stand) -> None:
    files.put_file(DAY, "a.csv", csv_of([payment("p1", status="odd")]))
    trial = _try_files(files)
    assert (len(trial.gone), trial.passing) == (3, [])


def test_rows_are_found_by_rule_field_day_lane_and_origin(files: Stand) -> None:
    found: Callable[..., int] = lambda **chosen: len(_rows(files, QuarantineFilter(**chosen)))  # noqa: E731
    assert found(rules=frozenset({"enum"})) == 2
    assert found(fields=frozenset({"amount"})) == 1
    assert found(rules=frozenset({"enum"}), fields=frozenset({"amount"})) == 0
    assert (found(first=DAY, last=DAY), found(first=NEXT), found(last=date(2025, 12, 31))) == (3, 0, 0)
    assert (found(lane=Lane.FILES), found(lane=Lane.CHANGES)) == (3, 0)
    assert (found(origin="a.csv"), found(origin="b.csv")) == (3, 0)
    assert found(ids=frozenset({_rows(files)[0].quarantine_id})) == 1


def test_a_purge_leaves_an_audit_line_and_the_other_rows(files: Stand) -> None:
    rows = _rows(files, QuarantineFilter(rules=frozenset({"enum"})))
    uri = purge_quarantined(files.contract, files.lake, rows, "rule enum", rows[0].quarantined_at)
    assert [reason["rule"] for row in _rows(files) for reason in row.reasons] == ["scale"]
    key = uri.removeprefix(f"s3://{BUCKET}/")
    text = files.clients.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()
    assert key.startswith(f"audit/quarantine/{files.contract.name}/2")
    assert '"by":"arn:aws:' in text
    assert '"count":2' in text
    assert all(row.quarantine_id in text for row in rows)
    assert "odd" not in text
