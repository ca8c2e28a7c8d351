"""Which runs count as active on a lane."""

from datetime import timedelta

import dagster as dg
import pytest

from txplatform.clock import utc_now
from txplatform.defs.run_conditions import active_run
from txplatform_tests.defs.bench import Bench

Status = dg.DagsterRunStatus
REFRESH_JOB = "refresh_payments"
FILES = dg.AssetKey("payments_files")


@pytest.mark.parametrize(
    "status", [Status.NOT_STARTED, Status.QUEUED, Status.STARTING, Status.STARTED, Status.CANCELING]
)
def test_a_run_is_active_from_its_creation_to_its_end(bench: Bench, status: dg.DagsterRunStatus) -> None:
    run_id = bench.run(REFRESH_JOB, status).run_id
    assert active_run(bench.instance, REFRESH_JOB, (), utc_now()) == run_id
    assert active_run(bench.instance, "ingest_payments_changes", (), utc_now()) is None


@pytest.mark.parametrize("status", [Status.SUCCESS, Status.FAILURE, Status.CANCELED])
def test_a_run_that_has_ended_is_not(bench: Bench, status: dg.DagsterRunStatus) -> None:
    bench.run(REFRESH_JOB, status)
    assert active_run(bench.instance, REFRESH_JOB, (), utc_now()) is None


def test_a_long_run_stays_active_and_one_never_queued_does_not(bench: Bench) -> None:
    later = utc_now() + timedelta(hours=5)
    bench.run(REFRESH_JOB, Status.NOT_STARTED)
    assert active_run(bench.instance, REFRESH_JOB, (), later) is None
    run_id = bench.run(REFRESH_JOB, Status.STARTED).run_id
    assert active_run(bench.instance, REFRESH_JOB, (), later) == run_id


@pytest.mark.parametrize("status", [Status.STARTING, Status.STARTED, Status.CANCELING])
def test_a_backfill_is_active_on_its_assets_once_it_has_started(bench: Bench, status: dg.DagsterRunStatus) -> None:
    run = bench.run(bench.backfill_job, status, "payments_files")
    assert active_run(bench.instance, "ingest_payments_files", [FILES], utc_now()) == run.run_id
    assert active_run(bench.instance, "ingest_trades_files", [dg.AssetKey("trades_files")], utc_now()) is None


@pytest.mark.parametrize("status", [Status.NOT_STARTED, Status.QUEUED])
def test_a_backfill_that_waits_for_a_slot_holds_up_nothing(bench: Bench, status: dg.DagsterRunStatus) -> None:
    bench.run(bench.backfill_job, status, "payments_files")
    assert active_run(bench.instance, "ingest_payments_files", [FILES], utc_now()) is None
