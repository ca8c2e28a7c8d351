"""The landing area of the lake bucket: `<prefix of the lane>/<entity>/dt=YYYY-MM-DD/<object>`, as S3 lists it now.

Files may lie in a folder of `file_folders` that says what they are: `<entity>/source=<system>/dt=…/`.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.ledger.file_folders import FOLDERS, folder_of, folder_prefix, is_file_folder
from txplatform.ledger.ignored_names import is_ignored
from txplatform.ledger.inventory_files import ListedObject
from txplatform.ledger.rows import NO_VERSION, LandedObject

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

    from txplatform.aws import AwsClients

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_GONE = ("NoSuchKey", "NoSuchVersion", "404")


class LandingArea:
    """Lists and identifies landed objects; reads none of them."""

    def __init__(self, clients: "AwsClients", bucket: str) -> None:
        self._s3: Any = clients.client("s3")
        self._bucket = bucket

    def objects(
        self,
        lane: Lane,
        entity: str,
        days: Sequence[date] | None = None,
        ignored: list[LandedObject] | None = None,
    ) -> Iterator[LandedObject]:
        """The current objects of these days, or of all days there are, by folder, by day and then by key.

        A listing names no versions, so `version_id` is empty, and it gives times to the second. Objects under a name
        that is not a day of the calendar, or deeper in a folder, are left out. So are those that are no files by the
        convention of `ignored_names`, which go to the list `ignored`.
        """
        stretches = [(None, None)] if days is None else list(_ranges(sorted(set(days))))
        for folder in self.folders(lane, entity):
            for first, last in stretches:
                for item in self._range(lane, entity, folder, first, last):
                    if not is_ignored(item.object_key):
                        yield item
                    elif ignored is not None:
                        ignored.append(item)

    def folders(self, lane: Lane, entity: str) -> list[str | None]:
        """The folders of an entity that hold days: its own, None, and those of `file_folders`, by their names."""
        own = names.lane_prefix(lane, entity)
        found: list[str | None] = [None]
        for kind in FOLDERS if lane is Lane.FILES else ():
            pages = self._s3.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=f"{own}{kind}", Delimiter="/"):
                folders = (item["Prefix"][len(own) : -1] for item in page.get("CommonPrefixes", ()))
                found += filter(is_file_folder, folders)
        return found

    def between(
        self, lane: Lane, entity: str, folder: str | None, first: date | None, last: date | None
    ) -> Iterator[LandedObject]:
        """The same of one folder's days from `first` to `last`, each without a limit where it is None."""
        return (item for item in self._range(lane, entity, folder, first, last) if not is_ignored(item.object_key))

    def landed(self, lane: Lane, listed: ListedObject) -> LandedObject | None:
        """An object of the bucket as one of a lane; None for what a listing of the lane leaves out."""
        entity = listed.object_key.removeprefix(f"{names.LANE_PREFIXES[lane]}/").partition("/")[0]
        prefix = f"{folder_prefix(lane, entity, folder_of(lane, entity, listed.object_key))}dt="
        if not listed.object_key.startswith(prefix) or is_ignored(listed.object_key):
            return None
        return self._placed(lane, entity, prefix, listed)

    def keeps_versions(self) -> bool:
        """Whether the bucket keeps every version of its objects, so that what has landed can always be read again."""
        return self._s3.get_bucket_versioning(Bucket=self._bucket).get("Status") == "Enabled"

    def current(self, item: LandedObject) -> LandedObject | None:
        """A listed object with the version, time, size and content that its key has now; None if it is gone."""
        try:
            head = self._s3.head_object(Bucket=item.bucket, Key=item.object_key)
        except self._s3.exceptions.ClientError as error:
            if not is_missing(error):
                raise
            return None
        return replace(
            item,
            version_id=head.get("VersionId", NO_VERSION),
            etag=head["ETag"].strip('"'),
            size=head["ContentLength"],
            landed_at=head["LastModified"],
        )

    def is_gone(self, item: LandedObject) -> bool:
        """Whether the key has no object any more, of whatever version."""
        return self.current(item) is None

    def _range(
        self, lane: Lane, entity: str, folder: str | None, first: date | None, last: date | None
    ) -> Iterator[LandedObject]:
        prefix = f"{folder_prefix(lane, entity, folder)}dt="
        end = last.isoformat() if last else None
        start = {"StartAfter": f"{prefix}{first}"} if first else {}
        pages = self._s3.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self._bucket, Prefix=prefix, **start):
            for entry in page.get("Contents", ()):
                text = entry["Key"].removeprefix(prefix)
                if end and text[: len(end)] > end:  # a name that only begins with a day sorts before the day's folder
                    return
                listed = ListedObject(entry["Key"], entry["ETag"].strip('"'), entry["Size"], entry["LastModified"])
                item = self._placed(lane, entity, prefix, listed)
                if item is not None:
                    yield item

    def _placed(self, lane: Lane, entity: str, prefix: str, listed: ListedObject) -> LandedObject | None:
        """An object below the prefix of its entity's days; None for one that is in no day's folder."""
        text, _, name = listed.object_key.removeprefix(prefix).partition("/")
        day = _day(text)
        if not name or "/" in name or not day:
            return None
        return LandedObject(
            lane=lane,
            entity=entity,
            bucket=self._bucket,
            object_key=listed.object_key,
            version_id="",
            etag=listed.etag,
            size=listed.size,
            landed_at=listed.modified_at,
            dt=day,
        )


def is_missing(error: "ClientError") -> bool:
    """Whether S3 answered that the object or version does not exist."""
    return error.response.get("Error", {}).get("Code") in _GONE


def _ranges(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """Runs of consecutive days: each is listed in one go."""
    start = 0
    for place, day in enumerate(days):
        if place + 1 == len(days) or days[place + 1] - day > timedelta(days=1):
            yield days[start], day
            start = place + 1


def _day(text: str) -> date | None:
    """The day of a folder's name; None for any other text, also one that only resembles a day."""
    with suppress(ValueError):
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
