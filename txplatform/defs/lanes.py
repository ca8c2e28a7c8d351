"""What both lanes' sensors ask of Dagster: is a run at work, and did the last one leave objects in its hands?

Detection is level-triggered: a sensor looks at what is pending now, and no run key or cursor can swallow an object.
What must not happen instead is a run for the same objects every few seconds; these two questions prevent it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import dagster as dg

from txplatform.landed import LandedObject

MINIMUM_INTERVAL_SECONDS = 2  # the daemon looks every 5 s anyway; anything below means every time
RUN_HOLDS_LANE = timedelta(minutes=15)  # then a run counts as lost; a second one at its side does no harm, only work
PAUSE_AFTER_CRASH = timedelta(seconds=30)

_UNFINISHED = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
_BROKEN = [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


def run_at_work(instance: dg.DagsterInstance, job_name: str, now: datetime) -> str | None:
    """The id of an unfinished run of the job, or None."""
    waiting = dg.RunsFilter(job_name=job_name, statuses=_UNFINISHED, created_after=now - RUN_HOLDS_LANE)
    records = instance.get_run_records(waiting, limit=1)
    return records[0].dagster_run.run_id if records else None


def abandoned(
    instance: dg.DagsterInstance, job_name: str, asset: dg.AssetKey, objects: Iterable[LandedObject], now: datetime
) -> bool:
    """Whether a run of `asset` broke less than `PAUSE_AFTER_CRASH` ago with some of these objects in its hands.

    A run that fails in order counts the attempt on the objects, which then back off by themselves. A killed one cannot:
    its objects became due before it started and bear no mark since.
    """
    broken = dg.RunsFilter(job_name=job_name, statuses=_BROKEN, updated_after=now - PAUSE_AFTER_CRASH)
    starts = [
        record.create_timestamp
        for record in instance.get_run_records(broken, limit=10)
        if not record.dagster_run.asset_selection or asset in record.dagster_run.asset_selection  # none: the whole job
    ]
    return any((item.retry_at or item.landed_at) < start for item in objects for start in starts)


def next_attempt(objects: Iterable[LandedObject]) -> datetime | None:
    """When the first of the objects that back off is due again."""
    return min((item.retry_at for item in objects if item.retry_at), default=None)
