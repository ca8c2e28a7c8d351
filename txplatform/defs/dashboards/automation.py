"""The job and the schedule that bring everything people look at up to date."""

from collections.abc import Sequence

import dagster as dg

from txplatform.clock import utc_now
from txplatform.defs.jobs import AssetJob
from txplatform.defs.keys import DASHBOARD, LANE_TAG, MAX_RUNTIME_TAG, EntityKeys
from txplatform.defs.lanes import run_at_work

REFRESH_JOB = "refresh"


def refresh_job(entities: Sequence[str], marts: Sequence[dg.AssetKey]) -> AssetJob:
    """Build the job: fold, refresh the views, check parity, publish the dashboard."""
    keys = [EntityKeys.of(entity) for entity in entities]
    views = [*(key.snapshot for key in keys), *(key.view for key in keys)]
    return dg.define_asset_job(
        REFRESH_JOB,
        selection=dg.AssetSelection.assets(*views, *marts, DASHBOARD),
        description="Fold, refresh the views, check parity, publish the dashboard.",
        tags={LANE_TAG: REFRESH_JOB, MAX_RUNTIME_TAG: "1800"},
    )


def refresh_schedule(job: AssetJob) -> dg.ScheduleDefinition:
    """Build the schedule. Views are exact in between: what ages is the snapshot under them, and the page."""

    @dg.schedule(
        name="refresh_schedule",
        job=job,
        cron_schedule="*/5 * * * *",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Runs refresh every five minutes, unless the last one is still at work.",
    )
    def schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        run_id = run_at_work(context.instance, REFRESH_JOB, (), utc_now())
        return dg.SkipReason(f"Run {run_id} is at work") if run_id else dg.RunRequest()

    return schedule
