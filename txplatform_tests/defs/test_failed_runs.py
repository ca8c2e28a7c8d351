"""The sensor over failed runs, evaluated as the daemon evaluates it: who is alerted of what, and how often."""

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
JOB = "ingest_payments_changes"


@pytest.fixture
def tick(bench: Bench) -> Callable[[], list[str]]:
    """Evaluate the sensor with what the last evaluation left, as often as the test calls it; return its alerts."""
    cursor = bench.tick(SENSOR).cursor

    def evaluate() -> list[str]:
        nonlocal cursor
        cursor = bench.tick(SENSOR, cursor).cursor
        return bench.alerts()

    return evaluate


@pytest.fixture
def fail(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Let a run of a job, or of the given assets, fail; return its id."""

    def run(error: Exception, job: str = JOB, *assets: str) -> str:
        def ingest(*_: object) -> None:
            raise error

        monkeypatch.setattr(changes, "ingest_changes", ingest)
        result = bench.repository.get_job(job).execute_in_process(
            instance=bench.instance,
            asset_selection=[dg.AssetKey(asset) for asset in assets] or None,
            raise_on_error=False,
        )
        assert not result.success
        return result.run_id

    return run


def _ended_from_outside(bench: Bench, job: str, message: str | None, *steps: str) -> str:
    """Let a run that has begun these steps be ended from outside, as run monitoring does it."""
    definition = bench.repository.get_job(job)
    run = bench.instance.create_run_for_job(definition, status=dg.DagsterRunStatus.STARTED, tags=definition.tags)
    for step in steps:
        event = dg.DagsterEvent(dg.DagsterEventType.STEP_START.value, job, step_key=step)
        bench.instance.report_dagster_event(event, run.run_id)
    bench.instance.report_run_failed(run, message)
    return run.run_id


def test_a_failed_run_is_alerted_with_job_entity_step_and_reason(
    fail: Callable[..., str], tick: Callable[[], list[str]]
) -> None:
    run_id = fail(LakeError("payments_changes does not fit its contract\nand more"))
    (alert,) = tick()
    assert alert.startswith(f"{JOB}: payments_changes failed\nJob {JOB} of payments:\n")
    assert f"run {run_id}" in alert
    assert "payments_changes: LakeError: payments_changes does not fit its contract" in alert
    assert "and more" not in alert
    assert "txplatform ledger list" in alert
    assert tick() == []


def test_an_error_of_another_library_is_named_by_its_type_alone(
    fail: Callable[..., str], tick: Callable[[], list[str]]
) -> None:
    fail(ValueError("cannot parse 'jane@example.org'"))
    (alert,) = tick()
    assert "payments_changes: ValueError" in alert
    assert "jane" not in alert


def test_a_job_that_keeps_failing_is_alerted_once_an_hour_for_each_step(
    bench: Bench, fail: Callable[..., str], tick: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    error = CommitConflictError("other runs keep winning")
    fail(error, bench.backfill_job, "payments_changes")
    assert len(tick()) == 1
    fail(error, bench.backfill_job, "payments_changes")
    assert tick() == []
    fail(error, bench.backfill_job, "payments_changes", "trades_changes")
    (alert,) = tick()
    assert alert.startswith("assets by hand or backfill: trades_changes failed\n")
    monkeypatch.setattr(automation, "utc_now", lambda: utc_now() + timedelta(minutes=61))
    fail(error, bench.backfill_job, "payments_changes")
    assert len(tick()) == 1


def test_another_failure_of_the_same_step_is_alerted_within_the_hour_and_another_count_is_not(
    fail: Callable[..., str], tick: Callable[[], list[str]]
) -> None:
    fail(LakeError("3 objects stay pending"))
    assert len(tick()) == 1
    fail(LakeError("4 objects stay pending"))
    assert tick() == []
    fail(LakeError("no table"))
    (alert,) = tick()
    assert "no table" in alert


def test_an_alert_that_cannot_be_sent_is_tried_again_and_holds_up_no_other(
    bench: Bench, fail: Callable[..., str], tick: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish = bench.platform.alerts.publish
    with monkeypatch.context() as outage:
        outage.setattr(
            bench.platform.alerts,
            "publish",
            lambda subject, lines: "payments" not in subject and publish(subject, lines),
        )
        lost = fail(LakeError("no table"))
        fail(LakeError("no table"), "ingest_trades_changes")
        (alert,) = tick()
        assert alert.startswith("ingest_trades_changes: ")
        assert tick() == []
    monkeypatch.setattr(automation, "utc_now", lambda: utc_now() + timedelta(minutes=61))
    (alert,) = tick()
    assert alert.startswith(f"{JOB}: ")
    assert lost in alert
    assert tick() == []


def test_many_failed_runs_are_one_alert_and_do_not_delay_that_of_another(
    bench: Bench, fail: Callable[..., str], tick: Callable[[], list[str]]
) -> None:
    for _ in range(30):
        last = _ended_from_outside(bench, bench.backfill_job, "Exceeded maximum runtime of 9 seconds.", "trades_files")
    fail(LakeError("no table"))
    first, second = sorted(tick())
    assert first.startswith("assets by hand or backfill: trades_files failed\n")
    assert f"30 runs, the last one {last}" in first
    assert second.startswith(f"{JOB}: ")


def test_a_run_that_was_ended_from_outside_says_what_it_was_doing_and_what_ended_it(
    bench: Bench, tick: Callable[[], list[str]]
) -> None:
    _ended_from_outside(bench, "refresh_trades", "Exceeded maximum runtime of 900 seconds.", "trades", "trades_parity")
    (alert,) = tick()
    assert alert.startswith("refresh_trades: trades, trades_parity failed\nJob refresh_trades of trades:\n")
    assert "trades, trades_parity: Exceeded maximum runtime of 900 seconds." in alert


def test_the_reason_is_looked_for_where_the_failure_has_none(bench: Bench, tick: Callable[[], list[str]]) -> None:
    definition = bench.repository.get_job("fold_trades")
    run = bench.instance.create_run_for_job(definition, status=dg.DagsterRunStatus.STARTED)
    bench.instance.report_engine_event("Starting execution with a worker", run)
    bench.instance.report_run_canceling(run, message="Canceling due to exceeding maximum runtime of 1800 seconds.")
    bench.instance.report_run_failed(run)
    _ended_from_outside(bench, "refresh_trades", None)
    reasons = sorted(tick())
    assert "the run before its first step: Canceling due to exceeding maximum runtime of 1800 seconds." in reasons[0]
    assert "it was marked as failed from outside, and no reason was recorded" in reasons[1]


def test_a_red_check_that_blocks_has_its_own_alert_alone(bench: Bench, tick: Callable[[], list[str]]) -> None:
    key = dg.AssetKey("figures")

    @dg.asset_check(asset=key, blocking=True)
    def proof() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=False)

    @dg.asset(key=key)
    def figures() -> None: ...

    @dg.asset(deps=[key])
    def page() -> None: ...

    definitions = dg.Definitions(assets=[figures, page], asset_checks=[proof], executor=dg.in_process_executor)
    job = definitions.get_repository_def().get_implicit_global_asset_job_def()
    assert not job.execute_in_process(instance=bench.instance, raise_on_error=False).success
    assert tick() == []
