"""The jobs and the sensor of the files lane: one run for each stretch of consecutive days with pending files."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import groupby

import dagster as dg

from txplatform.clock import utc_now
from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.defs.files.partitions import is_foreign, ranges
from txplatform.defs.jobs import AssetJob
from txplatform.defs.keys import ENTITY_TAG, LANE_TAG, MAX_RUNTIME_TAG, EntityKeys
from txplatform.defs.lanes import MINIMUM_INTERVAL_SECONDS, ready, run_at_work
from txplatform.defs.resources import PlatformResource
from txplatform.defs.ticks import for_each
from txplatform.ledger import LandedObject

MAX_REQUESTS = 20  # a tick submits runs one after the other, ~0.2 s each, and has 60 s in all
MAX_NAMED = 20
RANGE_START_TAG = "dagster/asset_partition_range_start"
RANGE_END_TAG = "dagster/asset_partition_range_end"


def files_job_name(entity: str) -> str:
    """The job that ingests an entity's files. One an entity, since their days begin at different dates."""
    return f"ingest_{entity}_files"


def files_job(contract: Contract) -> AssetJob:
    """Build the files job of one entity."""
    return dg.define_asset_job(
        files_job_name(contract.name),
        selection=dg.AssetSelection.assets(EntityKeys.of(contract.name).files),
        description=f"Replace days of {contract.title} with what their RAW folders hold.",
        tags={LANE_TAG: Lane.FILES.value, ENTITY_TAG: contract.name, MAX_RUNTIME_TAG: "3600"},
    )


def raw_files_sensor(contracts: Mapping[str, Contract], jobs: Sequence[AssetJob]) -> dg.SensorDefinition:
    """Build the sensor that asks the ledger for pending files."""

    @dg.sensor(
        name="raw_files_sensor",
        jobs=jobs,
        minimum_interval_seconds=MINIMUM_INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Starts a run for every stretch of days that has files pending in the ledger. A day that can never "
        "be a partition is refused with its reason and holds up nothing else.",
    )
    def sensor(context: dg.SensorEvaluationContext, platform: PlatformResource) -> dg.SensorResult:
        now = utc_now()
        foreign: list[LandedObject] = []

        def look(entity: str) -> list[dg.RunRequest] | str:
            return _look(context, contracts[entity], platform, foreign, now)

        found, reasons = for_each(context, platform, Lane.FILES, list(contracts), look)
        requests = [request for of_entity in found.values() for request in of_entity]
        for entity, objects in groupby(foreign, lambda item: item.entity):
            _refuse(context, contracts[entity], platform, list(objects))
        return dg.SensorResult(run_requests=requests[:MAX_REQUESTS], skip_reason=None if requests else reasons)

    return sensor


def _look(
    context: dg.SensorEvaluationContext,
    contract: Contract,
    platform: PlatformResource,
    foreign: list[LandedObject],
    now: datetime,
) -> list[dg.RunRequest] | str:
    """The runs an entity needs now, or why it needs none. Its files of impossible days are added to `foreign`."""
    job_name = files_job_name(contract.name)
    asset = EntityKeys.of(contract.name).files
    run_id = run_at_work(context.instance, job_name, [asset], now)
    if run_id:
        return f"run {run_id} is at work"
    placed: list[LandedObject] = []
    for item in platform.ledger.pending(Lane.FILES, contract.name):
        if is_foreign(contract, item.dt, now.date()):
            foreign.append(item)
        elif item.dt <= now.date():  # else tomorrow's file, which waits for its day
            placed.append(item)
    due = ready(context.instance, job_name, asset, placed, [item for item in placed if item.is_due(now)], now)
    if isinstance(due, str):
        return due
    return [_request(job_name, first, last) for first, last in ranges(item.dt for item in due)]


def _refuse(
    context: dg.SensorEvaluationContext, contract: Contract, platform: PlatformResource, objects: Sequence[LandedObject]
) -> None:
    """Tell of files of impossible days, then give them up. What could not be told stays pending for the next tick."""
    reason = f"dt is not a day of {contract.name}: its files run from {contract.files_from} to today"
    lines = [f"{reason}. Remedy: drop them again under the right day.", *(item.uri for item in objects[:MAX_NAMED])]
    try:
        if platform.alerts.publish(f"{contract.name}: {len(objects)} files refused", lines):
            platform.ledger.abandon(objects, reason)
    except Exception:
        context.log.exception(f"{contract.name}: files of impossible days could not be refused; the next tick will")


def _request(job_name: str, first: date, last: date) -> dg.RunRequest:
    if first == last:
        return dg.RunRequest(job_name=job_name, partition_key=first.isoformat())
    tags = {RANGE_START_TAG: first.isoformat(), RANGE_END_TAG: last.isoformat()}
    return dg.RunRequest(job_name=job_name, tags=tags)
