"""Whether a sensor or a schedule should start a run: is one active, and which pending objects should a new one take?

Detection is level-triggered: a sensor reads what is pending now, and no run key or cursor can swallow an object. What
must not happen instead is a run for the same objects every few seconds, which these conditions prevent.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta

import dagster as dg

from txplatform.ledger import LandedObject, Waiting
from txplatform.ledger.objects import MOST_COUNTED
from txplatform.wording import counted

MINIMUM_INTERVAL_SECONDS = 2  # the daemon evaluates sensors every 5 s at most; anything below means every time
NEVER_QUEUED = timedelta(minutes=15)  # then a run that is not even queued counts as lost with its launcher
PAUSE_AFTER_CRASH = timedelta(seconds=30)
NOTHING_PENDING = "nothing is pending"

_RUNNING = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
_BROKEN = [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


def active_run(
    instance: dg.DagsterInstance, job_name: str, assets: Collection[dg.AssetKey], now: datetime
) -> str | None:
    """The id of an unfinished run of the job, or of a running one of any of these assets; or None.

    The job's own runs count from their creation, else each tick would add one to the queue. A backfill or a run by hand
    counts once it has started: it may wait for a slot for hours, in which the job can do the work. From then it counts
    however long it takes: a run that hangs or is lost is ended by Dagster's run monitoring, see dagster.yaml.
    """
    created = dg.RunsFilter(
        job_name=job_name, statuses=[dg.DagsterRunStatus.NOT_STARTED], created_after=now - NEVER_QUEUED
    )
    queued = dg.RunsFilter(job_name=job_name, statuses=[dg.DagsterRunStatus.QUEUED])
    for unfinished in (dg.RunsFilter(statuses=_RUNNING), queued, created):
        for record in instance.get_run_records(unfinished):
            run = record.dagster_run
            if run.job_name == job_name or not (run.asset_selection or set()).isdisjoint(assets):
                return run.run_id
    return None


def latest_run(instance: dg.DagsterInstance, job_name: str) -> dg.RunRecord | None:
    """The run of the job that was created last, whatever became of it; None before the first."""
    records = instance.get_run_records(dg.RunsFilter(job_name=job_name), limit=1)
    return records[0] if records else None


def objects_to_ingest(
    instance: dg.DagsterInstance,
    job_name: str,
    asset: dg.AssetKey,
    due: Sequence[LandedObject],
    waiting: Callable[[], Waiting],
    now: datetime,
) -> Sequence[LandedObject] | str:
    """The due objects of `asset` if a run should take them now, or why it should take none.

    `waiting` is asked for what is pending only where nothing is due.
    """
    if not due:
        found = waiting()
        if not found.count:
            return NOTHING_PENDING
        objects = f"{MOST_COUNTED} or more objects" if found.count == MOST_COUNTED else counted(found.count, "object")
        until = f"their next attempt at {found.next_attempt}" if found.next_attempt else "their day"
        return f"waiting for {until}: {objects}"
    if _left_by_broken_run(instance, job_name, asset, due, now):
        return f"{counted(len(due), 'object')} left by a run that broke just now; trying again shortly"
    return due


def _left_by_broken_run(
    instance: dg.DagsterInstance, job_name: str, asset: dg.AssetKey, objects: Iterable[LandedObject], now: datetime
) -> bool:
    """Whether a run of `asset` that broke less than `PAUSE_AFTER_CRASH` ago should have taken some of these objects.

    A run counts the attempt on its objects before its work, and they back off by themselves. One that broke before
    that, while it started or because the ledger was out of reach, left no mark on them: they were due before it was
    created.
    """
    broken = dg.RunsFilter(job_name=job_name, statuses=_BROKEN, updated_after=now - PAUSE_AFTER_CRASH)
    starts = [
        record.create_timestamp
        for record in instance.get_run_records(broken, limit=10)
        if not record.dagster_run.asset_selection or asset in record.dagster_run.asset_selection  # none: the whole job
    ]
    return any((item.retry_at or item.landed_at) < start for item in objects for start in starts)
