"""The sensor that alerts when a run has failed: what no check shows and nobody reads in a list of runs."""

from datetime import timedelta

import dagster as dg

from txplatform.clock import utc_now
from txplatform.defs.keys import ALERTED_TAG
from txplatform.defs.resources import PlatformResource

QUIET = timedelta(hours=1)  # between two alerts on the same step of the same job

_OUR_ERRORS = "txplatform.errors."
_REMEDY = (
    "Remedy: `txplatform ledger list` shows the objects that wait or were given up, and why. "
    "The whole error is in the run's log."
)


def failed_run_sensor() -> dg.SensorDefinition:
    """Build the sensor over the runs of every job, backfills and runs by hand included."""

    @dg.run_failure_sensor(
        name="failed_run_sensor",
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Alerts when a run has failed, at most once an hour for the same step of the same job.",
    )
    def sensor(context: dg.RunFailureSensorContext, platform: PlatformResource) -> None:
        run = context.dagster_run
        failures = {str(event.step_key): _reason(event) for event in context.get_step_failure_events()}
        failures = failures or {"run": context.failure_event.message or "no reason was recorded"}
        news = {step: reason for step, reason in failures.items() if not _told(context.instance, run.job_name, step)}
        if not news:
            return
        lines = [f"Run {run.run_id} of job {run.job_name} failed.", ""]
        lines += [f"  {step}: {_first_line(reason)}" for step, reason in news.items()]
        if platform.alerts.publish(f"{run.job_name}: {', '.join(news)} failed", [*lines, "", _REMEDY]):
            context.instance.add_run_tags(run.run_id, {f"{ALERTED_TAG}/{step}": "true" for step in news})

    return sensor


def _told(instance: dg.DagsterInstance, job_name: str, step: str) -> bool:
    """Whether an alert of the last hour told of this step. Alerted runs are tagged: no other state is kept."""
    tagged = dg.RunsFilter(job_name=job_name, tags={f"{ALERTED_TAG}/{step}": "true"}, updated_after=utc_now() - QUIET)
    return bool(instance.get_run_records(tagged, limit=1))


def _reason(event: dg.DagsterEvent) -> str:
    """Our own error's message, which names no personal value; of any other the type alone, since it may quote one."""
    error = event.step_failure_data.error
    name = "unknown error"
    while error is not None:
        if error.message.startswith(_OUR_ERRORS):
            return error.message.removeprefix(_OUR_ERRORS)
        name, error = error.cls_name or name, error.cause
    return name


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
