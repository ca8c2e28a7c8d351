"""The jobs that keep what grows bounded, and their schedules: the lake's tables, and Dagster's own runs."""

from collections.abc import Sequence

import dagster as dg
from pydantic import Field

from txplatform.clock import utc_now
from txplatform.defs.keys import ENTITY_TAG, LANE_TAG, MAX_RUNTIME_TAG, EntityKeys
from txplatform.defs.maintenance.runs import delete_old_runs
from txplatform.defs.reconciliation.automation import RECONCILE_JOB

MAINTENANCE_JOB = "maintain"
RETENTION_JOB = "retention"

_LANE = {LANE_TAG: RECONCILE_JOB}  # what may wait runs one after the other, and leaves the slots to the data
_UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


class RetentionConfig(dg.Config):
    """How long finished runs are kept."""

    days: int = Field(default=3, ge=1, description="Days that runs which succeeded are kept")
    days_failed: int = Field(
        default=30, ge=1, description="Days that runs are kept which did not succeed, or did maintenance"
    )


def maintenance_automation(entities: Sequence[str]) -> dg.Definitions:
    """Build the job over the tables of an entity, the job over Dagster's runs, and their schedules."""
    keys = {entity: EntityKeys.of(entity).maintenance for entity in entities}
    maintain = dg.define_asset_job(
        MAINTENANCE_JOB,
        selection=dg.AssetSelection.assets(*keys.values()),
        description="Compact and expire what is due in the tables of the selected entities.",
        tags={**_LANE, MAX_RUNTIME_TAG: "1800"},
    )

    @dg.schedule(
        job=maintain,
        cron_schedule="13,43 * * * *",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Starts a run for each entity every half hour, off the full hour, unless its last one is active.",
    )
    def maintenance_schedule(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest] | dg.SkipReason:
        requests = [
            dg.RunRequest(
                run_key=f"{entity} {context.scheduled_execution_time.isoformat()}",
                asset_selection=[key],
                tags={ENTITY_TAG: entity},
            )
            for entity, key in keys.items()
            if not _is_active(context.instance, entity)
        ]
        return requests or dg.SkipReason("The last run of every entity is active")

    @dg.op(description="Delete finished runs with their events and logs.")
    def delete_runs(context: dg.OpExecutionContext, config: RetentionConfig) -> None:
        deleted = delete_old_runs(
            context.instance, utc_now(), days=config.days, days_failed=config.days_failed, job_kept=MAINTENANCE_JOB
        )
        context.log.info(f"{deleted} runs deleted")

    @dg.job(
        name=RETENTION_JOB,
        description="Delete finished runs, except those that made the latest version of an asset or a partition.",
        tags={**_LANE, MAX_RUNTIME_TAG: "1800"},
        executor_def=dg.in_process_executor,
    )
    def retention() -> None:
        delete_runs()

    retention_schedule = dg.ScheduleDefinition(
        name="retention_schedule",
        job=retention,
        cron_schedule="7 * * * *",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Deletes finished runs past their time once an hour: a busy day leaves thousands.",
    )
    return dg.Definitions(jobs=[maintain, retention], schedules=[maintenance_schedule, retention_schedule])


def _is_active(instance: dg.DagsterInstance, entity: str) -> bool:
    unfinished = dg.RunsFilter(job_name=MAINTENANCE_JOB, tags={ENTITY_TAG: entity}, statuses=_UNFINISHED)
    return bool(instance.get_run_records(unfinished, limit=1))
