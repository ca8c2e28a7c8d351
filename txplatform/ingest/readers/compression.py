"""Bytes of an object as a stream, decompressed where they are gzipped, in memory that does not grow with them."""

import gzip
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

from txplatform.ingest.batch import RejectedError

MOST_RATIO, MOST_FREE_BYTES = 200, 256 << 20
"""A gzip stream can hold a thousand times its own size. Text of tables holds ten or twenty times: a stream of more than
so many bytes that holds more than so many times what was read of it is refused."""

_GZIP_MAGIC = b"\x1f\x8b"
_CHUNK = 1 << 20


def decompressed(content: BinaryIO) -> Iterator[bytes]:
    """The bytes of a gzip file (of one or more members), or those of any other file as they are.

    Raise RejectedError for a gzip stream that is damaged, cut off, or out of proportion.
    """
    magic = content.read(len(_GZIP_MAGIC))
    stream = _Counted(magic, content)
    if magic != _GZIP_MAGIC:
        while chunk := stream.read(_CHUNK):
            yield chunk
        return
    size = 0
    try:
        with gzip.GzipFile(fileobj=cast("BinaryIO", stream)) as unpacked:
            while chunk := unpacked.read(_CHUNK):
                size += len(chunk)
                if size > MOST_FREE_BYTES and size > MOST_RATIO * stream.count:
                    raise RejectedError(
                        "file.too_large", f"the gzip stream holds more than {MOST_RATIO} times its size"
                    )
                yield chunk
    except EOFError as error:
        raise RejectedError("file.truncated_gzip", "the gzip stream ends before its end marker") from error
    except (zlib.error, gzip.BadGzipFile) as error:
        raise RejectedError("file.damaged_gzip", f"the gzip stream is damaged: {error}") from error


class _Counted:
    """The bytes that were read already and those that follow, with their `count`."""

    def __init__(self, begun: bytes, following: BinaryIO) -> None:
        self._begun = begun
        self._following = following
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        found = self._begun or self._following.read(size)
        self._begun = b""
        self.count += len(found)
        return found
