"""The jobs and sensors of the current state, each entity on its own: fold what gathered, refresh and prove views."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import dagster as dg

from txplatform.clock import utc_now
from txplatform.contracts.model import Contract
from txplatform.defs.current.checks import PARITY
from txplatform.defs.entity_isolation import runs_of_each
from txplatform.defs.keys import EntityKeys, lane_tags
from txplatform.defs.resources import PlatformResource
from txplatform.defs.run_conditions import active_run, latest_run

FOLD, REFRESH = "fold", "refresh"  # lanes
REFRESH_ALL = "refresh_all"
PAUSE_AFTER_FAILED_FOLD = timedelta(minutes=5)
SHORTEST_PAUSE = timedelta(minutes=5)  # between the starts of two refreshes
LONGEST_PAUSE = timedelta(hours=6)
REFRESH_SHARE = 1 / 20  # of the time is spent on refreshes of an entity, however large it grows

_FOLD_SECONDS, _REFRESH_SECONDS = 30, 15  # between two evaluations of the sensors
_LONGEST_RUN = {FOLD: timedelta(minutes=30), REFRESH: timedelta(hours=3)}


def fold_job_name(entity: str) -> str:
    """The job that folds an entity."""
    return f"{FOLD}_{entity}"


def refresh_job_name(entity: str) -> str:
    """The job that refreshes an entity's views and proves them."""
    return f"{REFRESH}_{entity}"


def current_automation(
    contracts: Mapping[str, Contract],
    marts: Mapping[str, Sequence[dg.AssetKey]],
    declared: Sequence[dg.AssetChecksDefinition],
) -> dg.Definitions:
    """Build the two jobs of each entity, and the sensors that start them; `marts` has the marts of each entity.

    The checks that contracts `declared` are left out: they ask more of Athena than a refresh, and have an hour of their
    own.

    A third job refreshes all entities in one run, for whoever does not want to wait for the sensors.

    A fold is a job of its own, for the view does without: while folding fails, the view is exact, is refreshed and
    proven. Marts come after the proof, in the same job: parity blocks them while it is red.
    """
    folds = [
        dg.define_asset_job(
            fold_job_name(entity),
            selection=dg.AssetSelection.assets(keys.snapshot, keys.view).without_checks(),
            description=f"Fold what has gathered of {entity} into the snapshot, and refresh the view over it.",
            tags=lane_tags(FOLD, entity, max_runtime=_LONGEST_RUN[FOLD]),
        )
        for entity, keys in _keys(contracts)
    ]
    refreshes = [
        dg.define_asset_job(
            refresh_job_name(entity),
            selection=dg.AssetSelection.assets(keys.view, *marts[entity]) - dg.AssetSelection.checks(*declared),
            description=f"Refresh the view of {entity}, check its {PARITY}, and refresh the marts of what is proven.",
            tags=lane_tags(REFRESH, entity, max_runtime=_LONGEST_RUN[REFRESH]),
        )
        for entity, keys in _keys(contracts)
    ]
    views = [key for entity, keys in _keys(contracts) for key in (keys.view, *marts[entity])]
    refresh_all = dg.define_asset_job(
        REFRESH_ALL,
        selection=dg.AssetSelection.assets(*views) - dg.AssetSelection.checks(*declared),
        description=f"Refresh the views of all entities, check their {PARITY}, and refresh the marts, in one run.",
        tags=lane_tags(REFRESH, max_runtime=_LONGEST_RUN[REFRESH]),
    )

    @dg.sensor(
        jobs=folds,
        minimum_interval_seconds=_FOLD_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Starts a fold of each entity for which it is time: for rows of files, or for the share or the "
        "age of changes that are not folded.",
    )
    def fold_sensor(context: dg.SensorEvaluationContext, platform: PlatformResource) -> dg.SensorResult:
        def evaluate(entity: str) -> dg.RunRequest | str:
            return _fold(context.instance, contracts[entity], platform)

        return runs_of_each(context, platform, FOLD, list(contracts), evaluate)

    @dg.sensor(
        jobs=refreshes,
        minimum_interval_seconds=_REFRESH_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Starts a refresh of each entity every five minutes, less often the longer its refreshes take: "
        "they are given a twentieth of the time.",
    )
    def refresh_sensor(context: dg.SensorEvaluationContext, platform: PlatformResource) -> dg.SensorResult:
        def evaluate(entity: str) -> dg.RunRequest | str:
            return _refresh(context.instance, contracts[entity])

        return runs_of_each(context, platform, REFRESH, list(contracts), evaluate)

    return dg.Definitions(jobs=[*folds, *refreshes, refresh_all], sensors=[fold_sensor, refresh_sensor])


def _keys(contracts: Mapping[str, Contract]) -> list[tuple[str, EntityKeys]]:
    return [(entity, EntityKeys.of(entity)) for entity in contracts]


def _fold(instance: dg.DagsterInstance, contract: Contract, platform: PlatformResource) -> dg.RunRequest | str:
    """A request for a fold, or why there is none."""
    from txplatform.lake.fold import why_fold

    job_name, now = fold_job_name(contract.name), utc_now()
    run_id = active_run(instance, job_name, [EntityKeys.of(contract.name).snapshot], now)
    if run_id:
        return f"run {run_id} is active"
    latest = latest_run(instance, job_name)
    if latest is not None and not latest.dagster_run.is_success and now - _ended(latest) < PAUSE_AFTER_FAILED_FOLD:
        return f"run {latest.dagster_run.run_id} failed; trying again shortly"
    reason = why_fold(contract, platform.lake, platform.ledger)
    return dg.RunRequest(job_name=job_name) if reason else "it is not time to fold"


def _refresh(instance: dg.DagsterInstance, contract: Contract) -> dg.RunRequest | str:
    """A request for a refresh, or why there is none."""
    job_name, now = refresh_job_name(contract.name), utc_now()
    run_id = active_run(instance, job_name, (), now)
    if run_id:
        return f"run {run_id} is active"
    latest = latest_run(instance, job_name)
    if latest is not None:
        due = next_refresh(_started_at(latest), _ended(latest))
        if now < due:
            return f"the next one is due at {due:%Y-%m-%d %H:%M:%S} UTC"
    return dg.RunRequest(job_name=job_name)


def next_refresh(started: datetime, ended: datetime) -> datetime:
    """When the refresh after one that took so long is due."""
    pause = (ended - started) / REFRESH_SHARE
    return started + max(SHORTEST_PAUSE, min(pause, LONGEST_PAUSE))


def _started_at(record: dg.RunRecord) -> datetime:
    return _moment(record.start_time) or record.create_timestamp


def _ended(record: dg.RunRecord) -> datetime:
    return _moment(record.end_time) or record.update_timestamp


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
