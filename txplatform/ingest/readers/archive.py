"""The files in a zip archive, one after the other, as streams. Nothing is unpacked to disk."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from txplatform.ingest.batch import RejectedError
from txplatform.ingest.readers.proportion import Proportion

MOST_MEMBERS, MOST_DIRECTORY_BYTES = 1_000, 4 << 20
_END, _LONGEST_END = b"PK\x05\x06", 65_557  # its record is followed by a comment
_WORKBOOK = "xl/workbook.xml"
_NO_FILE = re.compile(r"(?:^|/)[._]|(?:/|\.crc)$")  # as objects are ignored by their names
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error, OSError, UnicodeError)


@contextmanager
def opened(content: BinaryIO) -> Iterator[zipfile.ZipFile]:
    """The archive, with a bounded directory; raise RejectedError where it is damaged or needs a password."""
    _check_directory(content)
    try:
        with zipfile.ZipFile(content) as archive:
            for info in archive.infolist():
                _check(info)
            yield archive
    except _DAMAGED as error:
        raise RejectedError("file.unreadable", f"the zip archive is damaged: {type(error).__name__}") from error


def is_workbook(archive: zipfile.ZipFile) -> bool:
    """Whether the archive is an Excel workbook."""
    return _WORKBOOK in archive.NameToInfo


def members(archive: zipfile.ZipFile) -> Iterator[tuple[str, BinaryIO]]:
    """The name and content of each file in the archive, each readable until the next one is asked for."""
    proportion = Proportion("the zip archive")
    size = sum(info.compress_size for info in archive.infolist())
    for info in archive.infolist():
        if not _NO_FILE.search(info.filename):
            with cast("zipfile.ZipExtFile", archive.open(info)) as member:
                measured = io.BufferedReader(_Measured(member, proportion, size), 1 << 20)
                yield info.filename, cast("BinaryIO", measured)


def _check_directory(content: BinaryIO) -> None:
    """Refuse an archive whose directory, which is read at once, is large, or too large for a record of this kind."""
    size = content.seek(0, io.SEEK_END)
    content.seek(max(0, size - _LONGEST_END))
    _, found, end = content.read().rpartition(_END)
    if not found or len(end) < 18:
        raise RejectedError("file.unreadable", "the zip archive has no directory: it is cut off, or damaged")
    count, directory = struct.unpack_from("<HI", end, 6)
    if count > MOST_MEMBERS or directory > MOST_DIRECTORY_BYTES:
        raise RejectedError("file.too_large", f"the zip archive holds more than {MOST_MEMBERS} files: deliver several")
    content.seek(0)


def _check(info: zipfile.ZipInfo) -> None:
    if info.flag_bits & 1:
        raise RejectedError("file.encrypted", "the zip archive has a password: deliver it without one")
    if info.compress_type not in _METHODS:
        raise RejectedError("file.unreadable", "the zip archive is packed by another method than Deflate: use that")


class _Measured(io.RawIOBase):
    """A file of the archive, of which no more is read than is in proportion to the archive."""

    def __init__(self, member: zipfile.ZipExtFile, proportion: Proportion, size: int) -> None:
        super().__init__()
        self._member, self._proportion, self._size = member, proportion, size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._member.seek(offset, whence)

    def tell(self) -> int:
        return self._member.tell()

    def readinto(self, buffer: memoryview) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        part = self._member.read(len(buffer))
        self._proportion.check(len(part), self._size)
        buffer[: len(part)] = part
        return len(part)
