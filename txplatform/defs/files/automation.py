"""The jobs and the sensor of the files lane: one run for each stretch of consecutive days with pending files."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby

import dagster as dg

from txplatform.clock import utc_now
from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.defs.entity_isolation import evaluate_each
from txplatform.defs.files.partitions import is_out_of_range, ranges
from txplatform.defs.keys import EntityKeys, lane_tags
from txplatform.defs.resources import PlatformResource
from txplatform.defs.run_conditions import MINIMUM_INTERVAL_SECONDS, NOTHING_PENDING, active_run, objects_to_ingest
from txplatform.ledger import LandedObject

MAX_REQUESTS = 20  # a tick submits runs one after the other, ~0.2 s each, and has 60 s in all
MAX_NAMED = 20
MOST_OBJECTS = 5_000  # of an entity that a tick looks at, the oldest: a run takes all that is pending of their days
RANGE_START_TAG = "dagster/asset_partition_range_start"
RANGE_END_TAG = "dagster/asset_partition_range_end"


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
        description="Starts a run for every stretch of days that has files pending in the ledger. A day that can never "
        "be a partition is refused with its reason and holds up nothing else.",
    )
    def raw_files_sensor(context: dg.SensorEvaluationContext, platform: PlatformResource) -> dg.SensorResult:
        now = utc_now()
        out_of_range: list[LandedObject] = []

        def evaluate(entity: str) -> list[dg.RunRequest] | str:
            return _evaluate(context, contracts[entity], platform, out_of_range, now)

        found, reasons = evaluate_each(context, platform, Lane.FILES, list(contracts), evaluate)
        requests = [request for of_entity in found.values() for request in of_entity]
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
) -> list[dg.RunRequest] | str:
    """The runs that an entity needs now, or why it needs none. Its files of days out of range go to `out_of_range`."""
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
    return [_request(job_name, first, last) for first, last in ranges(item.dt for item in found)]


def _refuse(
    context: dg.SensorEvaluationContext, contract: Contract, platform: PlatformResource, objects: Sequence[LandedObject]
) -> None:
    """Publish an alert on files of days out of range, then abandon them; without the alert they stay pending."""
    reason = f"dt is not a day of {contract.name}: its files run from {contract.files_from} to today"
    lines = [f"{reason}. Remedy: drop them again under the right day.", *(item.uri for item in objects[:MAX_NAMED])]
    try:
        if platform.alerts.publish(f"{contract.name}: {len(objects)} files refused", lines):
            platform.ledger.abandon(objects, reason)
    except Exception:
        context.log.exception(f"{contract.name}: files of days out of range could not be refused; the next tick tries")


def _request(job_name: str, first: date, last: date) -> dg.RunRequest:
    if first == last:
        return dg.RunRequest(job_name=job_name, partition_key=first.isoformat())
    tags = {RANGE_START_TAG: first.isoformat(), RANGE_END_TAG: last.isoformat()}
    return dg.RunRequest(job_name=job_name, tags=tags)
