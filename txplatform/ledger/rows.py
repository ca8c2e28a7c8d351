"""One version of one landed object, and the row of the ledger that stands for it: each attribute encoded in one place.

The Lambda `landing` writes new rows too and cannot import this module; a test holds its rows equal to `pending_item`.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from txplatform.clock import parse_timestamp, timestamp_text
from txplatform.contracts.names import LANE_PREFIXES, LEDGER_EXPIRY_ATTRIBUTE, SYSTEM_FOLDER, VERSION_FOLDER, Lane
from txplatform.contracts.retention import ledger_row_expires
from txplatform.ledger.file_folders import folder_of

Attributes = dict[str, Any]

_SORT_KEY_BYTES = 1024  # limit of DynamoDB; an S3 key alone may be as long
NO_VERSION = "null"  # S3's name of the version of an object where the bucket keeps no versions


class State(StrEnum):
    """What has become of an object. FAILED: it was abandoned, or it is in no place where anything reads it."""

    PENDING = "PENDING"
    DONE = "DONE"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class LandedObject:
    """One version of one object in a landing area.

    `dt` is the day that its key names, `contract_version` what the file, once opened, says that it was written for,
    `reason` how the last attempt ended. `terminal_attempts` counts the last
    attempts in a row that ended in a terminal error; one whose process was killed is not among them.
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
    contract_version: str | None = field(default=None, compare=False)

    @property
    def sort_key(self) -> str:
        """The row's sort key: one row for each object version. One that is too long ends in its digest.

        Where the bucket keeps no versions the content stands for the version: a file that was corrected under its name
        is a row of its own. The function `landing` makes the same key, or an object would have two rows.
        """
        content = "" if self.has_version else f"#{self.etag}"
        name = f"{self.object_key}#{self.version_id}{content}"
        if len(name.encode()) <= _SORT_KEY_BYTES:
            return name
        digest = hashlib.sha256(name.encode()).hexdigest()
        head = name.encode()[: _SORT_KEY_BYTES - len(digest) - 1].decode(errors="ignore")
        return f"{head}#{digest}"

    @property
    def has_version(self) -> bool:
        """Whether its bucket keeps versions, so that nothing else will ever be under its version."""
        return self.version_id not in ("", NO_VERSION)

    @property
    def system(self) -> str | None:
        """The source system in whose folder it lies; None where its key names none."""
        return self._named_by(SYSTEM_FOLDER)

    @property
    def folder_version(self) -> str | None:
        """The version of its contract in whose folder it lies; None where its key names none."""
        return self._named_by(VERSION_FOLDER)

    @property
    def location(self) -> str:
        """Where the object is, whatever its version."""
        return f"s3://{self.bucket}/{self.object_key}"

    @property
    def uri(self) -> str:
        """Where this version of the object is; without a version if its bucket keeps none."""
        return _uri(self.location, self.version_id)

    def _named_by(self, kind: str) -> str | None:
        folder = folder_of(self.lane, self.entity, self.object_key)
        return folder.removeprefix(kind) if folder is not None and folder.startswith(kind) else None

    def age_order(self) -> tuple[datetime, str]:
        """What objects are sorted by, the oldest first."""
        return self.landed_at, self.object_key

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
        """Where this version of the object is; without a version if its bucket keeps none."""
        return _uri(f"s3://{self.bucket}/{self.object_key}", self.version_id)


@dataclass(frozen=True, slots=True)
class _Codec:
    """How a value is kept in DynamoDB: under which type, and as which text."""

    kind: str
    encode: Callable[[Any], str]
    decode: Callable[[str], Any]


_TEXT, _NUMBER = _Codec("S", str, str), _Codec("N", str, int)
_MOMENT, _DAY = _Codec("S", timestamp_text, parse_timestamp), _Codec("S", date.isoformat, date.fromisoformat)

_ATTRIBUTES = {  # of a row, named as the fields of the classes above; absent where the value is the field's default
    "bucket": _TEXT,
    "object_key": _TEXT,
    "version_id": _TEXT,
    "etag": _TEXT,
    "size": _NUMBER,
    "landed_at": _MOMENT,
    "dt": _DAY,
    "attempts": _NUMBER,
    "terminal_attempts": _NUMBER,
    "batch_id": _TEXT,
    "retry_at": _MOMENT,
    "reason": _TEXT,
}
_OF_A_NEW_ROW = ("bucket", "object_key", "version_id", "etag", "size", "landed_at", "dt", "attempts")


def partition(lane: Lane, entity: str) -> str:
    """The partition key of a lane's rows, and the value of `pending` while they are."""
    return f"{lane}#{entity}"


def unrecognised_partition(lane: Lane) -> str:
    """The partition key under which the function `landing` enters what has no place under a lane's prefix."""
    return f"unrecognised#{LANE_PREFIXES[lane]}"


def item_key(item: LandedObject) -> Attributes:
    """The primary key of an object's row."""
    return {"pk": {"S": partition(item.lane, item.entity)}, "sk": {"S": item.sort_key}}


def pending_item(item: LandedObject) -> Attributes:
    """The row of an object that has just landed."""
    pending = {"S": partition(item.lane, item.entity)}
    return {**item_key(item), **_encoded(item, *_OF_A_NEW_ROW), "state": {"S": State.PENDING}, "pending": pending}


def done_item(item: LandedObject, done_at: datetime) -> Attributes:
    """The row of an object that is in the lake, with the batch that took it there if there was one.

    DynamoDB deletes it once its object is no longer listed; a row that is not done is never deleted.
    """
    batch = _encoded(item, "batch_id") if item.batch_id else {}
    ended = {"state": {"S": State.DONE}, "done_at": {"S": timestamp_text(done_at)}}
    expires = ledger_row_expires(item.lane, item.landed_at, done_at)
    expiry = {LEDGER_EXPIRY_ATTRIBUTE: {"N": str(int(expires.timestamp()))}} if expires else {}
    return {**item_key(item), **_encoded(item, *_OF_A_NEW_ROW), **batch, **ended, **expiry}


def update_values(item: LandedObject, *names: str) -> Attributes:
    """Attributes of an object as the values of an update expression: `attempts` as `:attempts`."""
    return {f":{name}": value for name, value in _encoded(item, *names).items()}


def from_item(item: Attributes) -> LandedObject:
    """The object of a row."""
    lane, _, entity = item["pk"]["S"].partition("#")
    return LandedObject(lane=Lane(lane), entity=entity, **_decoded(item))


def from_unrecognised_item(item: Attributes) -> UnrecognisedObject:
    """The object of a row in an unrecognised partition."""
    found = _decoded(item)
    return UnrecognisedObject(
        **{name: found[name] for name in ("bucket", "object_key", "version_id", "landed_at", "reason")}
    )


def is_pending(item: Attributes) -> bool:
    """Whether the object of a row is still to be taken into the lake."""
    return "pending" in item


def is_abandoned(item: Attributes) -> bool:
    """Whether the object of a row is not tried any more."""
    return item["state"]["S"] == State.FAILED


def _encoded(item: LandedObject, *names: str) -> Attributes:
    return {name: {_ATTRIBUTES[name].kind: _ATTRIBUTES[name].encode(getattr(item, name))} for name in names}


def _decoded(item: Attributes) -> dict[str, Any]:
    return {name: codec.decode(item[name][codec.kind]) for name, codec in _ATTRIBUTES.items() if name in item}


def _uri(location: str, version_id: str) -> str:
    return location + (f"?versionId={version_id}" if version_id not in ("", NO_VERSION) else "")
