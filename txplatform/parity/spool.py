"""What a scan of the table leaves behind for the second look: key, digest and state of each record, in files on disk.

So the comparison holds no more of the table in memory than the segments that it looks at. The files lie in a temporary
folder, which goes with the spool. They hold record keys and no other value.
"""

import struct
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from txplatform.parity.segments import DIGEST_BYTES

_FILES = 256  # by the first byte of the segment
_HEADER = struct.Struct(f">H{DIGEST_BYTES}sqH")
_FLUSH_BYTES = 1 << 16
UNREADABLE = bytes(DIGEST_BYTES)  # in place of the digest of an item that has no content by its contract


@dataclass(frozen=True, slots=True)
class Scanned:
    """A record as the scan found it. `state` is another one for each version of an item, within this process."""

    segment: int
    key: str
    digest: bytes
    state: int


class Spool:
    """Records by segment. Write all, then read."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="txplatform-parity-")
        self._buffers = [bytearray() for _ in range(_FILES)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def add(self, segment: int, key: str, digest: bytes, state: int) -> None:
        """Write one record."""
        name = key.encode()
        buffer = self._buffers[segment >> 8]
        buffer += _HEADER.pack(segment, digest, state, len(name))
        buffer += name
        if len(buffer) > _FLUSH_BYTES:
            self._flush(segment >> 8)

    def records(self, segments: set[int]) -> Iterator[Scanned]:
        """The records of these segments."""
        for number in sorted({segment >> 8 for segment in segments}):
            self._flush(number)
            path = self._path(number)
            data = memoryview(path.read_bytes()) if path.exists() else memoryview(b"")
            place = 0
            while place < len(data):
                segment, digest, state, length = _HEADER.unpack_from(data, place)
                place += _HEADER.size
                if segment in segments:
                    yield Scanned(segment, str(data[place : place + length], "utf-8"), digest, state)
                place += length

    def _flush(self, number: int) -> None:
        if self._buffers[number]:
            with self._path(number).open("ab") as file:
                file.write(self._buffers[number])
            self._buffers[number].clear()

    def _path(self, number: int) -> Path:
        return Path(self._folder.name) / f"{number:02x}"
