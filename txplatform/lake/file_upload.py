"""Puts a file of this machine into the RAW prefix. The same file twice changes nothing."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boto3.exceptions import S3UploadFailedError

from txplatform.aws import AwsClients
from txplatform.contracts.names import Lane
from txplatform.errors import FileDropError
from txplatform.lake.declared_version import VERSION_KEY
from txplatform.lake.file_drops import FileDrop
from txplatform.ledger import LandedObject
from txplatform.ledger.landing_area import is_missing

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

_DIGEST = "txplatform-sha256"  # of the content, among the object's metadata: the ETag of a large one is no digest


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
    metadata = {_DIGEST: digest.hex()}
    if drop.contract_version is not None:
        metadata[VERSION_KEY] = drop.contract_version
    known = head is not None and _own_metadata(head) == metadata
    if not known:
        try:
            s3.upload_file(str(drop.path), bucket, key, ExtraArgs={"Metadata": metadata}, Callback=moved)
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


def _digest(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise FileDropError(
            path, f"it cannot be read: {error.strerror}", "check the path and the permissions"
        ) from error


def _own_metadata(head: dict[str, Any]) -> dict[str, str]:
    """What `upload` says of an object; names of metadata may come back in another case."""
    metadata = {name.lower(): value for name, value in head.get("Metadata", {}).items()}
    return {name: metadata[name] for name in (_DIGEST, VERSION_KEY) if name in metadata}


def _head(s3: Any, bucket: str, key: str) -> dict[str, Any] | None:
    """What S3 says of an object, None if there is none."""
    try:
        return s3.head_object(Bucket=bucket, Key=key)
    except s3.exceptions.ClientError as error:
        failure: ClientError = error
        if not is_missing(failure):
            raise
        return None
