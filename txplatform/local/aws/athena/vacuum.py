"""VACUUM: expires old snapshots, then deletes the files under the table's location that nothing retained names.

A file goes only when it is older than the age that the table's properties set for snapshots: a younger one may belong
to a commit that is under way. What is retained is read after the files were listed, so that a file committed in
between counts as named.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from pyiceberg.table import Table
from pyiceberg.table.snapshots import ancestors_of

from txplatform.local.aws.athena import table_properties
from txplatform.local.aws.athena.errors import StatementError

MOST_FILES = 1000  # that one statement deletes


def expire(table: Table) -> None:
    """Remove the snapshots that are too old, but not the latest few; raise CommitFailedException in a race."""
    metadata = table.metadata
    oldest_ms = time.time() * 1000 - _age_seconds(table) * 1000
    at_least = table_properties.number(table, table_properties.SNAPSHOTS)
    heads = [metadata.snapshot_by_id(ref.snapshot_id) for ref in metadata.refs.values()]
    kept = {head.snapshot_id for head in heads if head}
    kept |= {snapshot.snapshot_id for snapshot in metadata.snapshots if snapshot.timestamp_ms >= oldest_ms}
    for head in heads:
        kept |= {snapshot.snapshot_id for snapshot in list(ancestors_of(head, metadata))[:at_least]}
    expired = {snapshot.snapshot_id for snapshot in metadata.snapshots} - kept
    if expired:
        metadata.properties["commit.retry.num-retries"] = "0"
        expiring = table.maintenance.expire_snapshots()
        expiring._snapshot_ids_to_expire = expired  # by_ids() searches the whole list for each of them
        expiring.commit()


def list_old_files(table: Table, s3: Any) -> list[str]:
    """Return the locations of the files under the table's location that are old enough to be deleted."""
    before = datetime.fromtimestamp(time.time() - _age_seconds(table), UTC)
    root = urlsplit(table.location())
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=root.netloc, Prefix=root.path.strip("/") + "/")
    listed = (item for page in pages for item in page.get("Contents", ()))
    return [f"{root.scheme}://{root.netloc}/{item['Key']}" for item in listed if item["LastModified"] < before]


def delete_unnamed(table: Table, candidates: list[str], s3: Any) -> None:
    """Delete the candidates that no retained snapshot and no retained metadata file of `table` names.

    Raises StatementError when there are more of them than Athena deletes in one statement.
    """
    named = set(_named(table))
    root = urlsplit(table.location())
    keys = [urlsplit(location).path.lstrip("/") for location in candidates if location not in named]
    if now := [{"Key": key} for key in keys[:MOST_FILES]]:
        s3.delete_objects(Bucket=root.netloc, Delete={"Objects": now, "Quiet": True})
    if len(keys) > MOST_FILES:
        raise StatementError(
            "ICEBERG_VACUUM_MORE_RUNS_NEEDED",
            f"Removed {MOST_FILES} files in this round of vacuum, but there are more files remaining. "
            "Please run another VACUUM command to process the remaining files",
        )


def _age_seconds(table: Table) -> int:
    return table_properties.number(table, table_properties.SNAPSHOT_AGE_SECONDS)


def _named(table: Table) -> Iterator[str]:
    """Yield the locations that the table as loaded needs."""
    metadata = table.metadata
    yield table.metadata_location
    most = table_properties.number(table, table_properties.METADATA_FILES)
    yield from (entry.metadata_file for entry in metadata.metadata_log[-most:] if most)
    yield from (file.statistics_path for file in (*metadata.statistics, *metadata.partition_statistics))
    seen: set[str] = set()
    for snapshot in metadata.snapshots:
        yield snapshot.manifest_list
        for manifest in snapshot.manifests(table.io):
            if manifest.manifest_path not in seen:
                seen.add(manifest.manifest_path)
                yield manifest.manifest_path
                yield from (entry.data_file.file_path for entry in manifest.fetch_manifest_entry(table.io))
