"""What `landing` decides, without AWS: the ledger row of an object that landed."""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from urllib.parse import unquote_plus

from lambdas.shared.errors import InvalidJsonError, MalformedEventError
from lambdas.shared.jsonio import loads
from lambdas.shared.timestamps import timestamp_text

_NAME = "[a-z][a-z0-9_]{0,31}"
_DAY_AND_OBJECT = r"dt=(?P<dt>[0-9]{4}-[0-9]{2}-[0-9]{2})/[^/]+"
_KEY = re.compile(rf"(?P<entity>{_NAME})/{_DAY_AND_OBJECT}")
_KEY_OF_A_SYSTEM = re.compile(rf"(?P<entity>{_NAME})/source={_NAME}/{_DAY_AND_OBJECT}")
_OF_SYSTEMS = "files"  # the lane whose objects may be of a source system
_SORT_KEY_BYTES = 1024  # limit of DynamoDB; an S3 key alone may be as long


@dataclass(frozen=True, slots=True)
class Landed:
    """One object version that landed."""

    bucket: str
    object_key: str
    version_id: str
    etag: str
    size: int
    landed_at: str

    @property
    def prefix(self) -> str:
        """The folder of the bucket in which it lies."""
        return self.object_key.partition("/")[0]

    @property
    def sort_key(self) -> str:
        """The row's sort key, as `txplatform.landed` writes it too: one that is too long ends in its digest."""
        name = f"{self.object_key}#{self.version_id}"
        if len(name.encode()) <= _SORT_KEY_BYTES:
            return name
        digest = hashlib.sha256(name.encode()).hexdigest()
        head = name.encode()[: _SORT_KEY_BYTES - len(digest) - 1].decode(errors="ignore")
        return f"{head}#{digest}"


def parse_notification(body: str) -> Iterator[Landed]:
    """The objects created according to one S3 notification; raise MalformedEventError for anything else.

    A folder is not such an object, though a console makes an empty object under a folder's name.
    """
    try:
        document: Any = loads(body)
        if cast("dict[str, Any]", document).get("Event") == "s3:TestEvent":
            return
        for record in document["Records"]:
            if not str(record["eventName"]).startswith("ObjectCreated:"):
                continue
            described = record["s3"]["object"]
            object_key = unquote_plus(described["key"])
            if object_key.endswith("/"):
                continue
            yield Landed(
                bucket=record["s3"]["bucket"]["name"],
                object_key=object_key,
                version_id=described.get("versionId") or "null",
                etag=str(described["eTag"]).strip('"'),
                size=int(described["size"]),
                landed_at=timestamp_text(datetime.fromisoformat(record["eventTime"])),
            )
    except (InvalidJsonError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise MalformedEventError("the message is not an S3 notification") from error


def ledger_item(landed: Landed, lanes: Mapping[str, str], entities: Collection[str]) -> dict[str, dict[str, str]]:
    """The row of an object; `lanes` gives the lane of each prefix. What cannot be placed is a row too, and FAILED."""
    item = {
        "sk": {"S": landed.sort_key},
        "bucket": {"S": landed.bucket},
        "object_key": {"S": landed.object_key},
        "version_id": {"S": landed.version_id},
        "etag": {"S": landed.etag},
        "size": {"N": str(landed.size)},
        "landed_at": {"S": landed.landed_at},
        "attempts": {"N": "0"},
    }
    for prefix, lane in lanes.items():
        inner = landed.object_key.removeprefix(f"{prefix}/")
        match = _KEY.fullmatch(inner) or (_KEY_OF_A_SYSTEM.fullmatch(inner) if lane == _OF_SYSTEMS else None)
        if not (landed.object_key.startswith(f"{prefix}/") and match and _is_day(match["dt"])):
            continue
        if match["entity"] in entities:
            pk = {"S": f"{lane}#{match['entity']}"}
            return item | {"pk": pk, "pending": pk, "state": {"S": "PENDING"}, "dt": {"S": match["dt"]}}
    reason = (
        f"the key is not of the form {'|'.join(lanes)}/<entity>/dt=YYYY-MM-DD/<name>, with source=<system>/ before the "
        "day of a source system's own files, or there is no such entity"
    )
    pk = {"S": f"unrecognised#{landed.prefix}"}
    return item | {"pk": pk, "state": {"S": "FAILED"}, "reason": {"S": reason}}


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
