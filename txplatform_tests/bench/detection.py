"""Detection at size: a sensor's tick beside all that has ever landed, a backlog at once, and reconciliation.

The known objects are rows of the ledger and lines of a report of S3 Inventory; what arrives is put into the bucket and
notified to the function `landing` in this process. The baseline of a tick is one with hardly anything known.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import pytest

from txplatform.clock import utc_now
from txplatform.contracts.names import Lane, lane_prefix
from txplatform.definitions import compose
from txplatform.defs.resources import PlatformResource
from txplatform.ledger.rows import LandedObject, done_item
from txplatform_tests.bench.frame.figures import Figure, Size
from txplatform_tests.bench.frame.measuring import Cost, cost_of, progress
from txplatform_tests.bench.frame.stand import empty_stand
from txplatform_tests.defs.bench import Bench
from txplatform_tests.lake_stand import Stand
from txplatform_tests.ledger.arrivals import FIRST_DAY, Arrivals
from txplatform_tests.ledger.inventory_reports import csv_file, put_report

_KNOWN = {Size.SMALL: 2_000, Size.FULL: 500_000}
_ARRIVING = {Size.SMALL: 300, Size.FULL: 20_000}
_DAYS = 400
_WRITTEN = 5_000  # rows at once
SETTINGS = {
    size: f"{_KNOWN[size]:,} known objects of {_DAYS} days, {_ARRIVING[size]:,} that arrive, 50 of them of one second; "
    "100 late, 100 overwritten, one notification in 50 lost and one in 10 doubled."
    for size in Size
}


def measure(size: Size) -> Iterator[Figure]:
    """Fill the ledger, tick, let objects arrive, tick, take all of them, and reconcile."""
    stand = empty_stand()
    with pytest.MonkeyPatch.context() as patch, dg.DagsterInstance.ephemeral() as instance:
        bench = _sensors(stand, instance)
        yield from _tick("steady tick, hardly anything known", bench)
        known = [_known(stand, number) for number in range(_KNOWN[size])]
        for start in range(0, len(known), _WRITTEN):
            progress(f"{start:,} known objects")
            stand.ledger._put([done_item(item, item.landed_at) for item in known[start : start + _WRITTEN]])
        yield from _tick("steady tick", bench, seconds=2, calls=2)
        progress(f"{_ARRIVING[size]:,} objects arrive")
        arrivals = Arrivals(stand, Lane.FILES, patch)
        few = 100 if size is Size.FULL else 20
        traffic = arrivals.land(_ARRIVING[size], 50, few, few)
        arrivals.deliver(traffic.notified)
        yield from _tick("tick with all of them pending", bench, seconds=10, calls=30)
        progress("taking them")
        arrivals.take()
        yield from _by_inventory(stand, [*known, *stand.ledger.landing_area.objects(Lane.FILES, stand.contract.name)])
        arrivals.take()
        yield from _by_listing(stand)
        arrivals.deliver([*traffic.late, *traffic.notified])
        arrivals.take()
        yield Figure("versions that landed", len(traffic.expected), least=_ARRIVING[size], exact=True)
        yield Figure("of these not taken exactly once", arrivals.wrong(traffic.expected), most=0, exact=True)


def _sensors(stand: Stand, instance: dg.DagsterInstance) -> Bench:
    settings = stand.settings
    platform = PlatformResource(
        region=settings.region,
        endpoint_url=settings.endpoint_url or "",
        lake_bucket=settings.lake_bucket,
        alerts_topic_arn=settings.alerts_topic_arn,
        api_url=settings.api_url,
        dashboards_url=settings.dashboards_url,
    )
    return Bench(platform, compose({stand.contract.name: stand.contract}, platform).get_repository_def(), instance, "")


def _tick(name: str, bench: Bench, seconds: float | None = None, calls: float | None = None) -> Iterator[Figure]:
    """Both lanes' sensors, evaluated as the daemon does; the second time counts, as in a process that lives long."""
    sensors = ("raw_files_sensor", "changes_sensor")
    for sensor in sensors:
        bench.tick(sensor)
    with _calls(bench.platform.ledger) as made, cost_of() as cost:
        for sensor in sensors:
            bench.tick(sensor)
    yield Figure(name, cost.seconds, "s", most=seconds)
    yield Figure(f"{name}: requests to AWS", len(made), most=calls, exact=True)


def _by_inventory(stand: Stand, listed: list[LandedObject]) -> Iterator[Figure]:
    entity, now = stand.contract.name, utc_now()
    rows = [_row(item) for item in listed]
    for name, made_at in (("the first report", now - timedelta(days=1)), ("the next report", now)):
        put_report(stand.clients, stand.settings.lake_bucket, Lane.FILES, made_at, csv_file(rows))
        progress(f"comparing {name} of {len(rows):,} objects")
        with _calls(stand.ledger) as made, cost_of() as cost:
            report = stand.ledger.inventory.latest(Lane.FILES, now)
            assert report is not None
            added = stand.ledger.reconcile_inventory(report, [entity])[entity]
        yield from _compared(name, cost, made, added)


def _by_listing(stand: Stand) -> Iterator[Figure]:
    progress("listing")
    hot = (FIRST_DAY, FIRST_DAY + timedelta(days=1))
    with _calls(stand.ledger) as made, cost_of() as cost:
        added = stand.ledger.reconcile_others(Lane.FILES, stand.contract.name, hot, lambda _: None)
    yield from _compared("listing what arrived", cost, made, added)


def _compared(name: str, cost: Cost, made: list[str], added: int) -> Iterator[Figure]:
    yield Figure(f"{name}", cost.seconds, "s")
    yield Figure(f"{name}: CPU besides AWS", cost.cpu_seconds, "s")
    yield Figure(f"{name}: memory", cost.peak_bytes / 1e6, "MB")
    yield Figure(f"{name}: requests to AWS", len(made))
    yield Figure(f"{name}: objects added", added)


@contextmanager
def _calls(ledger: Any) -> Iterator[list[str]]:
    """The operations that the ledger's clients call meanwhile."""
    made: list[str] = []

    def note(model: Any, **_: Any) -> None:
        made.append(model.name)

    clients = (ledger._dynamodb, ledger.landing_area._s3, ledger.inventory._s3)
    for client in clients:
        client.meta.events.register("before-call", note, unique_id="calls of a bench")
    yield made
    for client in clients:
        client.meta.events.unregister("before-call", note, unique_id="calls of a bench")


def _known(stand: Stand, number: int) -> LandedObject:
    """An object that was taken long ago, of a year before anything that arrives."""
    day = FIRST_DAY - timedelta(days=366 + _DAYS - number % _DAYS)
    key = f"{lane_prefix(Lane.FILES, stand.contract.name)}dt={day}/part-{number:08d}.csv"
    etag = hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()
    moment = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
    bucket = stand.settings.lake_bucket
    return LandedObject(Lane.FILES, stand.contract.name, bucket, key, f"v{number:031d}", etag, 1000, moment, day)


def _row(item: LandedObject) -> dict[str, Any]:
    return {
        "Bucket": item.bucket,
        "Key": item.object_key,
        "Size": item.size,
        "LastModifiedDate": item.landed_at,
        "ETag": item.etag,
    }
