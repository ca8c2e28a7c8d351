"""The jobs and the sensor of the files lane: one run for the days of an entity that have pending files."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby

import dagster as dg

from txplatform.clock import utc_now
from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.defs.entity_isolation import evaluate_each
from txplatform.defs.files.partitions import (
    MAX_BYTES_OF_A_RUN,
    MAX_DAYS_OF_A_RUN,
    days_of_next_run,
    is_out_of_range,
)
from txplatform.defs.files.run_days import files_config, range_tags
from txplatform.defs.keys import EntityKeys, lane_tags
from txplatform.defs.resources import PlatformResource
from txplatform.defs.run_conditions import MINIMUM_INTERVAL_SECONDS, NOTHING_PENDING, active_run, objects_to_ingest
from txplatform.ledger import LandedObject
from txplatform.wording import counted

MAX_REQUESTS = 20  # a tick submits runs one after the other, ~0.2 s each, and has 60 s in all
MAX_NAMED = 20
MOST_OBJECTS = 5_000  # of an entity that a tick looks at, the oldest: a run takes all that is pending of their days


def files_job_name(entity: str) -> str:
    """The job that ingests an entity's files. Each entity has its own, since their days begin at different dates."""
    return f"ingest_{entity}_files"


def files_automation(contracts: Mapping[str, Contract]) -> dg.Definitions:
    """Build the files job of each entity, and the one sensor over them that reads pending files from the ledger."""
    jobs = [
        dg.define_asset_job(
            files_job_name(contract.name),
            selection=dg.AssetSelection.assets(EntityKeys.of(contract.name).files),
            description=f"Replace days of {contract.title} with what their RAW folders hold.",
            tags=lane_tags(Lane.FILES.value, contract.name, max_runtime=timedelta(hours=1)),
        )
        for contract in contracts.values()
    ]

    @dg.sensor(
        jobs=jobs,
        minimum_interval_seconds=MINIMUM_INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Starts one run for the days of an entity that have files pending in the ledger, the oldest "
        f"first, up to {MAX_DAYS_OF_A_RUN} days or {MAX_BYTES_OF_A_RUN // 2**30} GiB; the next run takes the rest. "
        "Days between them are left alone. A day that can never be a partition is refused with its reason and holds "
        "up nothing else.",
    )
    def raw_files_sensor(context: dg.SensorEvaluationContext, platform: PlatformResource) -> dg.SensorResult:
        now = utc_now()
        out_of_range: list[LandedObject] = []

        def evaluate(entity: str) -> dg.RunRequest | str:
            return _evaluate(context, contracts[entity], platform, out_of_range, now)

        found, reasons = evaluate_each(context, platform, Lane.FILES, list(contracts), evaluate)
        requests = list(found.values())
        for entity, objects in groupby(out_of_range, lambda item: item.entity):
            _refuse(context, contracts[entity], platform, list(objects))
        return dg.SensorResult(run_requests=requests[:MAX_REQUESTS], skip_reason=None if requests else reasons)

    return dg.Definitions(jobs=jobs, sensors=[raw_files_sensor])


def _evaluate(
    context: dg.SensorEvaluationContext,
    contract: Contract,
    platform: PlatformResource,
    out_of_range: list[LandedObject],
    now: datetime,
) -> dg.RunRequest | str:
    """The run that an entity needs now, or why it needs none. Its files of days out of range go to `out_of_range`."""
    job_name = files_job_name(contract.name)
    asset = EntityKeys.of(contract.name).files
    run_id = active_run(context.instance, job_name, [asset], now)
    if run_id:
        return f"run {run_id} is active"
    if not platform.ledger.has_pending(Lane.FILES, contract.name):
        return NOTHING_PENDING
    due: list[LandedObject] = []
    for item in platform.ledger.due(Lane.FILES, contract.name, now):
        if is_out_of_range(contract, item.dt, now.date()):
            if len(out_of_range) < MOST_OBJECTS:
                out_of_range.append(item)
        elif item.dt <= now.date():  # else tomorrow's file, which waits for its day
            due.append(item)
        if len(due) == MOST_OBJECTS:
            break
    waiting = partial(platform.ledger.waiting, Lane.FILES, contract.name)
    found = objects_to_ingest(context.instance, job_name, asset, due, waiting, now)
    if isinstance(found, str):
        return found
    return days_request(contract.name, days_of_next_run(found))


def _refuse(
    context: dg.SensorEvaluationContext, contract: Contract, platform: PlatformResource, objects: Sequence[LandedObject]
) -> None:
    """Publish an alert on files of days out of range, then abandon them; without the alert they stay pending."""
    reason = f"dt is not a day of {contract.name}: its files run from {contract.files_from} to today"
    lines = [f"{reason}. Remedy: drop them again under the right day.", *(item.uri for item in objects[:MAX_NAMED])]
    try:
        if platform.alerts.publish(f"{contract.name}: {counted(len(objects), 'file')} refused", lines):
            platform.ledger.abandon(objects, reason)
    except Exception:
        context.log.exception(f"{contract.name}: files of days out of range could not be refused; the next tick tries")


def days_request(entity: str, days: Sequence[date]) -> dg.RunRequest:
    """A run of the files job over these sorted days; its configuration names them, since its range may have gaps."""
    first, last = days[0].isoformat(), days[-1].isoformat()
    job_name = files_job_name(entity)
    if first == last:
        return dg.RunRequest(job_name=job_name, partition_key=first)
    return dg.RunRequest(job_name=job_name, tags=range_tags(days), run_config=files_config(entity, days))
