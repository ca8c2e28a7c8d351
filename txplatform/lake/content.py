"""The content of a landed object: a small one at once, a large one part by part, each part of the same version."""

import io
from dataclasses import replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from txplatform.errors import AwsUnavailableError
from txplatform.lake.declared_version import version_in_metadata
from txplatform.ledger import LandedObject
from txplatform.ledger.landing_area import is_missing
from txplatform.ledger.rows import NO_VERSION

_SMALL = 8 << 20  # bytes of an object that is read at once
_PART = 32 << 20  # bytes of one request for a larger one: each takes milliseconds, however few bytes it brings
_PIECE = 1 << 20  # bytes of an answer that are taken at once: memory for all of it would be new for each

Content = io.BytesIO | io.BufferedReader


def open_content(s3: Any, item: LandedObject) -> tuple[LandedObject, Content | None]:
    """The object, with its version and that of the contract which it names; and its content, None where it is gone.

    Reading raises AwsUnavailableError where a part cannot be had.
    """
    version = {"VersionId": item.version_id} if item.has_version else {}
    try:
        answer = s3.get_object(Bucket=item.bucket, Key=item.object_key, **version)
    except ClientError as error:
        if not is_missing(error):
            raise
        return item, None
    named = version_in_metadata(answer.get("Metadata", {}))
    found = replace(item, version_id=answer.get("VersionId", NO_VERSION), contract_version=named)
    with answer["Body"] as body:
        if answer["ContentLength"] <= _SMALL:
            return found, io.BytesIO(body.read())
    parts = _Parts(s3, found, answer["ETag"], answer["ContentLength"])
    return found, io.BufferedReader(parts, _PART)


class _Parts(io.RawIOBase):
    """An object as a seekable stream. It is asked for by its version and its ETag: parts of two contents never meet."""

    def __init__(self, s3: Any, item: LandedObject, etag: str, size: int) -> None:
        super().__init__()
        self._s3 = s3
        self._which = {"Bucket": item.bucket, "Key": item.object_key, "IfMatch": etag}
        if item.has_version:
            self._which["VersionId"] = item.version_id
        self._uri, self._size, self._place = item.uri, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        self._place = max(0, base + offset)
        return self._place

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: Any) -> int:
        end = min(self._place + len(buffer), self._size)
        if end <= self._place:
            return 0
        try:
            answer = self._s3.get_object(**self._which, Range=f"bytes={self._place}-{end - 1}")
            begin = self._place
            with answer["Body"] as body:
                while piece := body.read(_PIECE):
                    buffer[self._place - begin : self._place - begin + len(piece)] = piece
                    self._place += len(piece)
        except (BotoCoreError, ClientError, OSError) as error:
            raise AwsUnavailableError(f"{self._uri} cannot be read on from byte {self._place}: {error}") from error
        return self._place - begin
