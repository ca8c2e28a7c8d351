"""The job and the sensor of the changes lane: one run takes what is pending of every entity."""

from collections.abc import Sequence

import dagster as dg

from txplatform.clock import utc_now
from txplatform.contracts.names import Lane
from txplatform.defs.jobs import AssetJob
from txplatform.defs.keys import LANE_TAG, MAX_RUNTIME_TAG, EntityKeys
from txplatform.defs.lanes import MINIMUM_INTERVAL_SECONDS, ready, run_at_work
from txplatform.defs.resources import PlatformResource
from txplatform.defs.ticks import for_each
from txplatform.ledger import LandedObject

CHANGES_JOB = "ingest_changes"


def changes_job(entities: Sequence[str]) -> AssetJob:
    """Build the job that ingests the changes of all entities, or of those a run selects."""
    return dg.define_asset_job(
        CHANGES_JOB,
        selection=dg.AssetSelection.assets(*(EntityKeys.of(entity).changes for entity in entities)),
        description="Append pending change records, each batch exactly once.",
        tags={LANE_TAG: Lane.CHANGES.value, MAX_RUNTIME_TAG: "900", "dagster/priority": "1"},
    )


def changes_sensor(entities: Sequence[str], job: AssetJob) -> dg.SensorDefinition:
    """Build the sensor that asks the ledger for pending change objects."""

    @dg.sensor(
        name="changes_sensor",
        job=job,
        minimum_interval_seconds=MINIMUM_INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Starts one run for all entities that have change records pending in the ledger.",
    )
    def sensor(context: dg.SensorEvaluationContext, platform: PlatformResource) -> dg.RunRequest | dg.SkipReason:
        now = utc_now()

        def look(entity: str) -> Sequence[LandedObject] | str:
            asset = EntityKeys.of(entity).changes
            run_id = run_at_work(context.instance, CHANGES_JOB, [asset], now)
            if run_id:
                return f"run {run_id} is at work"
            pending = platform.ledger.pending(Lane.CHANGES, entity)
            due = platform.ledger.claimable(Lane.CHANGES, entity, now) if pending else ()
            return ready(context.instance, CHANGES_JOB, asset, pending, due, now)

        found, reasons = for_each(context, platform, Lane.CHANGES, entities, look)
        if not found:
            return dg.SkipReason(reasons)
        return dg.RunRequest(asset_selection=[EntityKeys.of(entity).changes for entity in found])

    return sensor
