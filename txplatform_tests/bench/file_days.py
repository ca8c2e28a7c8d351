"""1,000 days of files into the lake in a few runs of Dagster, and 200 weekdays in one.

Each day has one small file. The runs are those that the sensor asks for, executed in this process over an instance on
disk, one after the other, until nothing is pending.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import dagster as dg

from txplatform.contracts import names
from txplatform.contracts.names import Lane, lane_prefix
from txplatform.definitions import compose
from txplatform.defs.files.automation import days_request, files_job_name
from txplatform.defs.files.partitions import days_of_next_run
from txplatform.defs.keys import EntityKeys
from txplatform.defs.resources import PlatformResource
from txplatform_tests.bench.frame.figures import Figure, Size
from txplatform_tests.bench.frame.measuring import cost_of, progress
from txplatform_tests.bench.frame.stand import aws_pid, empty_stand
from txplatform_tests.lake_stand import BUCKET, Stand, csv_of, payment

_DAYS = {Size.SMALL: 15, Size.FULL: 1_000}
_WEEKDAYS = {Size.SMALL: 10, Size.FULL: 200}
_ROWS = 5
_FIRST = date(2022, 1, 3)  # a Monday
_MOST_SECONDS = 180
SETTINGS = {size: f"{_DAYS[size]:,} days, and {_WEEKDAYS[size]} weekdays, of one CSV file each." for size in Size}


def measure(size: Size) -> Iterator[Figure]:
    """Take consecutive days of one entity, then weekdays of another; count runs and materialised partitions."""
    days = [_FIRST + timedelta(days=place) for place in range(_DAYS[size])]
    yield from _figures("days", days, most_seconds=_MOST_SECONDS)
    days = [_FIRST + timedelta(days=place) for place in range(_WEEKDAYS[size] * 7 // 5)]
    yield from _figures("weekdays", [day for day in days if day.weekday() < 5], most_runs=1)


def _figures(
    what: str, days: list[date], *, most_seconds: float | None = None, most_runs: float | None = None
) -> Iterator[Figure]:
    stand = empty_stand()
    stand.contract = replace(stand.contract, files_from=_FIRST)
    progress(f"landing files of {len(days):,} {what}")
    _land(stand, days)
    with tempfile.TemporaryDirectory() as home, dg.DagsterInstance.local_temp(home) as instance:
        with cost_of() as cost, cost_of(aws_pid()) as beside:
            runs = _take_all(stand, instance)
        partitions = instance.get_materialized_partitions(EntityKeys.of(stand.contract.name).files)
    rows = stand.rows(names.files_table(stand.contract.name)).num_rows
    count = len(days)
    yield Figure(f"{what}: time", cost.seconds, "s", most=most_seconds)
    yield Figure(f"{what}: CPU", cost.cpu_seconds, "s")
    yield Figure(f"{what}: CPU of the local AWS", beside.cpu_seconds, "s")
    yield Figure(f"{what}: runs", runs, "runs", most=most_runs, exact=True)
    yield Figure(f"{what}: partitions", len(partitions), "partitions", most=count, least=count, exact=True)
    yield Figure(f"{what}: rows", rows, "rows", most=count * _ROWS, least=count * _ROWS, exact=True)


def _land(stand: Stand, days: list[date]) -> None:
    s3 = stand.clients.client("s3")
    for day in days:
        body = csv_of(payment(f"{day}-{place}") for place in range(_ROWS))
        key = f"{lane_prefix(Lane.FILES, stand.contract.name)}dt={day}/day.csv"
        s3.put_object(Bucket=BUCKET, Key=key, Body=body.encode())
    stand.ledger.reconcile(Lane.FILES, stand.contract.name)


def _take_all(stand: Stand, instance: dg.DagsterInstance) -> int:
    """Execute the sensor's runs until nothing is pending, and return how many there were."""
    entity, runs = stand.contract.name, 0
    platform = PlatformResource.with_variables({"AWS_REGION": stand.settings.region, **stand.environment})
    job = compose({entity: stand.contract}, platform).get_repository_def().get_job(files_job_name(entity))
    while pending := stand.ledger.pending(Lane.FILES, entity):
        request = days_request(entity, days_of_next_run(pending))
        progress(f"run {runs + 1} of {entity}: {len(pending):,} files are pending")
        result = job.execute_in_process(request.run_config, instance, tags=request.tags)
        assert result.success
        runs += 1
    return runs
