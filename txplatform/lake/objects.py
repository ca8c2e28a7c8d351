"""Landed objects out of S3: listed with their versions, read exactly as listed, several at a time."""

# pyarrow carries no types, polars and pyiceberg some.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from botocore.exceptions import ClientError  # pyright: ignore[reportMissingTypeStubs]

from txplatform.aws import AwsClients
from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.ingest.batch import FileRejected
from txplatform.landed import LandedObject

_PARALLEL = 8
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_GONE = ("NoSuchKey", "NoSuchVersion", "404")


def list_days(clients: AwsClients, lane: Lane, entity: str, days: Sequence[date]) -> list[LandedObject]:
    """The current objects of sorted days, each day's in the order in which they landed.

    S3 tells times by the second: of objects of a day that landed in the same one, each is put a microsecond after the
    one before it in the order of keys, so that the order is total.
    """
    listed = defaultdict[date, list[LandedObject]](list)
    for first, last in _ranges(days):
        for item in _list_range(clients, lane, entity, first, last):
            listed[item.dt].append(item)
    in_order = (sorted(listed[day], key=lambda item: (item.landed_at, item.object_key)) for day in days)
    return [item for objects in in_order for item in _apart(objects)]


def read_objects(
    clients: AwsClients, objects: Sequence[LandedObject]
) -> Iterable[tuple[LandedObject, bytes | FileRejected]]:
    """The content of each object in its listed version, in order."""
    with ThreadPoolExecutor(_PARALLEL) as threads:
        yield from zip(objects, threads.map(lambda item: _read(clients, item), objects), strict=True)


def _ranges(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """Runs of consecutive days: each is listed in one go."""
    start = 0
    for place, day in enumerate(days):
        if place + 1 == len(days) or days[place + 1] - day > timedelta(days=1):
            yield days[start], day
            start = place + 1


def _list_range(clients: AwsClients, lane: Lane, entity: str, first: date, last: date) -> Iterator[LandedObject]:
    bucket, prefix = clients.settings.lake_bucket, f"{names.lane_prefix(lane, entity)}dt="
    pages = clients.client("s3").get_paginator("list_object_versions")
    for page in pages.paginate(Bucket=bucket, Prefix=prefix, KeyMarker=f"{prefix}{first}"):
        for item in page.get("Versions", ()):
            text, _, name = item["Key"].removeprefix(prefix).partition("/")
            if text > last.isoformat():
                return
            if item["IsLatest"] and name and not name.endswith("/") and _DAY.fullmatch(text):
                yield LandedObject(
                    lane=lane,
                    entity=entity,
                    bucket=bucket,
                    object_key=item["Key"],
                    version_id=item.get("VersionId") or "null",
                    etag=item["ETag"].strip('"'),
                    size=item["Size"],
                    landed_at=item["LastModified"],
                    dt=date.fromisoformat(text),
                )


def _read(clients: AwsClients, item: LandedObject) -> bytes | FileRejected:
    version = {} if item.version_id in ("", "null") else {"VersionId": item.version_id}
    try:
        answer = clients.client("s3").get_object(Bucket=item.bucket, Key=item.object_key, **version)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") not in _GONE:
            raise
        return FileRejected("file.gone", "the object was removed before it was read")
    return answer["Body"].read()


def _apart(objects: list[LandedObject]) -> list[LandedObject]:
    apart: list[LandedObject] = []
    for item in objects:
        earliest = apart[-1].landed_at + timedelta(microseconds=1) if apart else item.landed_at
        apart.append(item if item.landed_at >= earliest else item.landed_again(earliest))
    return apart
