"""The sensor of the files lane, evaluated as the daemon evaluates it, over a ledger in moto."""

from datetime import date, timedelta
from typing import Any

import dagster as dg
import pytest

from txplatform.clock import utc_now
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.names import Lane
from txplatform.defs.files import automation
from txplatform.defs.files.automation import files_job_name
from txplatform.lake import files
from txplatform.ledger import HeldDay, Ledger
from txplatform_tests.defs.bench import Bench

DAY = date(2026, 11, 20)
HELD = HeldDay(DAY, 1, {}, utc_now())
SENSOR = "raw_files_sensor"
START, END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"


def _requested(bench: Bench) -> list[tuple[str | None, str, str]]:
    """The requests of a tick as (job, first day, last day)."""
    found = []
    for request in bench.tick(SENSOR).run_requests or ():
        days = (request.partition_key, request.partition_key) if request.partition_key else None
        found.append((request.job_name, *(days or (request.tags[START], request.tags[END]))))
    return found


def test_nothing_pending_is_skipped_with_a_reason(bench: Bench) -> None:
    tick = bench.tick(SENSOR)
    assert not tick.run_requests
    assert "payments: nothing is pending" in (tick.skip_message or "")


def test_all_days_of_an_entity_are_one_run_that_names_them(bench: Bench) -> None:
    for back in (0, 1, 2, 5):
        bench.land(Lane.FILES, "payments", DAY - timedelta(days=back))
    bench.land(Lane.FILES, "payments", DAY, "second")
    bench.land(Lane.FILES, "trades", DAY)
    payments, trades = bench.tick(SENSOR).run_requests
    assert (payments.job_name, payments.tags[START], payments.tags[END]) == (
        "ingest_payments_files",
        "2026-11-15",
        "2026-11-20",
    )
    days = ["2026-11-15", "2026-11-18", "2026-11-19", "2026-11-20"]
    assert payments.run_config == {"ops": {"payments_files": {"config": {"days": days}}}}
    assert (trades.job_name, trades.partition_key) == ("ingest_trades_files", "2026-11-20")


def test_200_weekdays_are_one_run(bench: Bench) -> None:
    days = [DAY - timedelta(days=back) for back in range(280)]
    weekdays = sorted(day for day in days if day.weekday() < 5)
    assert len(weekdays) == 200
    for day in weekdays:
        bench.land(Lane.FILES, "payments", day)
    (request,) = bench.tick(SENSOR).run_requests or ()
    named = request.run_config["ops"]["payments_files"]["config"]["days"]
    assert named == [day.isoformat() for day in weekdays]


def test_a_day_that_can_never_be_a_partition_is_refused_and_holds_up_nothing(bench: Bench) -> None:
    bench.land(Lane.FILES, "trades", date(1999, 1, 1))
    bench.land(Lane.FILES, "trades", utc_now().date() + timedelta(days=30))
    bench.land(Lane.FILES, "trades", DAY)
    assert _requested(bench) == [("ingest_trades_files", "2026-11-20", "2026-11-20")]
    (left,) = bench.platform.ledger.pending(Lane.FILES, "trades")
    assert left.dt == DAY
    (alert,) = bench.alerts()
    assert "2 files refused" in alert
    assert "dt=1999-01-01/a" in alert


def test_files_whose_alert_failed_are_refused_by_the_next_tick_and_hold_up_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.land(Lane.FILES, "trades", date(1999, 1, 1))
    bench.land(Lane.FILES, "trades", DAY)
    with monkeypatch.context() as outage:
        bench.break_alerts(outage)
        assert _requested(bench) == [("ingest_trades_files", "2026-11-20", "2026-11-20")]
    assert len(bench.platform.ledger.pending(Lane.FILES, "trades")) == 2
    assert len(_requested(bench)) == 1
    assert len(bench.platform.ledger.pending(Lane.FILES, "trades")) == 1
    assert len(bench.alerts()) == 1


def test_refused_files_are_alerted_after_all_entities_are_evaluated(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    select, refuse = automation.objects_to_ingest, Ledger.abandon

    def evaluate(*arguments: Any) -> object:
        steps.append("evaluate")
        return select(*arguments)

    def note(*arguments: Any) -> None:
        steps.append("refuse")
        refuse(*arguments)
        raise ConnectionError("DynamoDB is out of reach")

    monkeypatch.setattr(automation, "objects_to_ingest", evaluate)
    monkeypatch.setattr(Ledger, "abandon", note)
    for entity in ("customers", "trades"):
        bench.land(Lane.FILES, entity, date(1999, 1, 1))
    bench.land(Lane.FILES, "payments", DAY)
    assert _requested(bench) == [("ingest_payments_files", "2026-11-20", "2026-11-20")]
    assert steps == [*["evaluate"] * len(load_contracts()), "refuse", "refuse"]


def test_an_error_of_one_entity_holds_up_no_other(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.land(Lane.FILES, "trades", DAY)
    bench.break_ledger(monkeypatch, "customers")
    assert _requested(bench) == [("ingest_trades_files", "2026-11-20", "2026-11-20")]


def test_when_no_entity_can_be_evaluated_each_is_named_and_alerted(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    entities = ("customers", "payments", "trades")
    bench.break_ledger(monkeypatch, *entities)
    skipped = bench.tick(SENSOR).skip_message or ""
    (alert,) = bench.alerts()
    assert all(f"{entity}: failed with ConnectionError" in text for entity in entities for text in (skipped, alert))


def test_a_file_of_tomorrow_waits_for_its_day(bench: Bench) -> None:
    bench.land(Lane.FILES, "trades", utc_now().date() + timedelta(days=1))
    assert _requested(bench) == []
    assert len(bench.platform.ledger.pending(Lane.FILES, "trades")) == 1
    assert bench.alerts() == []


def test_an_active_run_holds_its_entity_alone(bench: Bench) -> None:
    bench.land(Lane.FILES, "payments", DAY)
    bench.land(Lane.FILES, "trades", DAY)
    bench.run(files_job_name("payments"), dg.DagsterRunStatus.STARTED)
    assert [name for name, _, _ in _requested(bench)] == ["ingest_trades_files"]


def test_a_backfill_of_an_entity_holds_that_entity_alone(bench: Bench) -> None:
    bench.land(Lane.FILES, "payments", DAY)
    bench.land(Lane.FILES, "trades", DAY)
    run = bench.run(bench.backfill_job, dg.DagsterRunStatus.STARTED, "payments_files")
    assert [name for name, _, _ in _requested(bench)] == ["ingest_trades_files"]
    bench.instance.report_run_canceled(run)
    assert [name for name, _, _ in _requested(bench)] == ["ingest_payments_files", "ingest_trades_files"]


def test_a_tick_asks_for_no_more_runs_than_it_can_submit(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(automation, "MAX_REQUESTS", 2)
    for entity in ("customers", "payments", "trades"):
        bench.land(Lane.FILES, entity, DAY)
    assert [name for name, _, _ in _requested(bench)] == ["ingest_customers_files", "ingest_payments_files"]


def test_a_failed_run_loses_no_file(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def ingest(contract: object, days: list[date], *_: object, **__: object) -> None:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(files, "ingest_files", ingest)
    for back in range(3):
        bench.land(Lane.FILES, "payments", DAY - timedelta(days=back))
    (request,) = bench.tick(SENSOR).run_requests or ()
    job = bench.repository.get_job(files_job_name("payments"))
    result = job.execute_in_process(instance=bench.instance, tags=request.tags, raise_on_error=False)
    assert not result.success
    assert "left by a run that broke" in (bench.tick(SENSOR).skip_message or "")
    monkeypatch.setattr(automation, "utc_now", lambda: utc_now() + timedelta(seconds=31))
    assert _requested(bench) == [("ingest_payments_files", "2026-11-18", "2026-11-20")]
