"""Removal of what no reader can need any more: by Athena's VACUUM, and of metadata that VACUUM does not promise.

Writers expire snapshots by their number (lake/tables.py), so a snapshot is gone from the table long before its files
may go. These go by age: none younger than the table's `vacuum_max_snapshot_age_seconds` is touched, which is as long as
any run may take, so that neither a reader nor a commit at work misses one.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pyiceberg.table import Table
from pyiceberg.table.snapshots import Snapshot

from txplatform.clock import parse_timestamp, timestamp_text
from txplatform.errors import LakeError, QueryError
from txplatform.lake.catalog import MAX_AGE, Lake
from txplatform.lake.races import NOT_COMMITTED
from txplatform.warehouse.athena import Athena
from txplatform.warehouse.statements import quoted

VACUUMED_AT = "txplatform.vacuumed-at"
_MORE_RUNS = "ICEBERG_VACUUM_MORE_RUNS_NEEDED"  # Athena removes so many files in one statement
_MOST_RUNS = 20
_PAGE = 1000  # objects that S3 deletes in one call
_PARALLEL = 8


def max_age(table: Table) -> timedelta:
    """How old what is not needed any more gets before it is removed."""
    return timedelta(seconds=int(table.properties[MAX_AGE]))


def is_due(table: Table, now: datetime) -> bool:
    """Whether anything can have become old enough since the last VACUUM."""
    last = table.properties.get(VACUUMED_AT)
    return last is None or abs(now - parse_timestamp(last)) >= max_age(table)


def vacuum(lake: Lake, name: str, athena: Athena, now: datetime) -> int:
    """Expire snapshots and remove files past their time; return how many metadata files went besides VACUUM's own."""
    for _ in range(_MOST_RUNS):
        try:
            athena.execute(f"VACUUM {quoted(name)}")
            break
        except QueryError as error:
            if _MORE_RUNS not in str(error):
                raise
    removed = _remove_metadata(lake, name, now)
    marking = lake.table(name).transaction().set_properties({VACUUMED_AT: timestamp_text(now)})
    with suppress(*NOT_COMMITTED):  # a writer was faster: VACUUM runs again in the next run
        marking.commit_transaction()
    return removed


def _remove_metadata(lake: Lake, name: str, now: datetime) -> int:
    """Delete the files in the table's metadata folder that its present state does not lead to."""
    s3: Any = lake.clients.client("s3")
    bucket, _, folder = f"{lake.table(name).location()}/metadata/".removeprefix("s3://").partition("/")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=folder)
    listed = [(item["Key"], item["LastModified"]) for page in pages for item in page.get("Contents", ())]
    table = lake.table(name)  # after the listing: what was committed meanwhile is led to
    needed = {path.removeprefix(f"s3://{bucket}/") for path in _metadata_files(table)}
    oldest = now - max_age(table)
    surplus = [key for key, modified in listed if key not in needed and modified < oldest]
    for start in range(0, len(surplus), _PAGE):
        keys = surplus[start : start + _PAGE]
        answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in keys]})
        if answer.get("Errors"):
            raise LakeError(f"{name}: S3 did not delete {len(answer['Errors'])} metadata files: {answer['Errors'][0]}")
    return len(surplus)


def _metadata_files(table: Table) -> Iterator[str]:
    metadata = table.metadata
    yield table.metadata_location
    yield from (entry.metadata_file for entry in metadata.metadata_log)
    yield from (item.statistics_path for item in (*metadata.statistics, *metadata.partition_statistics))
    yield from (item.manifest_list for item in metadata.snapshots)
    with ThreadPoolExecutor(_PARALLEL) as threads:
        for paths in threads.map(partial(_manifests, table), metadata.snapshots):
            yield from paths


def _manifests(table: Table, snapshot: Snapshot) -> list[str]:
    return [manifest.manifest_path for manifest in snapshot.manifests(table.io)]
