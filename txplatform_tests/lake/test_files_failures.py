"""Failures in the files lane: what is counted, what is refused, and what holds up nothing else."""

from collections.abc import Iterable
from datetime import date
from typing import BinaryIO

import pytest
from polars.exceptions import PanicException

from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.errors import LakeError
from txplatform.ingest import object_gate
from txplatform.ingest.batch import RawBatch
from txplatform.lake import day_replacement, delivery
from txplatform.lake import files as files_module
from txplatform.ledger import LandingArea
from txplatform_tests.lake_stand import BUCKET, Stand, csv_of, payment

DAY, NEXT = date(2026, 1, 1), date(2026, 1, 2)


@pytest.mark.parametrize(
    ("error", "abandoned", "subject"),
    [(OSError("no route"), 0, "1 object failing repeatedly"), (LakeError("no fit"), 1, "1 object abandoned")],
)
def test_failure_counts_an_attempt_on_the_days_objects(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, error: Exception, abandoned: int, subject: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    stand.put_file(DAY, "a.csv", csv_of([payment("p1")]))
    stand.alerts()
    steps = [(files_module, "prepare"), (LandingArea, "objects"), *[(day_replacement, "replace_days")] * 4]
    for place, step in steps:
        with monkeypatch.context() as patch:
            patch.setattr(place, step, fail)
            with pytest.raises(type(error)):
                stand.ingest_files(DAY)
    assert len(stand.ledger.abandoned(Lane.FILES, stand.contract.name)) == abandoned
    assert len(stand.ledger.pending(Lane.FILES, stand.contract.name)) == 1 - abandoned
    assert stand.alerts() == [f"{stand.contract.name}: {subject}"]
    stand.ledger.redrive(Lane.FILES, stand.contract.name)
    assert stand.ingest_files(DAY).rows == 1
    assert stand.ledger.pending(Lane.FILES, stand.contract.name) == []


def test_an_attempt_that_kills_its_process_is_counted(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    class KilledError(BaseException):
        pass

    def kill(*_: object) -> None:
        raise KilledError

    stand.put_file(DAY, "a.csv", csv_of([payment("p1")]))
    stand.alerts()
    monkeypatch.setattr(delivery, "gate_objects", kill)
    for attempt in range(1, 8):
        with pytest.raises(KilledError):
            stand.ingest_files(DAY)
        (item,) = stand.ledger.pending(Lane.FILES, stand.contract.name)
        assert item.attempts == attempt
    assert stand.alerts() == [f"{stand.contract.name}: 1 object failing repeatedly"]


def test_a_folder_that_is_not_a_day_of_the_calendar_holds_up_no_day(stand: Stand) -> None:
    key = f"{names.lane_prefix(Lane.FILES, stand.contract.name)}dt=2026-02-30/a.csv"
    stand.clients.client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"x")
    for day in (date(2026, 2, 28), date(2026, 3, 1)):
        stand.put_file(day, "a.csv", csv_of([payment(f"p{day.day}")]))
    assert stand.ingest_files(date(2026, 2, 28), date(2026, 3, 1)).rows == 2


def test_an_object_that_breaks_its_reader_is_refused_alone(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real, personal = delivery.read_file, "Jane Doe"

    def read(name: str, data: BinaryIO, contract: Contract) -> Iterable[RawBatch]:
        if name.endswith("panic.csv"):
            raise PanicException(personal)
        if name.endswith("error.csv"):
            raise ValueError(personal)
        return real(name, data, contract)

    monkeypatch.setattr(delivery, "read_file", read)
    for number, name in enumerate(("panic.csv", "good.csv", "error.csv")):
        stand.put_file(DAY, name, csv_of([payment(f"p{number}")]))
    report = stand.ingest_files(DAY)
    assert (report.rows, report.refused, report.days[0].reasons) == (1, 2, {":file.unreadable": 2})
    messages = sorted(row["reasons"][0]["message"] for row in stand.quarantine())
    assert messages == [f"the object cannot be read: {name}" for name in ("PanicException", "ValueError")]
    assert stand.ledger.pending(Lane.FILES, stand.contract.name) == []
    assert "raise ValueError(personal)" in caplog.text
    assert personal not in caplog.text


@pytest.mark.parametrize("error", [ImportError("no such module"), AttributeError("renamed"), LakeError("no fit")])
def test_a_defect_of_the_gate_refuses_no_object(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object) -> None:
        raise error

    stand.put_file(DAY, "a.csv", csv_of([payment("p1")]))
    with monkeypatch.context() as patch:
        patch.setattr(object_gate, "validate_rows", fail)
        with pytest.raises(type(error)):
            stand.ingest_files(DAY)
    (left,) = stand.ledger.pending(Lane.FILES, stand.contract.name)
    assert left.reason == f"{type(error).__name__}: {error}"
    assert stand.ingest_files(DAY).rows == 1


@pytest.mark.parametrize("error", [ImportError("no such module"), LakeError("no fit")])
def test_an_error_of_the_platform_while_reading_is_raised(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    stand.put_file(DAY, "a.csv", csv_of([payment("p1")]))
    monkeypatch.setattr(delivery, "read_file", fail)
    with pytest.raises(type(error)):
        stand.ingest_files(DAY)
    assert len(stand.ledger.pending(Lane.FILES, stand.contract.name)) == 1


def test_a_later_file_of_a_day_does_not_repeat_the_alert_on_an_earlier_one(stand: Stand) -> None:
    name = stand.contract.name
    stand.put_file(DAY, "a.csv", csv_of([payment("p1", "1.00"), payment("p2", "not a number")]))
    stand.ingest_files(DAY)
    assert stand.alerts() == [f"{name}: 1 row refused (files)"]
    stand.put_file(DAY, "b.csv", csv_of([payment("p3", "3.00")]))
    assert stand.ingest_files(DAY).refused == 1
    assert stand.alerts() == []
    stand.put_file(DAY, "c.csv", csv_of([payment("p4", "x"), payment("p5", "y")]))
    assert stand.ingest_files(DAY).refused == 3
    assert stand.alerts() == [f"{name}: 2 rows refused (files)"]
    stand.put_file(DAY, "a.csv", csv_of([payment("p1", "1.00"), payment("p2", "not a number either")]))
    stand.ingest_files(DAY)
    assert stand.alerts() == [f"{name}: 1 row refused (files)"]  # a new content of the first file
    assert stand.ingest_files(DAY).refused == 3
    assert stand.alerts() == [f"{name}: 3 rows refused (files)"]  # by hand, nothing new: all of the day
