"""Writes reports of S3 Inventory, as S3 does, into a bucket."""

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

import pyarrow as pa
import pyarrow.parquet as pq

from txplatform.aws import AwsClients
from txplatform.contracts import names
from txplatform.contracts.names import Lane

Row = Mapping[str, Any]
COLUMNS = ("Bucket", "Key", "Size", "LastModifiedDate", "ETag")
_PARQUET = {"Bucket": "bucket", "Key": "key", "Size": "size", "LastModifiedDate": "last_modified_date", "ETag": "e_tag"}
_VERSIONED = {"VersionId": "version_id", "IsLatest": "is_latest", "IsDeleteMarker": "is_delete_marker"}


def listed(clients: AwsClients, bucket: str, *keys: str, modified_at: datetime | None = None) -> list[dict[str, Any]]:
    """The rows of objects as S3 would list them now."""
    s3 = clients.client("s3")
    rows: list[dict[str, Any]] = []
    for key in keys:
        head = s3.head_object(Bucket=bucket, Key=key)
        moment = modified_at or head["LastModified"]
        rows.append(
            {
                "Bucket": bucket,
                "Key": key,
                "Size": head["ContentLength"],
                "LastModifiedDate": moment,
                "ETag": head["ETag"].strip('"'),
            }
        )
    return rows


def csv_file(rows: Sequence[Row], columns: Sequence[str] = COLUMNS) -> bytes:
    """A data file without a header, with encoded keys, every value quoted, gzipped."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    for row in rows:
        moment: datetime = row["LastModifiedDate"].astimezone(UTC)
        shown = row | {"Key": quote_plus(row["Key"], safe="/"), "LastModifiedDate": f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"}
        writer.writerow([shown[name] for name in columns])
    return gzip.compress(text.getvalue().encode(), mtime=0)


def parquet_file(rows: Sequence[Row]) -> bytes:
    """A data file with the types that S3 gives its columns."""
    names_of = _PARQUET | {name: column for name, column in _VERSIONED.items() if rows and name in rows[0]}
    table = pa.table({column: [row[name] for row in rows] for name, column in names_of.items()})
    moments = pa.array([row["LastModifiedDate"] for row in rows], pa.timestamp("ms", "UTC"))
    table = table.set_column(table.schema.get_field_index("last_modified_date"), "last_modified_date", moments)
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def put_report(
    clients: AwsClients,
    bucket: str,
    lane: Lane,
    made_at: datetime,
    *files: bytes,
    kind: str = "CSV",
    columns: Sequence[str] = COLUMNS,
    checksum: str | None = None,
    complete: bool = True,
) -> None:
    """Write a report: its data files, its manifest and, last, the manifest's checksum."""
    s3 = clients.client("s3")
    root = f"{names.INVENTORY_PREFIX}/{bucket}/{names.LANE_PREFIXES[lane]}/"
    keys: list[str] = []
    for number, body in enumerate(files):
        key = f"{root}data/{made_at:%Y%m%d%H%M%S}-{number}"
        s3.put_object(Bucket=bucket, Key=key, Body=body)
        keys.append(key)
    manifest = json.dumps(
        {
            "sourceBucket": bucket,
            "destinationBucket": f"arn:aws:s3:::{bucket}",
            "version": "2016-11-30",
            "creationTimestamp": str(int(made_at.timestamp() * 1000)),
            "fileFormat": kind,
            "fileSchema": ", ".join(columns) if kind == "CSV" else "message s3.inventory { required binary bucket; }",
            "files": [{"key": key, "size": 1, "MD5checksum": ""} for key in keys],
        }
    ).encode()
    folder = f"{root}{made_at:%Y-%m-%dT%H-%MZ}/"
    s3.put_object(Bucket=bucket, Key=f"{folder}manifest.json", Body=manifest)
    if complete:
        digest = checksum or hashlib.md5(manifest, usedforsecurity=False).hexdigest()
        s3.put_object(Bucket=bucket, Key=f"{folder}manifest.checksum", Body=digest.encode())
