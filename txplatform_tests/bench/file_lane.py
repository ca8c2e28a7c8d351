"""A day's CSV file through the files lane, against a typed scan to Parquet by polars, which checks nothing.

The lane is everything from the object in S3 to the commit: reading, validating, ordering, digests of keys, sorting, and
the data files. Its memory is what the process takes in addition to what it had, and must not grow with the file.
"""

import gzip
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from txplatform.contracts import names
from txplatform.contracts.model import Contract, FieldType
from txplatform.contracts.names import Lane
from txplatform.contracts.render.pandera import polars_type
from txplatform_tests.bench.frame.figures import Figure, Size, Untried
from txplatform_tests.bench.frame.file_peers import compared
from txplatform_tests.bench.frame.measuring import Cost, cost_of, progress, resident_bytes
from txplatform_tests.bench.frame.payments import LAST_DAY, widened, write_file
from txplatform_tests.bench.frame.stand import empty_stand
from txplatform_tests.lake_stand import BUCKET, Stand

_ROWS = {Size.SMALL: 20_000, Size.FULL: 4_000_000}
_PART = 4  # a quarter of the rows shows whether memory grows, and carries the other comparisons
_MOST_TIMES, _MOST_TIMES_BAD = 1.5, {10: 1.5, 100: 2.5}
_MOST_MEGABYTES, _MOST_GROWTH = 1000, 1.25
SETTINGS = {
    size: f"{_ROWS[size]:,} payments of 20 columns in one CSV file, and a quarter of them where it says so."
    for size in Size
}


def measure(size: Size) -> Iterator[Figure | Untried]:
    """Ingest files into days of their own, each beside its baseline."""
    stand, rows = _stand(), _ROWS[size]
    days = (LAST_DAY - timedelta(days=place) for place in range(10))
    with tempfile.TemporaryDirectory(prefix="file-lane-") as name:
        folder = Path(name)
        _ingest(stand, next(days), _written(stand, folder / "warm.csv", 1_000), 1_000)
        part = _written(stand, folder / "part.csv", count := rows // _PART)
        few = _ingest(stand, next(days), part, count)
        yield from _whole(stand, folder / "whole.csv", rows, next(days), few)
        packed = part.with_name("packed.csv.gz")
        with part.open("rb") as source, gzip.open(packed, "wb", compresslevel=1) as target:
            shutil.copyfileobj(source, target)
        unpacked = _ingest(stand, next(days), packed, count)
        yield Figure("CPU of a quarter, gzipped to plain", unpacked.cpu_seconds / few.cpu_seconds, "x")
        for bad, most in _MOST_TIMES_BAD.items():
            damaged = _written(stand, folder / f"bad-{bad}.csv", count, bad)
            cost = _ingest(stand, next(days), damaged, count, count * bad // 1000)
            ratio = cost.cpu_seconds / few.cpu_seconds
            yield Figure(f"CPU of a quarter, {bad / 10:g}% of it bad to clean", ratio, "x", most=most)
        lines = _ingest(stand, next(days), _written(stand, folder / "lines.jsonl", count), count)
        yield Figure("CPU of a quarter as JSON lines", lines.cpu_seconds, "s")
        yield from compared(stand, folder, few.cpu_seconds, lines.cpu_seconds)


def _whole(stand: Stand, path: Path, rows: int, day: date, few: Cost) -> Iterator[Figure]:
    many = _ingest(stand, day, _written(stand, path, rows), rows)
    progress("the baseline")
    with cost_of() as scan:
        _scan(stand.contract, path)
    yield Figure("CPU of the typed scan", scan.cpu_seconds, "s")
    yield Figure("CPU of the lane", many.cpu_seconds, "s")
    yield Figure("CPU of the lane to the scan", many.cpu_seconds / scan.cpu_seconds, "x", most=_MOST_TIMES)
    yield Figure("memory of the lane", many.peak_bytes / 2**20, "MB", most=_MOST_MEGABYTES)
    yield Figure("memory to that of a quarter", many.peak_bytes / few.peak_bytes, "x", most=_MOST_GROWTH)
    again = _ingest(stand, day, path, rows)
    yield Figure("CPU of a re-delivery to the first", again.cpu_seconds / many.cpu_seconds, "x")
    yield Figure("memory of a re-delivery", again.peak_bytes / 2**20, "MB", most=_MOST_MEGABYTES)


def _stand() -> Stand:
    stand = empty_stand()
    wide = Stand(widened(stand.contract), stand.settings)
    wide.lake.ensure(wide.contract)
    return wide


def _written(stand: Stand, path: Path, rows: int, bad_in_a_thousand: int = 0) -> Path:
    progress(f"writing {path.name}")
    write_file(stand.contract, path, rows, bad_in_a_thousand)
    return path


def _ingest(stand: Stand, day: date, path: Path, rows: int, refused: int = 0) -> Cost:
    progress(f"ingesting {path.name}")
    key = f"{names.lane_prefix(Lane.FILES, stand.contract.name)}dt={day}/{path.name}"
    stand.clients.client("s3").upload_file(str(path), BUCKET, key)
    stand.ledger.reconcile(Lane.FILES, stand.contract.name, [day])
    before = resident_bytes(os.getpid())
    with cost_of() as cost:
        report = stand.ingest_files(day)
    assert (report.rows, report.refused) == (rows - refused, refused)
    cost.peak_bytes -= before
    return cost


def _scan(contract: Contract, path: Path) -> None:
    moments = [field.name for field in contract.fields if field.type is FieldType.TIMESTAMP]
    schema = {field.name: pl.String() if field.name in moments else polars_type(field) for field in contract.fields}
    form = "%Y-%m-%dT%H:%M:%S%.fZ"
    typed = pl.scan_csv(path, schema=schema).with_columns(
        pl.col(moments).str.to_datetime(form, time_unit="us", time_zone="UTC")
    )
    typed.sink_parquet(path.with_suffix(".parquet"), compression="zstd")
