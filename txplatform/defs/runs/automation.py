"""The sensor that alerts when a run has failed, which no check shows."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import dagster as dg

from txplatform.clock import parse_timestamp, timestamp_text, utc_now
from txplatform.defs.resources import PlatformResource
from txplatform.defs.runs.failures import FailedRun, failed_runs, last_position

QUIET = timedelta(hours=1)  # between two alerts on failures that are alike: of the same step, job and reason
MOST_RUNS = 300  # of one evaluation, which has 60 s; each takes some milliseconds

_REMEDY = (
    "Remedy: `txplatform ledger list` shows the pending and the abandoned objects, each with its reason. "
    "The whole error is in the run's log."
)
_SECONDS = 30
_CHANGING = re.compile(r"[0-9a-f]{8,}|[0-9]+")  # of a reason: ids, counts and moments


@dataclass
class _Memory:
    """What the sensor's cursor keeps: up to where failures are alerted, when each kind of failure was, and with what.

    An alert that could not be published holds `after` back, so that its failures are read again; those that were
    alerted beside it are known by their positions.
    """

    after: int
    alerted: dict[str, tuple[str, int]] = field(default_factory=dict[str, tuple[str, int]])

    @classmethod
    def of(cls, cursor: str) -> "_Memory":
        kept = json.loads(cursor)
        return cls(kept["after"], {name: (moment, last) for name, (moment, last) in kept["alerted"].items()})

    def text(self) -> str:
        since = utc_now() - QUIET
        kept = {
            name: entry
            for name, entry in self.alerted.items()
            if entry[1] > self.after or parse_timestamp(entry[0]) > since
        }
        return json.dumps({"after": self.after, "alerted": kept})

    def knows(self, kind: str, position: int) -> bool:
        """Whether an alert has named the failure of a kind at this position, or one like it in the last hour."""
        moment, last = self.alerted.get(kind, (None, 0))
        return moment is not None and (position <= last or parse_timestamp(moment) > utc_now() - QUIET)


def failed_run_sensor() -> dg.SensorDefinition:
    """Build the sensor over the runs of every job, backfills and runs by hand included."""

    @dg.sensor(
        name="failed_run_sensor",
        minimum_interval_seconds=_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Alerts when runs have failed: once for all that failed alike, at most once an hour for the same "
        "reason at the same step of the same job, and again until the alert is published.",
    )
    def sensor(context: dg.SensorEvaluationContext, platform: PlatformResource) -> dg.SkipReason:
        if context.cursor is None:
            context.update_cursor(_Memory(last_position(context.instance)).text())
            return dg.SkipReason("from here on, failed runs are alerted")
        memory = _Memory.of(context.cursor)
        runs = list(failed_runs(context.instance, memory.after, MOST_RUNS))
        unsent = [run for same_job in _by_job(runs) for run in _alert(platform, memory, same_job)]
        if runs:
            memory.after = min((run.position for run in unsent), default=runs[-1].position + 1) - 1
        context.update_cursor(memory.text())
        return dg.SkipReason(f"{len(runs)} failed runs, {len(unsent)} of them in alerts that could not be published")

    return sensor


def _alert(platform: PlatformResource, memory: _Memory, runs: Sequence[FailedRun]) -> Sequence[FailedRun]:
    """Publish one alert on the runs of a job of which none was; return those in it if that failed."""
    news: dict[tuple[str, str], list[FailedRun]] = {}
    for run in runs:
        for step in run.reasons:
            kind = _kind(run, step)
            if not memory.knows(kind, run.position):
                news.setdefault((step, kind), []).append(run)
    if not news:
        return ()
    job, entity = runs[0].job, runs[0].entity
    lines = [f"Job {job}{f' of {entity}' if entity else ''}:", ""]
    for (step, _), failed in news.items():
        last = failed[-1]
        lines.append(f"  {step}: {_first_line(last.reasons[step])}")
        lines.append(f"    {f'{len(failed)} runs, the last one' if len(failed) > 1 else 'run'} {last.run_id}")
    steps = ", ".join(dict.fromkeys(step for step, _ in news))
    if not platform.alerts.publish(f"{job}: {steps} failed", [*lines, "", _REMEDY]):
        return [run for failed in news.values() for run in failed]
    now = timestamp_text(utc_now())
    memory.alerted |= {kind: (now, failed[-1].position) for (_, kind), failed in news.items()}
    return ()


def _by_job(runs: Iterable[FailedRun]) -> Iterable[Sequence[FailedRun]]:
    jobs: dict[str, list[FailedRun]] = {}
    for run in runs:
        jobs.setdefault(run.job, []).append(run)
    return jobs.values()


def _kind(run: FailedRun, step: str) -> str:
    """What failures that are alike have in common; it quotes nothing of the reason."""
    reason = _CHANGING.sub("#", _first_line(run.reasons[step]))
    return f"{run.job}: {step}: {hashlib.sha256(reason.encode()).hexdigest()[:16]}"


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
