"""Bytes of an object as a stream, decompressed where they are packed, in memory that does not grow with them.

The first bytes say how an object is packed, never its name.
"""

import bz2
import gzip
import lzma
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO, cast

import pyarrow as pa

from txplatform.ingest.batch import RejectedError
from txplatform.ingest.readers.proportion import Proportion

_MAGIC = {
    "gzip": re.compile(rb"\x1f\x8b"),
    "bzip2": re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"),
    "xz": re.compile(rb"\xfd7zXZ\0"),
    "zstd": re.compile(rb"\x28\xb5\x2f\xfd"),
    "lz4": re.compile(rb"\x04\x22\x4d\x18"),
}
_MAGIC_BYTES = 10
_CHUNK = 1 << 20
_MOST_MEMORY = 128 << 20  # of an xz dictionary; zstd has the same bound of its own
_DAMAGED = (OSError, zlib.error, lzma.LZMAError, pa.ArrowException)


def compression_of(head: bytes) -> str | None:
    """How a stream that begins so is packed; None if it is not."""
    return next((name for name, magic in _MAGIC.items() if magic.match(head)), None)


def decompressed(content: BinaryIO) -> Iterator[bytes]:
    """The bytes of a packed file (of one or more streams after each other), or those of any other file as they are.

    Raise RejectedError for a stream that is damaged, cut off, or out of proportion.
    """
    head = content.read(_MAGIC_BYTES)
    stream = _Counted(head, content)
    name = compression_of(head)
    if name is None:
        while chunk := stream.read(_CHUNK):
            yield chunk
        return
    proportion = Proportion(f"the {name} stream")
    try:
        for chunk in _unpacked(name, stream):
            proportion.check(len(chunk), stream.count)
            yield chunk
    except EOFError as error:
        raise RejectedError(f"file.truncated_{name}", f"the {name} stream ends before its end marker") from error
    except _DAMAGED as error:
        raise RejectedError(f"file.damaged_{name}", f"the {name} stream is damaged: {error}") from error


def begin_of(chunks: Iterable[bytes], size: int) -> bytes:
    """The first chunks, of at least so many bytes where there are as many."""
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= size:
            break
    return head


def _unpacked(name: str, stream: "_Counted") -> Iterator[bytes]:
    match name:
        case "gzip":
            return _pieces(gzip.GzipFile(fileobj=cast("BinaryIO", stream)))
        case "bzip2":
            return _streams(stream, bz2.BZ2Decompressor)
        case "xz":
            return _streams(stream, lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, _MOST_MEMORY), padding=b"\0")
        case _:
            file = pa.PythonFile(cast("Any", stream), "r")
            return _of_arrow(pa.CompressedInputStream(file, "lz4" if name == "lz4" else "zstd"))


def _pieces(file: Any) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _of_arrow(file: Any) -> Iterator[bytes]:
    try:
        yield from _pieces(file)
    except OSError as error:
        if "Truncated" in str(error):
            raise EOFError from error
        raise


def _streams(stream: "_Counted", new: Callable[[], Any], padding: bytes = b"") -> Iterator[bytes]:
    """What streams of one kind after each other hold, no more than a chunk of it at once."""
    pending = stream.read(_CHUNK)
    while pending:
        unpacker = new()
        while not unpacker.eof:
            if unpacker.needs_input and not (pending := pending or stream.read(_CHUNK)):
                raise EOFError
            yield unpacker.decompress(pending, _CHUNK)
            pending = b""
        pending = unpacker.unused_data.lstrip(padding) or stream.read(_CHUNK).lstrip(padding)


class _Counted:
    """The bytes that were read already and those that follow, with their `count`."""

    closed = False

    def __init__(self, begun: bytes, following: BinaryIO) -> None:
        self._begun = begun
        self._following = following
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        found = self._begun if size < 0 else self._begun[:size]
        self._begun = self._begun[len(found) :]
        found = found or self._following.read(size)
        self.count += len(found)
        return found

    def close(self) -> None:
        """Leave the file that it reads from open: its owner closes it."""
