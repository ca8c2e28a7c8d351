"""The job that adds to the ledger what landed without a notification, and its schedules."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

import dagster as dg
from pydantic import Field

from txplatform.clock import utc_now
from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.defs.failures import translated
from txplatform.defs.files.partitions import MAX_DAYS_EARLY
from txplatform.defs.keys import lane_tags
from txplatform.defs.reconciliation.other_days import reconcile_other_days
from txplatform.defs.resources import PlatformResource

RECONCILE_JOB = "reconcile"
_OP = "reconcile_ledger"
_UNVERSIONED = (
    "The lake bucket keeps no versions. A file that is corrected under its name is still ingested, but an object that "
    "is overwritten before a run has read it is lost, and quarantined rows lead to a file that may have changed. "
    "Remedy: switch on versioning for the bucket, as the template does."
)


class ReconcileConfig(dg.Config):
    """How much to compare with the ledger."""

    days: int | None = Field(
        default=None,
        ge=1,
        description="Hot days: those to list, counted back from today. By default what each contract says, `hotDays`.",
    )
    other_days: Literal["leave", "inventory", "list"] = Field(
        default="leave",
        description="What to do with all other days. inventory: compare what has changed according to the bucket's "
        "inventory, and list them where it has none; list: list them all, as after the loss of the ledger.",
    )


def reconcile_automation(contracts: Mapping[str, Contract]) -> dg.Definitions:
    """Build the job over both lanes of the given entities, and its schedules.

    They list the hot days once an hour, off the full hour, and compare all days once a day.
    """

    @dg.op(name=_OP, description="Compare what has landed with the ledger and add rows that it lacks.")
    def reconcile_ledger(context: dg.OpExecutionContext, config: ReconcileConfig, platform: PlatformResource) -> None:
        ledger = platform.ledger
        with translated():
            if not ledger.landing_area.keeps_versions():
                context.log.warning(_UNVERSIONED)
            hot = {contract.name: _hot(config.days or contract.hot_days) for contract in contracts.values()}
            for lane in Lane:
                for entity, (first, last) in hot.items():
                    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
                    added = ledger.reconcile(lane, entity, days)
                    context.log.info(f"{entity}, {lane.value}: {added} objects added of {first} to {last}")
                if config.other_days != "leave":
                    reconcile_other_days(context.log, ledger, lane, hot, from_inventory=config.other_days != "list")

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
            description="Lists the hot days once an hour: S3 notifications are delivered at least once, but not "
            "guaranteed.",
        ),
        dg.ScheduleDefinition(
            name="reconcile_all_schedule",
            job=reconcile,
            cron_schedule="47 3 * * *",
            run_config={"ops": {_OP: {"config": {"other_days": "inventory"}}}},
            default_status=dg.DefaultScheduleStatus.RUNNING,
            description="Compares all days once a day, by the bucket's inventory where it has one: a file of an old "
            "day may come at any time, and so may the loss of its notification.",
        ),
    ]
    return dg.Definitions(jobs=[reconcile], schedules=schedules)


def _hot(days: int) -> tuple[date, date]:
    """The first and the last hot day: so many up to today, and those for which files may come early."""
    today = utc_now().date()
    return today - timedelta(days=days - 1), today + timedelta(days=MAX_DAYS_EARLY)
