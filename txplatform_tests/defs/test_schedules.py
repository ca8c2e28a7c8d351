"""The schedules, evaluated as the daemon evaluates them, and what the reconciliation that they start finds."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import pytest

from txplatform.clock import utc_now
from txplatform.contracts.names import Lane, lane_prefix
from txplatform_tests.defs.bench import Bench
from txplatform_tests.ledger.inventory_reports import csv_file, listed, put_report


def _evaluate(bench: Bench, schedule: str) -> list[dg.RunRequest] | str:
    context = dg.build_schedule_context(
        instance=bench.instance, scheduled_execution_time=utc_now(), repository_def=bench.repository
    )
    tick = bench.repository.get_schedule_def(schedule).evaluate_tick(context)
    return list(tick.run_requests or ()) or tick.skip_message or ""


@pytest.fixture
def stored(bench: Bench, tmp_path: Path) -> Iterator[Bench]:
    """The bench on an instance with a place on disk, which a schedule's context insists on."""
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        yield replace(bench, instance=instance)


@pytest.mark.parametrize(("schedule", "found"), [("reconcile_schedule", 1), ("reconcile_all_schedule", 2)])
def test_reconciliation_finds_recent_days_each_hour_and_all_days_each_day(
    bench: Bench, schedule: str, found: int
) -> None:
    s3 = bench.platform.clients.client("s3")
    s3.create_bucket(Bucket=bench.platform.settings.lake_bucket)
    for lane in Lane:
        for day in (utc_now().date() - timedelta(days=1), date(2021, 3, 14)):
            key = f"{lane_prefix(lane, 'trades')}dt={day}/a"
            s3.put_object(Bucket=bench.platform.settings.lake_bucket, Key=key, Body=b"x")
    (request,) = _evaluate(bench, schedule)
    assert isinstance(request, dg.RunRequest)
    job = bench.repository.get_job("reconcile")
    assert job.execute_in_process(dict(request.run_config), bench.instance).success
    for lane in Lane:
        assert len(bench.platform.ledger.pending(lane, "trades")) == found


@pytest.mark.parametrize("damage", [False, True])
def test_a_day_that_is_not_hot_is_compared_by_the_inventory_and_listed_where_it_cannot_be_read(
    bench: Bench, damage: bool
) -> None:
    bucket, s3 = bench.platform.settings.lake_bucket, bench.platform.clients.client("s3")
    s3.create_bucket(Bucket=bucket)
    for name in ("listed", "landed since"):
        s3.put_object(Bucket=bucket, Key=f"{lane_prefix(Lane.FILES, 'trades')}dt=2021-03-14/{name}", Body=b"x")
    rows = csv_file(listed(bench.platform.clients, bucket, f"{lane_prefix(Lane.FILES, 'trades')}dt=2021-03-14/listed"))
    put_report(bench.platform.clients, bucket, Lane.FILES, utc_now(), rows[: 20 if damage else None])
    (request,) = _evaluate(bench, "reconcile_all_schedule")
    assert isinstance(request, dg.RunRequest)
    job = bench.repository.get_job("reconcile")
    assert job.execute_in_process(dict(request.run_config), bench.instance).success
    found = {item.object_key.rpartition("/")[2] for item in bench.platform.ledger.pending(Lane.FILES, "trades")}
    assert found == ({"listed", "landed since"} if damage else {"listed"})
