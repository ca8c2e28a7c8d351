"""The jobs that keep what grows bounded, and their schedules: the lake's tables, and Dagster's own runs."""

from collections.abc import Sequence
from datetime import timedelta

import dagster as dg
from pydantic import Field

from txplatform.clock import utc_now
from txplatform.defs.keys import EntityKeys, lane_tags
from txplatform.defs.maintenance.runs import delete_old_runs
from txplatform.defs.run_conditions import active_run

RETENTION_JOB = "retention"


class RetentionConfig(dg.Config):
    """How long finished runs are kept."""

    days: int = Field(default=3, ge=1, description="Days that runs which succeeded are kept")
    days_failed: int = Field(
        default=30, ge=1, description="Days that runs are kept which did not succeed, or did maintenance"
    )


def maintenance_job_name(entity: str) -> str:
    """The job over the tables of one entity."""
    return f"maintain_{entity}"


def maintenance_automation(entities: Sequence[str]) -> dg.Definitions:
    """Build the jobs over the tables of each entity, the job over Dagster's runs, and their schedules."""
    retention = _retention_job([maintenance_job_name(entity) for entity in entities])
    retention_schedule = dg.ScheduleDefinition(
        name="retention_schedule",
        job=retention,
        cron_schedule="7 * * * *",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Deletes finished runs past their time once an hour: a busy day leaves thousands.",
    )
    runs = dg.Definitions(jobs=[retention], schedules=[retention_schedule])
    return dg.Definitions.merge(runs, *(_maintenance(entity) for entity in entities))


def _maintenance(entity: str) -> dg.Definitions:
    job = dg.define_asset_job(
        maintenance_job_name(entity),
        selection=dg.AssetSelection.assets(EntityKeys.of(entity).maintenance),
        description=f"Compact and expire what is due in the tables of {entity}.",
        tags=lane_tags("maintenance", entity, max_runtime=timedelta(hours=1)),
    )

    @dg.schedule(
        name=f"{job.name}_schedule",
        job=job,
        cron_schedule="13,43 * * * *",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Runs every half hour, off the full hour, unless the last run is still active.",
    )
    def schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        run_id = active_run(context.instance, job.name, (), utc_now())
        return dg.SkipReason(f"Run {run_id} is active") if run_id else dg.RunRequest()

    return dg.Definitions(jobs=[job], schedules=[schedule])


def _retention_job(jobs_kept: Sequence[str]) -> dg.JobDefinition:
    @dg.op(description="Delete finished runs with their events and logs.")
    def delete_runs(context: dg.OpExecutionContext, config: RetentionConfig) -> None:
        deleted = delete_old_runs(
            context.instance, utc_now(), days=config.days, days_failed=config.days_failed, jobs_kept=jobs_kept
        )
        context.log.info(f"{deleted} runs deleted")

    @dg.job(
        name=RETENTION_JOB,
        description="Delete finished runs, except those that made the latest version of an asset or a partition.",
        tags=lane_tags(RETENTION_JOB, max_runtime=timedelta(hours=1)),
    )
    def retention() -> None:
        delete_runs()

    return retention
