"""The limits of dagster.yaml, as Dagster reads them, against the jobs and assets that they are written for."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from txplatform.defs.keys import LANE_TAG, MAX_RUNTIME_TAG

CONFIG = Path(__file__).parents[2] / "dagster.yaml"
LANES = {
    "ingest_changes": "changes",
    "ingest_customers_files": "files",
    "ingest_payments_files": "files",
    "ingest_trades_files": "files",
    "reconcile": "reconcile",
    "refresh": "refresh",
    "maintain": "reconcile",
    "retention": "reconcile",
}


@pytest.fixture
def shipped(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    shutil.copy(CONFIG, tmp_path)
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        yield instance


def _jobs(repository: dg.RepositoryDefinition) -> dict[str, dg.JobDefinition]:
    return {job.name: job for job in repository.get_all_jobs() if not job.name.startswith("__")}


def test_every_job_runs_in_a_lane(repository: dg.RepositoryDefinition) -> None:
    assert {name: job.tags.get(LANE_TAG) for name, job in _jobs(repository).items()} == LANES


def test_one_run_a_lane_and_one_backfill_leave_a_slot_for_changes(shipped: dg.DagsterInstance) -> None:
    queue = shipped.get_concurrency_config().run_queue_config
    assert queue is not None
    lane, backfill = queue.tag_concurrency_limits
    assert lane == {"key": LANE_TAG, "value": {"applyLimitPerUniqueValue": True}, "limit": 1}
    assert backfill == {"key": "dagster/backfill", "limit": 1}
    assert queue.max_concurrent_runs == len(set(LANES.values())) + backfill["limit"]


def test_files_of_an_entity_are_replaced_by_one_run_at_a_time(
    shipped: dg.DagsterInstance, repository: dg.RepositoryDefinition
) -> None:
    pools = shipped.get_concurrency_config().pool_config
    assert pools.pool_granularity is not None
    assert (pools.pool_granularity.value, pools.default_pool_limit) == ("run", 1)
    for entity in ("customers", "payments", "trades"):
        assert repository.asset_graph.get(dg.AssetKey(f"{entity}_files")).pools == {f"{entity}_files"}


def test_any_number_of_days_is_one_run(repository: dg.RepositoryDefinition) -> None:
    policy = repository.asset_graph.get(dg.AssetKey("payments_files")).backfill_policy
    assert policy == dg.BackfillPolicy.single_run()


def test_the_daemon_compares_assets_with_their_service_levels(shipped: dg.DagsterInstance) -> None:
    assert shipped.freshness_enabled
    assert "FRESHNESS_DAEMON" in shipped.get_required_daemon_types()


def test_a_run_that_hangs_is_ended_and_a_long_backfill_is_not(
    shipped: dg.DagsterInstance, repository: dg.RepositoryDefinition
) -> None:
    assert shipped.run_monitoring_enabled
    longest = shipped.run_monitoring_max_runtime_seconds
    assert longest >= 6 * 60 * 60
    limits = {name: int(job.tags.get(MAX_RUNTIME_TAG, longest)) for name, job in _jobs(repository).items()}
    assert limits["ingest_changes"] <= 15 * 60
    assert limits["refresh"] <= 30 * 60
    assert limits["ingest_payments_files"] <= 60 * 60
