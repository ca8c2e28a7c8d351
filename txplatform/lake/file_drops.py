"""Puts files of this machine into the RAW prefix, each under its day. The same file twice changes nothing."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boto3.exceptions import S3UploadFailedError

from txplatform.aws import AwsClients
from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.errors import FileDropError
from txplatform.ledger import LandedObject
from txplatform.ledger.ignored_names import is_ignored
from txplatform.ledger.landing_area import is_missing

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

_DIGEST = "txplatform-sha256"  # of the content, among the object's metadata: the ETag of a large one is no digest
_FOLDER = re.compile(r"dt=([0-9]{4}-[0-9]{2}-[0-9]{2})")
_IN_NAME = re.compile(r"(?<![0-9])([0-9]{4})([-_]?)([0-9]{2})\2([0-9]{2})(?![0-9])")


@dataclass(frozen=True, slots=True)
class FileDrop:
    """A file and the day whose RAW folder it goes to."""

    path: Path
    day: date
    system: str | None = None  # in whose own form it is written

    def object_key(self, entity: str) -> str:
        """The key of its object."""
        return f"{names.lane_prefix(Lane.FILES, entity, self.system)}dt={self.day}/{self.path.name}"


def drops(
    paths: Sequence[Path], day: date | None, first: date, last: date, system: str | None = None
) -> list[FileDrop]:
    """The files with their days: the one that is named, else that of the folder `dt=…` or of the file's name.

    Raise FileDropError for a file without one day, for a day before `first` or after `last`, for two files that would
    be the same object, and for a name that the lane ignores.
    """
    found = [FileDrop(path, day or _day_of(path), system) for path in paths]
    places: dict[tuple[date, str], Path] = {}
    for drop in found:
        if is_ignored(f"/{drop.path.name}"):
            raise FileDropError(drop.path, "files of such a name are ignored, as no data by convention", "rename it")
        if not first <= drop.day <= last:
            problem = f"its day {drop.day} is not from {first} to {last}"
            raise FileDropError(drop.path, problem, "name the day with --dt")
        other = places.setdefault((drop.day, drop.path.name), drop.path)
        if other is not drop.path:
            raise FileDropError(drop.path, f"{other} has the same name and day", "rename one of them")
    return found


def upload(
    clients: AwsClients, bucket: str, entity: str, drop: FileDrop, moved: Callable[[int], None]
) -> tuple[LandedObject, bool]:
    """Put a file under its day, in parts if it is large; return its object, and whether it was not there before.

    `moved` is called with the number of bytes that were sent, again and again, from other threads too. An upload that
    is interrupted leaves no object. Raise FileDropError if S3 refuses it.
    """
    s3: Any = clients.client("s3")
    key, digest = drop.object_key(entity), _digest(drop.path)
    head = _head(s3, bucket, key)
    known = head is not None and _content_digest(head) == digest.hex()
    if not known:
        metadata = {"Metadata": {_DIGEST: digest.hex()}}
        try:
            s3.upload_file(str(drop.path), bucket, key, ExtraArgs=metadata, Callback=moved)
        except S3UploadFailedError as error:
            raise FileDropError(drop.path, str(error), "check bucket and permissions") from error
        head = s3.head_object(Bucket=bucket, Key=key)
    assert head is not None
    landed = LandedObject(
        lane=Lane.FILES,
        entity=entity,
        bucket=bucket,
        object_key=key,
        version_id=head.get("VersionId", "null"),
        etag=head["ETag"].strip('"'),
        size=head["ContentLength"],
        landed_at=head["LastModified"],
        dt=drop.day,
    )
    return landed, not known


def _day_of(path: Path) -> date:
    """The day that the nearest folder `dt=…` names, else the only one in the file's name."""
    for folder in path.absolute().parents:
        if match := _FOLDER.fullmatch(folder.name):
            return _calendar_day(path, match[1])
    texts = {f"{year}-{month}-{day}" for year, _, month, day in _IN_NAME.findall(path.name)}
    if len(texts) != 1:
        problem = "its name holds more than one day" if texts else "neither its folder nor its name says its day"
        raise FileDropError(path, problem, "name the day with --dt, or put the file into a folder dt=2026-11-27")
    return _calendar_day(path, texts.pop())


def _calendar_day(path: Path, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise FileDropError(path, f"{text} is no day of the calendar", "name the day with --dt") from error


def _digest(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise FileDropError(
            path, f"it cannot be read: {error.strerror}", "check the path and the permissions"
        ) from error


def _content_digest(head: dict[str, Any]) -> str | None:
    """The digest of an object that `upload` has put; names of metadata may come back in another case."""
    return {name.lower(): value for name, value in head.get("Metadata", {}).items()}.get(_DIGEST)


def _head(s3: Any, bucket: str, key: str) -> dict[str, Any] | None:
    """What S3 says of an object, None if there is none."""
    try:
        return s3.head_object(Bucket=bucket, Key=key)
    except s3.exceptions.ClientError as error:
        failure: ClientError = error
        if not is_missing(failure):
            raise
        return None
