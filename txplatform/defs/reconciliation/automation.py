"""The job that lists days of both landing areas and adds what the ledger lacks because its notification was lost."""

from collections.abc import Sequence
from datetime import timedelta

import dagster as dg
from pydantic import Field

from txplatform.clock import utc_now
from txplatform.contracts.names import Lane
from txplatform.defs.failures import translated
from txplatform.defs.keys import lane_tags
from txplatform.defs.resources import PlatformResource

RECONCILE_JOB = "reconcile"
_OP = "reconcile_ledger"
_UNVERSIONED = (
    "The lake bucket keeps no versions. A file that is corrected under its name is still ingested, but an object that "
    "is overwritten before a run has read it is lost, and quarantined rows lead to a file that may have changed. "
    "Remedy: switch on versioning for the bucket, as the template does."
)


class ReconcileConfig(dg.Config):
    """How far back to list."""

    days: int | None = Field(default=3, ge=1, description="Days to list, counted back from today; null lists them all")


def reconcile_automation(entities: Sequence[str]) -> dg.Definitions:
    """Build the job over both lanes of the given entities, and its schedules.

    They list recent days once an hour, off the full hour, and all days once a day.
    """

    @dg.op(name=_OP, description="List the folders of days and add rows that the ledger lacks.")
    def reconcile_ledger(context: dg.OpExecutionContext, config: ReconcileConfig, platform: PlatformResource) -> None:
        with translated():
            if not platform.ledger.landing_area.keeps_versions():
                context.log.warning(_UNVERSIONED)
        today = utc_now().date()
        days = None if config.days is None else [today - timedelta(days=back) for back in range(config.days)]
        for lane in Lane:
            for entity in entities:
                with translated():
                    added = platform.ledger.reconcile(lane, entity, days)
                context.log.info(f"{entity}, {lane.value}: {added} objects added")

    @dg.job(
        name=RECONCILE_JOB,
        description="Add to the ledger what landed without a notification.",
        tags=lane_tags(RECONCILE_JOB, max_runtime=timedelta(hours=2)),
    )
    def reconcile() -> None:
        reconcile_ledger()

    schedules = [
        dg.ScheduleDefinition(
            name="reconcile_schedule",
            job=reconcile,
            cron_schedule="17 * * * *",
            default_status=dg.DefaultScheduleStatus.RUNNING,
            description="Lists recent days once an hour: S3 notifications are delivered at least once, but not "
            "guaranteed.",
        ),
        dg.ScheduleDefinition(
            name="reconcile_all_schedule",
            job=reconcile,
            cron_schedule="47 3 * * *",
            run_config={"ops": {_OP: {"config": {"days": None}}}},
            default_status=dg.DefaultScheduleStatus.RUNNING,
            description="Lists all days once a day: a file of an old day may come at any time, and so may the loss of "
            "its notification.",
        ),
    ]
    return dg.Definitions(jobs=[reconcile], schedules=schedules)
