"""Runs of the files asset over a lane that is scripted: which days they take, and what they materialise of them."""

from collections.abc import Sequence
from datetime import date, timedelta

import dagster as dg
import pytest

from txplatform.clock import utc_now
from txplatform.contracts.names import Lane
from txplatform.defs.files import partitions
from txplatform.defs.files.automation import days_request, files_job_name
from txplatform.errors import CommitConflictError
from txplatform.lake import files, quarantine
from txplatform.lake.reports import DayReport, FilesReport
from txplatform.ledger import HeldDay
from txplatform_tests.defs.bench import Bench, materializations

DAY = date(2026, 11, 20)
HELD = HeldDay(DAY, 1, {}, utc_now())
SENSOR = "raw_files_sensor"
FILES = dg.AssetKey("payments_files")


def _report(days: Sequence[date]) -> FilesReport:
    reports = tuple(DayReport(day, day.day, 0, 0, {}, ("s3://a",), HELD) for day in days)
    return FilesReport("payments", "payments_files", reports, (7,), {"amount": "decimal(18,2)"}, {})


def _execute(bench: Bench, request: dg.RunRequest) -> dg.ExecuteInProcessResult:
    job = bench.repository.get_job(files_job_name("payments"))
    return job.execute_in_process(
        request.run_config,
        bench.instance,
        request.partition_key,
        tags=None if request.partition_key else request.tags,
        raise_on_error=False,
    )


def test_a_run_takes_the_days_that_it_names_and_materialises_no_other(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[date] = []

    def ingest(contract: object, days: Sequence[date], *_: object, **__: object) -> FilesReport:
        taken.extend(days)
        return _report(days)

    monkeypatch.setattr(files, "ingest_files", ingest)
    monkeypatch.setattr(quarantine, "refused_since", lambda *_: 0)
    friday, monday = date(2026, 11, 13), date(2026, 11, 16)
    assert _execute(bench, days_request("payments", [friday, monday])).success
    assert taken == [friday, monday]
    assert bench.instance.get_materialized_partitions(FILES) == {"2026-11-13", "2026-11-16"}


def test_a_run_that_names_no_days_takes_all_of_its_range(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "ingest_files", lambda _, days, *__, **___: _report(days))
    monkeypatch.setattr(quarantine, "refused_since", lambda *_: 0)
    request = days_request("payments", [DAY - timedelta(days=2), DAY])
    assert _execute(bench, request._replace(run_config={})).success
    assert bench.instance.get_materialized_partitions(FILES) == {"2026-11-18", "2026-11-19", "2026-11-20"}


def test_a_named_day_out_of_the_range_fails_the_run(bench: Bench) -> None:
    request = days_request("payments", [DAY - timedelta(days=1), DAY])
    config = {"ops": {"payments_files": {"config": {"days": ["2026-11-27"]}}}}
    result = _execute(bench, request._replace(run_config=config))
    (failure,) = result.get_step_failure_events()
    error = failure.step_failure_data.user_failure_data
    assert error is not None
    expected = "no partitions of it: 2026-11-27. Remedy: name days from 2026-11-19 to 2026-11-20"
    assert expected in (error.description or "")


def test_what_was_committed_before_a_failure_is_materialised(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "_DAYS_OF_A_BATCH", 2)

    def ingest(contract: object, days: Sequence[date], *_: object, **__: object) -> FilesReport:
        if DAY in days:
            raise RuntimeError("the disk is gone")
        return _report(days)

    monkeypatch.setattr(files, "ingest_files", ingest)
    assert not _execute(bench, days_request("payments", [DAY - timedelta(days=back) for back in (4, 2, 0)])).success
    assert bench.instance.get_materialized_partitions(FILES) == {"2026-11-16", "2026-11-18"}


def test_a_failed_run_is_one_attempt(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    attempts: list[list[date]] = []

    def ingest(contract: object, days: list[date], *_: object, **__: object) -> None:
        attempts.append(days)
        raise CommitConflictError("other runs keep replacing the same days")

    monkeypatch.setattr(files, "ingest_files", ingest)
    job = bench.repository.get_job(files_job_name("payments"))
    result = job.execute_in_process(instance=bench.instance, partition_key=DAY.isoformat(), raise_on_error=False)
    assert not result.success
    assert attempts == [[DAY]]


@pytest.mark.parametrize(("config", "expected"), [({}, False), ({"empty_days": "delete"}, True)])
def test_days_whose_files_are_gone_are_deleted_only_when_the_run_asks_for_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, config: dict[str, str], expected: bool
) -> None:
    deletes: list[bool] = []

    def ingest(*_: object, delete_emptied: bool) -> FilesReport:
        deletes.append(delete_emptied)
        return FilesReport("payments", "payments_files", (), (), {}, {})

    monkeypatch.setattr(files, "ingest_files", ingest)
    monkeypatch.setattr(quarantine, "refused_since", lambda *_: 0)
    job = bench.repository.get_job(files_job_name("payments"))
    run_config = {"ops": {"payments_files": {"config": config}}}
    assert job.execute_in_process(run_config, bench.instance, partition_key=DAY.isoformat()).success
    assert deletes == [expected]


def test_days_whose_files_are_gone_fail_the_run_and_leave_the_others_materialised(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ingest(contract: object, days: list[date], *_: object, **__: object) -> FilesReport:
        emptied, *others = days
        reports = tuple(DayReport(day, day.day, 1, 0, {"amount:type": 1}, ("s3://a",), HELD) for day in others)
        return FilesReport("payments", "payments_files", reports, (7,), {}, {emptied: 3})

    monkeypatch.setattr(files, "ingest_files", ingest)
    for back in range(3):
        bench.land(Lane.FILES, "payments", DAY - timedelta(days=back))
    (request,) = bench.tick(SENSOR).run_requests or ()
    job = bench.repository.get_job(files_job_name("payments"))
    result = job.execute_in_process(instance=bench.instance, tags=request.tags, raise_on_error=False)
    assert not result.success
    (failure,) = result.get_step_failure_events()
    error = failure.step_failure_data.user_failure_data
    assert error is not None
    assert "2026-11-18 (3 rows)" in (error.description or "")
    assert error.metadata["code"].value == "days_emptied"
    assert bench.instance.get_materialized_partitions(dg.AssetKey("payments_files")) == {"2026-11-19", "2026-11-20"}
    day, refusal = (
        bench.instance.fetch_materializations(dg.AssetKey(name), limit=1).records[0].asset_materialization
        for name in ("payments_files", "payments_quarantine")
    )
    assert day is not None
    assert (day.partition, day.metadata["dagster/partition_row_count"].value) == ("2026-11-20", 20)
    assert day.metadata["pandera/rows_refused"].value == 1
    assert refusal is not None
    assert refusal.metadata["rows_refused"].value == 2


def test_a_range_is_one_run_with_the_counts_of_each_day(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def ingest(contract: object, days: list[date], *_: object, **__: object) -> FilesReport:
        reports = [
            DayReport(day, day.day, day.day % 2, 0, {"amount:type": 1} if day.day % 2 else {}, ("s3://a",), HELD)
            for day in days
        ]
        return FilesReport("payments", "payments_files", tuple(reports), (7,), {"amount": "decimal(18,2)"}, {})

    monkeypatch.setattr(files, "ingest_files", ingest)
    monkeypatch.setattr(quarantine, "refused_since", lambda *_: 1)
    bench.land(Lane.FILES, "payments", DAY)
    bench.land(Lane.FILES, "payments", DAY - timedelta(days=1))
    (request,) = bench.tick(SENSOR).run_requests or ()
    job = bench.repository.get_job(files_job_name("payments"))
    result = job.execute_in_process(instance=bench.instance, tags=request.tags)
    assert result.success
    events = materializations(result)
    rows = {event.partition: event.metadata for event in events if event.asset_key == dg.AssetKey("payments_files")}
    assert {day: metadata["dagster/partition_row_count"].value for day, metadata in rows.items()} == {
        "2026-11-19": 19,
        "2026-11-20": 20,
    }
    assert rows["2026-11-19"]["pandera/rows_refused"].value == 1
    (refusal,) = [event for event in events if event.asset_key == dg.AssetKey("payments_quarantine")]
    assert refusal.metadata["rows_refused"].value == 1
