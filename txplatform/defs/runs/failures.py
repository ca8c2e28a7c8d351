"""What failed in a run: its steps, each with a reason; or, if it was ended from outside, what it was doing and why."""

from collections.abc import Iterator
from dataclasses import dataclass

import dagster as dg

from txplatform.defs.keys import ENTITY_TAG

_PLATFORM_ERRORS = "txplatform.errors."
_BLOCKED = "DagsterAssetCheckFailedError"  # a check blocks what is downstream; it has an alert of its own
_SAYS_NOTHING = "This run has been marked as failed from outside"
_BY_HAND = "assets by hand or backfill"
_STEP_ENDS = {
    dg.DagsterEventType.STEP_SUCCESS,
    dg.DagsterEventType.STEP_FAILURE,
    dg.DagsterEventType.STEP_SKIPPED,
}
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class FailedRun:
    """A run that failed: `reasons` has what failed in it and why, nothing if all of that has its own alert.

    `position` is its place in the event log.
    """

    run_id: str
    job: str
    entity: str
    reasons: dict[str, str]
    position: int


def failed_runs(instance: dg.DagsterInstance, after: int, limit: int) -> Iterator[FailedRun]:
    """The runs that failed after a place in the event log, as it lists them; one whose record is gone is left out."""
    failures = dg.RunStatusChangeRecordsFilter(dg.DagsterEventType.RUN_FAILURE, after_storage_id=after)
    for record in instance.fetch_run_status_changes(failures, limit, ascending=True).records:
        run = instance.get_run_by_id(record.run_id)
        if run is not None:
            job = _BY_HAND if run.job_name.startswith("__") else run.job_name
            entity = run.tags.get(ENTITY_TAG, "")
            yield FailedRun(run.run_id, job, entity, _reasons(instance, run), record.storage_id)


def last_position(instance: dg.DagsterInstance) -> int:
    """The place in the event log of the latest failure; 0 where there is none."""
    latest = instance.fetch_run_status_changes(dg.DagsterEventType.RUN_FAILURE, 1).records
    return latest[0].storage_id if latest else 0


def _reasons(instance: dg.DagsterInstance, run: dg.DagsterRun) -> dict[str, str]:
    """What failed, and why."""
    types = {*_STEP_ENDS, dg.DagsterEventType.STEP_START, dg.DagsterEventType.ENGINE_EVENT}
    types |= {dg.DagsterEventType.RUN_CANCELING, dg.DagsterEventType.RUN_FAILURE}
    events = [entry.dagster_event for entry in instance.all_logs(run.run_id, types) if entry.dagster_event]
    failures = [event for event in events if event.event_type is dg.DagsterEventType.STEP_FAILURE]
    if failures:
        return {str(event.step_key): _reason(event) for event in failures if not _is_blocked(event)}
    started = [str(event.step_key) for event in events if event.event_type is dg.DagsterEventType.STEP_START]
    ended = {str(event.step_key) for event in events if event.event_type in _STEP_ENDS}
    unfinished = [step for step in started if step not in ended]
    doing = ", ".join(unfinished) or f"{_selected(run)} before its first step"
    return {doing: _reason_from_outside(events)}


def _reason_from_outside(events: list[dg.DagsterEvent]) -> str:
    """What ended the run, in the words of run monitoring or of whoever asked for it: the latest that say something."""
    order = (dg.DagsterEventType.RUN_FAILURE, dg.DagsterEventType.RUN_CANCELING, dg.DagsterEventType.ENGINE_EVENT)
    for event_type in order:
        for event in reversed(events):
            if event.event_type is event_type and event.message and not event.message.startswith(_SAYS_NOTHING):
                return event.message
    return "it was marked as failed from outside, and no reason was recorded"


def _selected(run: dg.DagsterRun) -> str:
    names = sorted(key.to_user_string() for key in run.asset_selection or ())
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return (", ".join(names[:_MOST_NAMED]) + more) or "the run"


def _is_blocked(event: dg.DagsterEvent) -> bool:
    error = event.step_failure_data.error
    return error is not None and error.cls_name == _BLOCKED


def _reason(event: dg.DagsterEvent) -> str:
    """The message of a PlatformError, which quotes no personal value; of another error its type alone."""
    error = event.step_failure_data.error
    name = "unknown error"
    while error is not None:
        if error.message.startswith(_PLATFORM_ERRORS):
            return error.message.removeprefix(_PLATFORM_ERRORS)
        name, error = error.cls_name or name, error.cause
    return name
