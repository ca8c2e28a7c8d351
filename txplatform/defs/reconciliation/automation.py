"""The job that lists recent days of both landing areas and adds what no notification told the ledger of."""

from collections.abc import Sequence
from datetime import timedelta

import dagster as dg
from pydantic import Field

from txplatform.clock import utc_now
from txplatform.contracts.names import Lane
from txplatform.defs.failures import translated
from txplatform.defs.keys import LANE_TAG
from txplatform.defs.resources import PlatformResource

RECONCILE_JOB = "reconcile"


class ReconcileConfig(dg.Config):
    """How far back to list."""

    days: int = Field(default=3, ge=1, description="Days to list, counted back from today")


def reconcile_job(entities: Sequence[str]) -> dg.JobDefinition:
    """Build the job over both lanes of the given entities."""

    @dg.op(description="List the folders of recent days and add rows that the ledger lacks.")
    def reconcile_ledger(context: dg.OpExecutionContext, config: ReconcileConfig, platform: PlatformResource) -> None:
        today = utc_now().date()
        days = [today - timedelta(days=back) for back in range(config.days)]
        for lane in Lane:
            for entity in entities:
                with translated():
                    added = platform.ledger.reconcile(lane, entity, days)
                context.log.info(f"{entity}, {lane.value}: {added} objects added")

    @dg.job(
        name=RECONCILE_JOB,
        description="Add to the ledger what landed without a notification.",
        tags={LANE_TAG: RECONCILE_JOB},
    )
    def reconcile() -> None:
        reconcile_ledger()

    return reconcile


def reconcile_schedule(job: dg.JobDefinition) -> dg.ScheduleDefinition:
    """Build the schedule: once an hour, off the full hour, where everybody else's runs start."""
    return dg.ScheduleDefinition(
        name="reconcile_schedule",
        job=job,
        cron_schedule="17 * * * *",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Lists recent days once an hour: S3 notifications are delivered at least once, but not guaranteed.",
    )
