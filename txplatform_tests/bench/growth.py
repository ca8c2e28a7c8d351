"""Thousands of commits in a row with maintenance on: what a commit costs then, and what has grown.

Commits go to the changes table of one entity. Every hundred of them a fold and a run of maintenance come in between, as
Dagster starts them; what no snapshot needs is removed after seconds instead of hours, since a bench has no day. In the
middle a batch is committed and not marked done, its snapshot expires, and it is resumed. The baseline is pyiceberg's
own append, to a table that nobody maintains.
"""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from statistics import median
from typing import Any

import polars as pl
import pyarrow as pa
from pyiceberg.catalog.glue import GlueCatalog

from txplatform.clock import utc_now
from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.contracts.render.arrow import lake_schema, stored
from txplatform.contracts.render.columns import SNAPSHOT
from txplatform.lake.catalog import MAX_AGE
from txplatform.lake.commit import append_once
from txplatform.lake.epochs import close_epoch
from txplatform.lake.late_rows import in_epoch
from txplatform.lake.maintenance import maintain
from txplatform.lake.maintenance.glue_versions import table_versions
from txplatform.lake.system_columns import stamped, to_table
from txplatform.lake.tables import SNAPSHOTS_KEPT
from txplatform.warehouse.views import refresh_view
from txplatform_tests.bench.frame.figures import Figure, Size
from txplatform_tests.bench.frame.measuring import progress
from txplatform_tests.bench.frame.stand import empty_stand
from txplatform_tests.lake_stand import BUCKET, Stand

_COMMITS = {Size.SMALL: 16, Size.FULL: 2000}
_WINDOW = {Size.SMALL: 4, Size.FULL: 100}  # commits whose median counts, and between two runs of maintenance
_BASELINE = {Size.SMALL: 6, Size.FULL: 200}
_ROWS = 20
_AGE_SECONDS = 5  # less than the commits between two runs of maintenance take
SETTINGS = {
    size: f"{_COMMITS[size]:,} commits of {_ROWS} rows, fold and maintenance after every {_WINDOW[size]}."
    for size in Size
}


def measure(size: Size) -> Iterator[Figure]:
    """Commit to a maintained table and to one that is not."""
    commits, window = _COMMITS[size], _WINDOW[size]
    yield from _baseline(_BASELINE[size], window)
    stand = empty_stand()
    table = names.changes_table(stand.contract.name)
    _set_age(stand)
    cpu: list[float] = []
    objects: list[int] = []
    resumed = 0
    maintained = 0.0
    for number in range(commits):
        cpu.append(_commit(stand, table, f"b{number:06d}"))
        if (number + 1) % window:
            continue
        started = time.perf_counter()
        if number + 1 == commits // 2:
            resumed = _interrupted(stand, table, f"b{number:06d}-resumed")
        _maintain(stand)
        maintained += time.perf_counter() - started
        objects.append(_objects(stand, table))
        progress(f"{number + 1} commits, {median(cpu[-window:]) * 1000:.0f} ms CPU each, {objects[-1]} objects")
    first, last = median(cpu[:window]), median(cpu[-window:])
    yield Figure(f"CPU of the first {window} commits, each", first, "s")
    yield Figure(f"CPU of the last {window} commits, each", last, "s")
    yield Figure("last to first", last / first, "x", most=1.2)
    yield Figure("fold and maintenance, each", maintained / len(objects), "s")
    metadata = stand.lake.table(table)
    yield Figure("metadata.json", len(metadata.io.new_input(metadata.metadata_location)) / 1024, "KB", 200, exact=True)
    kept = SNAPSHOTS_KEPT + 1  # a compaction's own stays beside them until the next commit
    yield Figure("snapshots", len(metadata.metadata.snapshots), most=kept, exact=True)
    yield Figure("objects of the table, the most after maintenance", max(objects), most=5 * window)
    glue = [names.snapshot_table(stand.contract.name), table, stand.contract.name]
    yield Figure(
        "Glue versions, the most of a table or view",
        max(len(_versions(stand, name)) for name in glue),
        most=100,
        exact=True,
    )
    yield Figure(
        "rows of the batch that was resumed after its snapshot expired", resumed, most=_ROWS, least=_ROWS, exact=True
    )
    missing = commits * _ROWS + resumed - stand.lake.table(table).scan().count()
    yield Figure("rows missing or twice", abs(missing), most=0, exact=True)


def _baseline(commits: int, window: int) -> Iterator[Figure]:
    """The cost of pyiceberg's own appends."""
    progress(f"baseline: {commits} appends of pyiceberg")
    stand = empty_stand()
    endpoint = stand.settings.endpoint_url or ""
    catalog = GlueCatalog(
        "glue", stand.clients.client("glue"), **{"s3.endpoint": endpoint, "s3.region": stand.settings.region}
    )
    cpu: list[float] = []
    for number in range(commits):
        rows = stored(_rows(stand, f"b{number}"))
        started = time.process_time()
        catalog.load_table((names.DATABASE, names.changes_table(stand.contract.name))).append(rows)
        cpu.append(time.process_time() - started)
    yield Figure(f"pyiceberg alone: CPU of the first {window} appends, each", median(cpu[:window]), "s")
    yield Figure(
        f"pyiceberg alone: CPU of appends {commits - window + 1} to {commits}, each", median(cpu[-window:]), "s"
    )
    yield Figure("pyiceberg alone: last to first", median(cpu[-window:]) / median(cpu[:window]), "x")


def _rows(stand: Stand, batch: str) -> pa.Table:
    """Payments of the day, as a batch of the changes lane has them."""
    moment = datetime(2026, 10, 29, tzinfo=UTC)
    rows: Sequence[dict[str, Any]] = [
        {
            "payment_id": f"{batch}-{row}", "currency": "EUR", "status": "captured", "created_at": moment, "_row": row,
            "_order_key": f"1|000001|{batch}{row:08d}", "_deleted": False, "_occurred_at": moment, "_source": "s3://x",
        }
        for row in range(_ROWS)
    ]  # fmt: skip
    frame = pl.DataFrame(pa.Table.from_pylist(rows, schema=lake_schema(stand.contract, SNAPSHOT)))
    return to_table(stand.contract, Lane.CHANGES, stamped(frame, batch, utc_now()))


def _commit(stand: Stand, table: str, batch: str) -> float:
    """Commit a batch; return the CPU that it took."""
    rows = _rows(stand, batch)
    started = time.process_time()
    append_once(stand.lake, table, rows, batch, partial(in_epoch, stand.contract, stand.lake, stand.ledger))
    return time.process_time() - started


def _interrupted(stand: Stand, table: str, batch: str) -> int:
    """Commit a batch, let its snapshot expire before it counts as done, and resume it; return its rows in the table."""
    progress("a batch is interrupted after its commit")
    _commit(stand, table, batch)
    held = stand.lake.table(table).current_snapshot()
    close_epoch(stand.lake, stand.contract)
    assert held
    stand.lake.table(table).maintenance.expire_snapshots().by_id(held.snapshot_id).commit()
    _maintain(stand)
    assert stand.lake.table(table).metadata.snapshot_by_id(held.snapshot_id) is None, "its snapshot has not expired"
    _commit(stand, table, batch)
    return stand.lake.table(table).scan(f"_batch_id = '{batch}'").count()


def _maintain(stand: Stand) -> None:
    stand.fold()
    refresh_view(stand.contract, stand.athena, stand.ledger)
    report = maintain(stand.contract, stand.lake, stand.athena, stand.ledger)
    assert not report.problems, report.problems


def _set_age(stand: Stand) -> None:
    with stand.lake.table(names.changes_table(stand.contract.name)).transaction() as change:
        change.set_properties({MAX_AGE: str(_AGE_SECONDS)})


def _versions(stand: Stand, name: str) -> list[str]:
    return table_versions(stand.clients, name)


def _objects(stand: Stand, table: str) -> int:
    pages = stand.clients.client("s3").get_paginator("list_objects_v2")
    prefix = f"{names.WAREHOUSE_PREFIX}/{table}/"
    return sum(len(page.get("Contents", ())) for page in pages.paginate(Bucket=BUCKET, Prefix=prefix))
