"""The sensor over failed runs, evaluated as the daemon evaluates it: one alert, with the step and the reason."""

from collections.abc import Callable
from datetime import timedelta

import dagster as dg
import pytest

from txplatform.clock import utc_now
from txplatform.defs.runs import automation
from txplatform.errors import CommitConflictError, LakeError
from txplatform.lake import changes
from txplatform_tests.defs.bench import Bench

SENSOR = "failed_run_sensor"


@pytest.fixture
def fail(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Let a run of the given assets fail, tick the sensor, return the run's id."""
    cursor = bench.tick(SENSOR).cursor

    def run(error: Exception, *assets: str) -> str:
        nonlocal cursor

        def ingest(*_: object) -> None:
            raise error

        monkeypatch.setattr(changes, "ingest_changes", ingest)
        result = bench.repository.get_implicit_global_asset_job_def().execute_in_process(
            instance=bench.instance, asset_selection=[dg.AssetKey(asset) for asset in assets], raise_on_error=False
        )
        assert not result.success
        cursor = bench.tick(SENSOR, cursor).cursor
        return result.run_id

    return run


def test_a_failed_run_is_alerted_with_job_step_and_reason(bench: Bench, fail: Callable[..., str]) -> None:
    run_id = fail(LakeError("payments_changes does not fit its contract\nand more"), "payments_changes")
    (alert,) = bench.alerts()
    assert alert.startswith("__ASSET_JOB: payments_changes failed\n")
    assert run_id in alert
    assert "payments_changes: LakeError: payments_changes does not fit its contract" in alert
    assert "and more" not in alert
    assert "txplatform ledger list" in alert


def test_an_error_of_another_library_is_named_by_its_type_alone(bench: Bench, fail: Callable[..., str]) -> None:
    fail(ValueError("cannot parse 'jane@example.org'"), "payments_changes")
    (alert,) = bench.alerts()
    assert "payments_changes: ValueError" in alert
    assert "jane" not in alert


def test_a_job_that_keeps_failing_is_alerted_once_an_hour_for_each_step(
    bench: Bench, fail: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    error = CommitConflictError("other runs keep winning")
    fail(error, "payments_changes")
    fail(error, "payments_changes")
    assert len(bench.alerts()) == 1
    fail(error, "payments_changes", "trades_changes")
    (alert,) = bench.alerts()
    assert alert.startswith("__ASSET_JOB: trades_changes failed\n")
    monkeypatch.setattr(automation, "utc_now", lambda: utc_now() + timedelta(minutes=61))
    fail(error, "payments_changes")
    assert len(bench.alerts()) == 1


def test_a_lost_alert_is_made_up_for_by_the_next_failure(
    bench: Bench, fail: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as outage:
        bench.break_alerts(outage)
        fail(LakeError("no table"), "payments_changes")
    fail(LakeError("no table"), "payments_changes")
    assert len(bench.alerts()) == 1


def test_a_run_that_was_ended_from_outside_is_alerted_too(bench: Bench) -> None:
    cursor = bench.tick(SENSOR).cursor
    run = bench.instance.create_run_for_job(
        bench.repository.get_job("refresh_trades"), status=dg.DagsterRunStatus.STARTED
    )
    bench.instance.report_run_failed(run, "Exceeded maximum runtime of 900 seconds.")
    bench.tick(SENSOR, cursor)
    (alert,) = bench.alerts()
    assert alert.startswith("refresh_trades: run failed\n")
    assert "Exceeded maximum runtime" in alert
