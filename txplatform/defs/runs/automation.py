"""The sensor that alerts when a run has failed, which no check shows."""

from datetime import timedelta

import dagster as dg

from txplatform.clock import utc_now
from txplatform.defs.keys import ALERTED_TAG
from txplatform.defs.resources import PlatformResource

QUIET = timedelta(hours=1)  # between two alerts on the same step of the same job

_PLATFORM_ERRORS = "txplatform.errors."
_REMEDY = (
    "Remedy: `txplatform ledger list` shows the pending and the abandoned objects, each with its reason. "
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
        news = {
            step: reason
            for step, reason in failures.items()
            if not _alerted_lately(context.instance, run.job_name, step)
        }
        if not news:
            return
        lines = [f"Run {run.run_id} of job {run.job_name} failed.", ""]
        lines += [f"  {step}: {_first_line(reason)}" for step, reason in news.items()]
        if platform.alerts.publish(f"{run.job_name}: {', '.join(news)} failed", [*lines, "", _REMEDY]):
            context.instance.add_run_tags(run.run_id, {f"{ALERTED_TAG}/{step}": "true" for step in news})

    return sensor


def _alerted_lately(instance: dg.DagsterInstance, job_name: str, step: str) -> bool:
    """Whether an alert of the last hour named this step. Alerted runs are tagged: no other state is kept."""
    tagged = dg.RunsFilter(job_name=job_name, tags={f"{ALERTED_TAG}/{step}": "true"}, updated_after=utc_now() - QUIET)
    return bool(instance.get_run_records(tagged, limit=1))


def _reason(event: dg.DagsterEvent) -> str:
    """The message of a PlatformError, which quotes no personal value; of another error its type alone."""
    error = event.step_failure_data.error
    name = "unknown error"
    while error is not None:
        if error.message.startswith(_PLATFORM_ERRORS):
            return error.message.removeprefix(_PLATFORM_ERRORS)
        name, error = error.cls_name or name, error.cause
    return name


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
