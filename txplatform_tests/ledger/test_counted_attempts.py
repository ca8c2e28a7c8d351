"""Failed attempts on landed objects: what is counted, when objects are abandoned, and which alerts say so."""

from dataclasses import replace
from datetime import date

import pytest

from txplatform.contracts.names import Lane
from txplatform.errors import LakeError
from txplatform.lake import files as files_module
from txplatform.ledger import MAX_ATTEMPTS
from txplatform_tests.lake_stand import Stand, csv_of, payment

DAY = date(2026, 1, 1)


def test_terminal_errors_after_an_outage_have_five_attempts_of_their_own(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(error: Exception, times: int) -> None:
        def prepare(*_: object) -> None:
            raise error

        monkeypatch.setattr(files_module, "prepare", prepare)
        for _ in range(times):
            with pytest.raises(type(error)):
                stand.ingest_files(DAY)

    stand.put_file(DAY, "a.csv", csv_of([payment("p1")]))
    stand.alerts()
    fail(OSError("no route"), MAX_ATTEMPTS + 1)
    assert stand.alerts() == [f"{stand.contract.name}: 1 object failing repeatedly"]
    fail(LakeError("no fit"), MAX_ATTEMPTS - 1)
    assert stand.ledger.abandoned(Lane.FILES, stand.contract.name) == []
    fail(LakeError("no fit"), 1)
    assert len(stand.ledger.abandoned(Lane.FILES, stand.contract.name)) == 1
    assert stand.alerts() == [f"{stand.contract.name}: 1 object abandoned"]


def test_objects_are_abandoned_once_the_alert_is_published(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise LakeError("no fit")

    mute = stand.with_settings(alerts_topic_arn="arn:aws:sns:us-east-1:123456789012:gone")
    stand.put_file(DAY, "a.csv", csv_of([payment("p1")]))
    monkeypatch.setattr(files_module, "prepare", fail)
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(LakeError):
            mute.ingest_files(DAY)
    assert len(stand.ledger.pending(Lane.FILES, stand.contract.name)) == 1
    with pytest.raises(LakeError):
        stand.ingest_files(DAY)
    assert len(stand.ledger.abandoned(Lane.FILES, stand.contract.name)) == 1
    assert stand.alerts() == [f"{stand.contract.name}: 1 object abandoned"]


def test_an_object_that_is_done_is_not_among_those_that_failed(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    alerted: list[list[str]] = []

    def note(_entity: str, objects: list[str], outcome: str, _why: str) -> bool:
        if outcome == "abandoned":
            alerted.append(objects)
        return True

    monkeypatch.setattr(stand.topic, "publish_objects", note)
    stand.put_file(DAY, "a.csv", csv_of([payment("p1")]))
    stand.put_file(DAY, "b.csv", csv_of([payment("p2")]))
    pending = stand.ledger.pending(Lane.FILES, stand.contract.name)
    done, left = (replace(item, terminal_attempts=MAX_ATTEMPTS - 1) for item in pending)

    def work() -> None:
        with stand.ledger.counted_attempt(stand.topic, stand.contract.name, [done, left]) as tried:
            stand.ledger.done(tried[:1])
            raise LakeError("no fit")

    with pytest.raises(LakeError):
        work()
    assert alerted == [[left.uri]]
    assert [item.uri for item in stand.ledger.abandoned(Lane.FILES, stand.contract.name)] == [left.uri]
