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
_VERSION = r"(?:0|[1-9][0-9]{0,8})(?:\.(?:0|[1-9][0-9]{0,8})){2}"
_KEY_IN_A_FOLDER = re.compile(  # of a source system, or of the version of the contract that files were written for
    rf"(?P<entity>{_NAME})/(?:source={_NAME}|contract-version={_VERSION})/{_DAY_AND_OBJECT}"
)
_IN_FOLDERS = "files"  # the lane whose objects may lie in such a folder
_IGNORED = re.compile(r"/[._]|(?:/|\.crc|_\$folder\$)$")  # as in `txplatform.ledger.ignored_names`, which says why
_SORT_KEY_BYTES = 1024  # limit of DynamoDB; an S3 key alone may be as long
NO_VERSION = "null"  # S3's name of the version of an object where the bucket keeps no versions


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
    def is_ignored(self) -> bool:
        """Whether it is no file by the convention of the tools that write files: a marker, a checksum, a folder."""
        return _IGNORED.search(self.object_key) is not None

    @property
    def sort_key(self) -> str:
        """The row's sort key, as `txplatform.ledger` writes it too: one that is too long ends in its digest.

        Where the bucket keeps no versions the content stands for the version.
        """
        content = f"#{self.etag}" if self.version_id == NO_VERSION else ""
        name = f"{self.object_key}#{self.version_id}{content}"
        if len(name.encode()) <= _SORT_KEY_BYTES:
            return name
        digest = hashlib.sha256(name.encode()).hexdigest()
        head = name.encode()[: _SORT_KEY_BYTES - len(digest) - 1].decode(errors="ignore")
        return f"{head}#{digest}"


def parse_notification(body: str) -> Iterator[Landed]:
    """The objects created according to one S3 notification; raise MalformedEventError for anything else."""
    try:
        document: Any = loads(body)
        if cast("dict[str, Any]", document).get("Event") == "s3:TestEvent":
            return
        for record in document["Records"]:
            if not str(record["eventName"]).startswith("ObjectCreated:"):
                continue
            described = record["s3"]["object"]
            yield Landed(
                bucket=record["s3"]["bucket"]["name"],
                object_key=unquote_plus(described["key"]),
                version_id=described.get("versionId") or NO_VERSION,
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
        match = _KEY.fullmatch(inner) or (_KEY_IN_A_FOLDER.fullmatch(inner) if lane == _IN_FOLDERS else None)
        if not (landed.object_key.startswith(f"{prefix}/") and match and _is_day(match["dt"])):
            continue
        if match["entity"] in entities:
            pk = {"S": f"{lane}#{match['entity']}"}
            return item | {"pk": pk, "pending": pk, "state": {"S": "PENDING"}, "dt": {"S": match["dt"]}}
    reason = (
        f"the key is not of the form {'|'.join(lanes)}/<entity>/dt=YYYY-MM-DD/<name>, before the day with "
        "source=<system>/ or contract-version=1.2.0/ where files are of such, or there is no such entity"
    )
    pk = {"S": f"unrecognised#{landed.prefix}"}
    return item | {"pk": pk, "state": {"S": "FAILED"}, "reason": {"S": reason}}


def second_of(landed_at: str) -> str:
    """The beginning of the second of a timestamp, as text."""
    return timestamp_text(datetime.fromisoformat(landed_at).replace(microsecond=0))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
