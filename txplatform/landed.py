"""One version of one object in a landing area or beside it, and the row of the ledger that stands for it."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from txplatform.clock import parse_timestamp, timestamp_text
from txplatform.contracts.names import LANE_PREFIXES, Lane

Attributes = dict[str, Any]

_SORT_KEY_BYTES = 1024  # limit of DynamoDB; an S3 key alone may be as long


@dataclass(frozen=True, slots=True)
class LandedObject:
    """One version of one object in a landing area.

    `dt` is the day its key names, `reason` what became of the last attempt. `terminal_attempts` counts the last ones in
    a row that ended in a terminal error; a killed one tells nothing and is left out.
    """

    lane: Lane
    entity: str
    bucket: str
    object_key: str
    version_id: str
    etag: str
    size: int
    landed_at: datetime
    dt: date
    attempts: int = 0
    terminal_attempts: int = 0
    batch_id: str | None = None
    retry_at: datetime | None = None
    reason: str | None = None

    @property
    def sort_key(self) -> str:
        """The row's sort key: one row an object version. One that is too long ends in its digest.

        The function `landing` spells it alike, or an object would have two rows.
        """
        name = f"{self.object_key}#{self.version_id}"
        if len(name.encode()) <= _SORT_KEY_BYTES:
            return name
        digest = hashlib.sha256(name.encode()).hexdigest()
        head = name.encode()[: _SORT_KEY_BYTES - len(digest) - 1].decode(errors="ignore")
        return f"{head}#{digest}"

    @property
    def location(self) -> str:
        """Where the object is, whatever its version."""
        return f"s3://{self.bucket}/{self.object_key}"

    @property
    def uri(self) -> str:
        """Where this version of the object is; without a version in a bucket that keeps none."""
        return _uri(self.location, self.version_id)

    def is_due(self, now: datetime) -> bool:
        """Whether its back-off is over by then."""
        return self.retry_at is None or self.retry_at <= now


@dataclass(frozen=True, slots=True)
class UnrecognisedObject:
    """One version of one object under the prefix of a lane where nothing reads it, and `reason` says why."""

    bucket: str
    object_key: str
    version_id: str
    landed_at: datetime
    reason: str

    @property
    def uri(self) -> str:
        """Where this version of the object is; without a version in a bucket that keeps none."""
        return _uri(f"s3://{self.bucket}/{self.object_key}", self.version_id)


@dataclass(frozen=True, slots=True)
class Batch:
    """Objects that are committed together under one id, the same ones whoever commits them."""

    batch_id: str
    objects: tuple[LandedObject, ...]


def partition(lane: Lane, entity: str) -> str:
    """The partition key of a lane's rows, and the value of `pending` while they are."""
    return f"{lane}#{entity}"


def unrecognised_partition(lane: Lane) -> str:
    """The partition key under which the function `landing` enters what has no place under a lane's prefix."""
    return f"unrecognised#{LANE_PREFIXES[lane]}"


def item_key(item: LandedObject) -> Attributes:
    """The primary key of an object's row."""
    return {"pk": {"S": partition(item.lane, item.entity)}, "sk": {"S": item.sort_key}}


def to_item(item: LandedObject) -> Attributes:
    """The attributes of an object's row, save its state."""
    batch = {"batch_id": {"S": item.batch_id}} if item.batch_id else {}
    return {
        **item_key(item),
        "bucket": {"S": item.bucket},
        "object_key": {"S": item.object_key},
        "version_id": {"S": item.version_id},
        "etag": {"S": item.etag},
        "size": {"N": str(item.size)},
        "landed_at": {"S": timestamp_text(item.landed_at)},
        "dt": {"S": item.dt.isoformat()},
        "attempts": {"N": str(item.attempts)},
        **batch,
    }


def from_item(item: Attributes) -> LandedObject:
    """The object of a row."""
    lane, _, entity = item["pk"]["S"].partition("#")
    return LandedObject(
        lane=Lane(lane),
        entity=entity,
        bucket=item["bucket"]["S"],
        object_key=item["object_key"]["S"],
        version_id=item["version_id"]["S"],
        etag=item["etag"]["S"],
        size=int(item["size"]["N"]),
        landed_at=parse_timestamp(item["landed_at"]["S"]),
        dt=date.fromisoformat(item["dt"]["S"]),
        attempts=int(item["attempts"]["N"]),
        terminal_attempts=int(item["terminal_attempts"]["N"]) if "terminal_attempts" in item else 0,
        batch_id=item["batch_id"]["S"] if "batch_id" in item else None,
        retry_at=parse_timestamp(item["retry_at"]["S"]) if "retry_at" in item else None,
        reason=item["reason"]["S"] if "reason" in item else None,
    )


def from_unrecognised_item(item: Attributes) -> UnrecognisedObject:
    """The object of a row in an unrecognised partition."""
    return UnrecognisedObject(
        bucket=item["bucket"]["S"],
        object_key=item["object_key"]["S"],
        version_id=item["version_id"]["S"],
        landed_at=parse_timestamp(item["landed_at"]["S"]),
        reason=item["reason"]["S"],
    )


def _uri(location: str, version_id: str) -> str:
    return location + (f"?versionId={version_id}" if version_id not in ("", "null") else "")
