"""The limits of dagster.yaml, as Dagster reads them, against the jobs and assets that they are written for."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.defs.keys import BACKGROUND_TAG, LANE_TAG, MAX_RUNTIME_TAG

CONFIG = Path(__file__).parents[2] / "dagster.yaml"
ENTITIES = tuple(load_contracts())
LANES = {
    **{f"ingest_{entity}_files": f"{entity}/files" for entity in ENTITIES},
    **{f"fold_{entity}": f"{entity}/fold" for entity in ENTITIES},
    **{f"refresh_{entity}": f"{entity}/refresh" for entity in ENTITIES},
    "refresh_all": "refresh",
    "publish_dashboard": "dashboard",
    "reconcile": "reconcile",
    **{f"maintain_{entity}": f"{entity}/maintenance" for entity in ENTITIES},
    "retention": "retention",
}
URGENT = {f"ingest_{entity}_changes": f"{entity}/changes" for entity in ENTITIES}


@pytest.fixture
def shipped(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    shutil.copy(CONFIG, tmp_path)
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        yield instance


def _jobs(repository: dg.RepositoryDefinition) -> dict[str, dg.JobDefinition]:
    return {job.name: job for job in repository.get_all_jobs() if not job.name.startswith("__")}


def test_every_job_runs_in_a_lane_of_its_entity(repository: dg.RepositoryDefinition) -> None:
    assert {name: job.tags.get(LANE_TAG) for name, job in _jobs(repository).items()} == LANES | URGENT


def test_whatever_works_in_the_background_leaves_a_slot_for_the_changes_of_each_entity(
    shipped: dg.DagsterInstance, repository: dg.RepositoryDefinition
) -> None:
    queue = shipped.get_concurrency_config().run_queue_config
    assert queue is not None
    lane, background, backfill = queue.tag_concurrency_limits
    assert lane == {"key": LANE_TAG, "value": {"applyLimitPerUniqueValue": True}, "limit": 1}
    assert background["key"] == BACKGROUND_TAG
    assert backfill == {"key": "dagster/backfill", "limit": 1}
    assert {name for name, job in _jobs(repository).items() if BACKGROUND_TAG not in job.tags} == set(URGENT)
    assert queue.max_concurrent_runs - background["limit"] - backfill["limit"] >= len(ENTITIES)


def test_files_of_an_entity_are_replaced_by_one_run_at_a_time(
    shipped: dg.DagsterInstance, repository: dg.RepositoryDefinition
) -> None:
    pools = shipped.get_concurrency_config().pool_config
    assert pools.pool_granularity is not None
    assert (pools.pool_granularity.value, pools.default_pool_limit) == ("run", 1)
    for entity in ENTITIES:
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
    assert limits["ingest_payments_changes"] <= 30 * 60
    assert limits["fold_payments"] <= 30 * 60
    assert limits["ingest_payments_files"] <= 60 * 60
