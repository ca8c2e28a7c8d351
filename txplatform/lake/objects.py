"""Landed objects out of S3: listed by day, read several at a time, named with the version that was read."""

# pyarrow carries no types, polars and pyiceberg some.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
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
    one before it in the order of keys, so that the order is total. Which version they have, reading tells.
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
    """The content of each object, in order: of its version where it names one, else of the current one, then named."""
    with ThreadPoolExecutor(_PARALLEL) as threads:
        yield from threads.map(lambda item: _read(clients, item), objects)


def is_gone(clients: AwsClients, item: LandedObject) -> bool:
    """Whether there is no object under the key any more, of whatever version."""
    try:
        clients.client("s3").head_object(Bucket=item.bucket, Key=item.object_key)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") not in _GONE:
            raise
        return True
    return False


def _ranges(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """Runs of consecutive days: each is listed in one go."""
    start = 0
    for place, day in enumerate(days):
        if place + 1 == len(days) or days[place + 1] - day > timedelta(days=1):
            yield days[start], day
            start = place + 1


def _list_range(clients: AwsClients, lane: Lane, entity: str, first: date, last: date) -> Iterator[LandedObject]:
    bucket, prefix = clients.settings.lake_bucket, f"{names.lane_prefix(lane, entity)}dt="
    end = last.isoformat()
    pages = clients.client("s3").get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=bucket, Prefix=prefix, StartAfter=f"{prefix}{first}"):
        for item in page.get("Contents", ()):
            text, _, name = item["Key"].removeprefix(prefix).partition("/")
            if text[: len(end)] > end:  # a stray that only begins with a day sorts before the day's folder
                return
            day = _day(text)
            if name and "/" not in name and day:
                yield LandedObject(
                    lane=lane,
                    entity=entity,
                    bucket=bucket,
                    object_key=item["Key"],
                    version_id="",
                    etag=item["ETag"].strip('"'),
                    size=item["Size"],
                    landed_at=item["LastModified"],
                    dt=day,
                )


def _day(text: str) -> date | None:
    """The day of a folder's name; None for any other text, also one that only looks like a day."""
    with suppress(ValueError):
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None


def _read(clients: AwsClients, item: LandedObject) -> tuple[LandedObject, bytes | FileRejected]:
    version = {} if item.version_id in ("", "null") else {"VersionId": item.version_id}
    client = clients.client("s3")
    try:
        answer = client.get_object(Bucket=item.bucket, Key=item.object_key, **version)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") not in _GONE:
            raise
        return item, FileRejected("file.gone", "the object was removed before it was read")
    return replace(item, version_id=answer.get("VersionId", "null")), answer["Body"].read()


def _apart(objects: list[LandedObject]) -> list[LandedObject]:
    apart: list[LandedObject] = []
    for item in objects:
        earliest = apart[-1].landed_at + timedelta(microseconds=1) if apart else item.landed_at
        apart.append(replace(item, landed_at=max(item.landed_at, earliest)))
    return apart
