"""Dagster's own runs past their time go, with what they left on disk, and what the UI shows as latest stays."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest

from txplatform.clock import utc_now
from txplatform.defs.maintenance.automation import maintenance_job_name
from txplatform.defs.maintenance.runs import delete_old_runs
from txplatform_tests.defs.bench import Bench

CHECK = dg.AssetCheckKey(dg.AssetKey("whole"), "sound")


@dg.asset(partitions_def=dg.StaticPartitionsDefinition(["a", "b"]))
def parted() -> None: ...


@dg.asset(check_specs=[dg.AssetCheckSpec("sound", asset="whole")])
def whole() -> dg.MaterializeResult:
    return dg.MaterializeResult(check_results=[dg.AssetCheckResult(check_name="sound", passed=False)])


@dg.asset
def broken() -> None:
    raise ValueError


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """The storage of one machine, as `dagster dev` has it."""
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        yield instance


def run(instance: dg.DagsterInstance, asset: dg.AssetsDefinition, partition: str | None = None) -> str:
    return dg.materialize([asset], instance=instance, partition_key=partition, raise_on_error=False).run_id


def left(instance: dg.DagsterInstance, after: timedelta) -> set[str]:
    delete_old_runs(instance, utc_now() + after, days=3, days_failed=30, jobs_kept=("kept",))
    return {item.run_id for item in instance.get_runs()}


def test_a_run_stays_while_it_made_the_latest_state_of_an_asset_or_partition(instance: dg.DagsterInstance) -> None:
    first_of_a, latest_of_a = run(instance, parted, "a"), run(instance, parted, "a")
    of_b = run(instance, parted, "b")
    first, latest = run(instance, whole), run(instance, whole)
    assert left(instance, timedelta(days=2)) == {first_of_a, latest_of_a, of_b, first, latest}
    assert left(instance, timedelta(days=4)) == {latest_of_a, of_b, latest}
    assert left(instance, timedelta(days=400)) == {latest_of_a, of_b, latest}
    assert instance.get_materialized_partitions(parted.key) == {"a", "b"}


def test_a_failed_run_stays_longer_and_then_leaves_nothing_on_disk(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    failed = run(instance, broken)
    assert list(tmp_path.rglob(f"*{failed}*"))
    assert left(instance, timedelta(days=29)) == {failed}
    assert left(instance, timedelta(days=31)) == set()
    assert not list(tmp_path.rglob(f"*{failed}*"))


def test_the_result_of_a_check_outlives_its_run(instance: dg.DagsterInstance) -> None:
    checked = run(instance, whole)
    instance.delete_run(checked)
    record = instance.get_latest_asset_check_evaluation_record(CHECK)
    assert record
    assert isinstance(record.evaluation, dg.AssetCheckEvaluation)
    assert not record.evaluation.passed


def test_maintenance_of_an_entity_starts_unless_its_last_run_is_active(bench: Bench, tmp_path: Path) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        job = bench.repository.get_job(maintenance_job_name("payments"))

        def starts(entity: str) -> bool:
            context = dg.build_schedule_context(
                instance=instance, scheduled_execution_time=utc_now(), repository_def=bench.repository
            )
            schedule = bench.repository.get_schedule_def(f"{maintenance_job_name(entity)}_schedule")
            return bool(schedule.evaluate_tick(context).run_requests)

        assert starts("payments")
        instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
        assert not starts("payments")
        assert starts("trades")
