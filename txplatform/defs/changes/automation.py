"""The jobs and the sensor of the changes lane: a run takes what is pending of an entity, and stays while more lands."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import dagster as dg

from txplatform.clock import utc_now
from txplatform.contracts.names import Lane
from txplatform.defs.entity_isolation import runs_of_each
from txplatform.defs.keys import EntityKeys, urgent_lane_tags
from txplatform.defs.resources import PlatformResource
from txplatform.defs.run_conditions import MINIMUM_INTERVAL_SECONDS, NOTHING_PENDING, active_run, objects_to_ingest

_LONGEST_RUN = timedelta(minutes=30)  # of which a run stays a few, and then ends what it has begun


def changes_job_name(entity: str) -> str:
    """The job that ingests an entity's changes. Each has its own: a run that stays, or hangs, holds up no other."""
    return f"ingest_{entity}_changes"


def changes_automation(entities: Sequence[str]) -> dg.Definitions:
    """Build the changes job of each entity, and the one sensor over them that reads pending changes from the ledger."""
    jobs = [
        dg.define_asset_job(
            changes_job_name(entity),
            selection=dg.AssetSelection.assets(EntityKeys.of(entity).changes),
            description=f"Append pending change records of {entity}, each batch exactly once.",
            tags=urgent_lane_tags(Lane.CHANGES.value, entity, max_runtime=_LONGEST_RUN),
        )
        for entity in entities
    ]

    @dg.sensor(
        jobs=jobs,
        minimum_interval_seconds=MINIMUM_INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Starts a run for each entity that has change records pending in the ledger. It stays while more "
        "of them land.",
    )
    def changes_sensor(context: dg.SensorEvaluationContext, platform: PlatformResource) -> dg.SensorResult:
        now = utc_now()

        def evaluate(entity: str) -> dg.RunRequest | str:
            job_name, asset = changes_job_name(entity), EntityKeys.of(entity).changes
            run_id = active_run(context.instance, job_name, [asset], now)
            if run_id:
                return f"run {run_id} is active"
            ledger = platform.ledger
            if not ledger.has_pending(Lane.CHANGES, entity):
                return NOTHING_PENDING
            due = ledger.claimable(Lane.CHANGES, entity, now)
            waiting = partial(ledger.waiting, Lane.CHANGES, entity)
            found = objects_to_ingest(context.instance, job_name, asset, due, waiting, now)
            if isinstance(found, str):
                return found
            stay = int(platform.settings.changes_stay.total_seconds())
            config = {"ops": {asset.path[-1]: {"config": {"stay_seconds": stay}}}}
            return dg.RunRequest(job_name=job_name, run_config=config)

        return runs_of_each(context, platform, Lane.CHANGES, entities, evaluate)

    return dg.Definitions(jobs=jobs, sensors=[changes_sensor])
