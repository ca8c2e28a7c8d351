"""The job and the schedule that refresh the snapshots, the views and the dashboard."""

from collections.abc import Sequence

import dagster as dg

from txplatform.clock import utc_now
from txplatform.defs.keys import DASHBOARD, LANE_TAG, MAX_RUNTIME_TAG, EntityKeys
from txplatform.defs.run_conditions import active_run

REFRESH_JOB = "refresh"


def refresh_automation(entities: Sequence[str], marts: Sequence[dg.AssetKey]) -> dg.Definitions:
    """Build the job (fold, refresh the views, check parity, publish the dashboard) and its schedule.

    Views are exact in between: what ages is the snapshot under them, and the page.
    """
    keys = [EntityKeys.of(entity) for entity in entities]
    views = [*(key.snapshot for key in keys), *(key.view for key in keys)]
    job = dg.define_asset_job(
        REFRESH_JOB,
        selection=dg.AssetSelection.assets(*views, *marts, DASHBOARD),
        description="Fold, refresh the views, check parity, publish the dashboard.",
        tags={LANE_TAG: REFRESH_JOB, MAX_RUNTIME_TAG: "1800"},
    )

    @dg.schedule(
        job=job,
        cron_schedule="*/5 * * * *",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Runs refresh every five minutes, unless the last run is still active.",
    )
    def refresh_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        run_id = active_run(context.instance, REFRESH_JOB, (), utc_now())
        return dg.SkipReason(f"Run {run_id} is active") if run_id else dg.RunRequest()

    return dg.Definitions(jobs=[job], schedules=[refresh_schedule])
