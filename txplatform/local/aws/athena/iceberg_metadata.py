"""What the metadata file of an Iceberg table tells: its columns, and its snapshots through time."""

import gzip
import json
from typing import Any
from urllib.parse import urlsplit

from txplatform.local.aws.athena.errors import StatementError


def read(s3: Any, location: str) -> dict[str, Any]:
    """Return a metadata file; it never changes."""
    parts = urlsplit(location)
    body = s3.get_object(Bucket=parts.netloc, Key=parts.path.lstrip("/"))["Body"].read()
    return json.loads(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)


def fields(metadata: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the columns of the current schema."""
    return next(s["fields"] for s in metadata["schemas"] if s["schema-id"] == metadata["current-schema-id"])


def snapshot_as_of(metadata: dict[str, Any], milliseconds: int, name: str) -> int:
    """Return the snapshot that was current at a time; raise StatementError before the first one."""
    log = [entry for entry in metadata.get("snapshot-log", []) if entry["timestamp-ms"] <= milliseconds]
    if not log:
        raise StatementError("INVALID_ARGUMENTS", f"line 1:1: No version history table {name} at or before the time")
    return max(log, key=lambda entry: entry["timestamp-ms"])["snapshot-id"]
