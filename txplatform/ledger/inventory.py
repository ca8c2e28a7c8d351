"""The bucket's inventory: what S3 itself has listed of a landing area, daily, at a fraction of the cost of listing it.

The template has S3 write a report for each lane under `inventory/<bucket>/<prefix of the lane>/`. A report is a
manifest and data files, which are read in streams. Where there is no report that is recent, whole and readable, nothing
here gives one, and the caller lists.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.errors import InventoryError
from txplatform.ledger.inventory_files import COLUMNS, ListedObject, read_csv, read_parquet

if TYPE_CHECKING:
    from txplatform.aws import AwsClients

OLDEST = timedelta(days=3)  # S3 delivers a daily report within 48 hours
_REPORT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}-[0-9]{2}Z")


@dataclass(frozen=True, slots=True)
class InventoryReport:
    """One report that is complete. `made_at` is when S3 began to list; `columns` are those of its data files."""

    lane: Lane
    location: str
    made_at: datetime
    format: str
    columns: tuple[str, ...]
    keys: tuple[str, ...]


class Inventory:
    """Finds and reads the reports on the lake bucket."""

    def __init__(self, clients: "AwsClients", bucket: str) -> None:
        self._s3: Any = clients.client("s3")
        self._bucket = bucket

    def latest(self, lane: Lane, now: datetime) -> InventoryReport | None:
        """The newest complete report of a lane, None if there is none of the last three days.

        Raise InventoryError for one that does not say what is needed.
        """
        prefix = f"{names.INVENTORY_PREFIX}/{self._bucket}/{names.LANE_PREFIXES[lane]}/"
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix, Delimiter="/")
        folders = [folder["Prefix"] for page in pages for folder in page.get("CommonPrefixes", ())]
        for folder in sorted(folders, reverse=True):
            name = folder.removeprefix(prefix).rstrip("/")
            manifest = self._manifest(folder) if _REPORT.fullmatch(name) else None
            if manifest is not None:
                report = _report(lane, f"s3://{self._bucket}/{folder}", manifest)
                return report if now - report.made_at <= OLDEST else None
        return None

    def objects(self, report: InventoryReport) -> Iterator[ListedObject]:
        """The current objects that a report lists, in no order; raise InventoryError for what cannot be read."""
        read = read_csv if report.format == "CSV" else read_parquet
        for key in report.keys:
            body = self._s3.get_object(Bucket=self._bucket, Key=key)["Body"]
            with body:
                yield from read(f"s3://{self._bucket}/{key}", body, report.columns)

    def _manifest(self, folder: str) -> bytes | None:
        """The manifest of a report, None while S3 is still writing it: its checksum comes last."""
        try:
            checksum = self._s3.get_object(Bucket=self._bucket, Key=f"{folder}manifest.checksum")["Body"].read()
            manifest = self._s3.get_object(Bucket=self._bucket, Key=f"{folder}manifest.json")["Body"].read()
        except self._s3.exceptions.NoSuchKey:
            return None
        digest = hashlib.md5(manifest, usedforsecurity=False).hexdigest()
        return manifest if digest == checksum.decode("ascii", "replace").strip() else None


def _report(lane: Lane, location: str, manifest: bytes) -> InventoryReport:
    try:
        document: Mapping[str, Any] = json.loads(manifest)
        made_at = datetime.fromtimestamp(int(document["creationTimestamp"]) / 1000, UTC)
        kind, schema = str(document["fileFormat"]), str(document["fileSchema"])
        keys = tuple(str(file["key"]) for file in document["files"])
    except (ValueError, KeyError, TypeError) as error:
        raise InventoryError(location, "its manifest is not one of S3 Inventory") from error
    if kind not in ("CSV", "Parquet"):
        raise InventoryError(location, f"its format is {kind}; CSV and Parquet can be read")
    columns = tuple(re.findall(r"\w+", schema)) if kind == "CSV" else COLUMNS
    lacking = [name for name in COLUMNS if kind == "CSV" and name not in columns]
    if lacking:
        raise InventoryError(location, f"it lacks {', '.join(lacking)}")
    return InventoryReport(lane, location, made_at, kind, columns, keys)
