"""The job and the sensor of the changes lane: one run takes what is pending of every entity."""

from collections.abc import Sequence

import dagster as dg

from txplatform.clock import utc_now
from txplatform.contracts.names import Lane
from txplatform.defs.entity_isolation import evaluate_each
from txplatform.defs.keys import LANE_TAG, MAX_RUNTIME_TAG, EntityKeys
from txplatform.defs.resources import PlatformResource
from txplatform.defs.run_conditions import MINIMUM_INTERVAL_SECONDS, active_run, objects_to_ingest
from txplatform.ledger import LandedObject

CHANGES_JOB = "ingest_changes"


def changes_automation(entities: Sequence[str]) -> dg.Definitions:
    """Build the job that ingests the changes of all entities, or of those a run selects, and the sensor over it."""
    job = dg.define_asset_job(
        CHANGES_JOB,
        selection=dg.AssetSelection.assets(*(EntityKeys.of(entity).changes for entity in entities)),
        description="Append pending change records, each batch exactly once.",
        tags={LANE_TAG: Lane.CHANGES.value, MAX_RUNTIME_TAG: "900", "dagster/priority": "1"},
    )

    @dg.sensor(
        job=job,
        minimum_interval_seconds=MINIMUM_INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Starts one run for all entities that have change records pending in the ledger.",
    )
    def changes_sensor(
        context: dg.SensorEvaluationContext, platform: PlatformResource
    ) -> dg.RunRequest | dg.SkipReason:
        now = utc_now()

        def evaluate(entity: str) -> Sequence[LandedObject] | str:
            asset = EntityKeys.of(entity).changes
            run_id = active_run(context.instance, CHANGES_JOB, [asset], now)
            if run_id:
                return f"run {run_id} is active"
            pending = platform.ledger.pending(Lane.CHANGES, entity)
            due = platform.ledger.claimable(Lane.CHANGES, entity, now) if pending else ()
            return objects_to_ingest(context.instance, CHANGES_JOB, asset, pending, due, now)

        found, reasons = evaluate_each(context, platform, Lane.CHANGES, entities, evaluate)
        if not found:
            return dg.SkipReason(reasons)
        return dg.RunRequest(asset_selection=[EntityKeys.of(entity).changes for entity in found])

    return dg.Definitions(jobs=[job], sensors=[changes_sensor])
