"""Bounds what a Parquet file takes in memory by the headers of its pages, before a page is unpacked.

A page is unpacked whole, and a few kilobytes can hold one of two gigabytes. A dictionary is unpacked once for a column
of a row group, and each row may repeat its longest text. The header before each page says its size, which the decoder
holds it to. Headers are read as the bytes go by that the decoder asks for, so that nothing is read twice. Layout:
https://github.com/apache/parquet-format, `PageHeader`.
"""

import io
from bisect import bisect_right
from dataclasses import dataclass
from typing import BinaryIO

from txplatform.ingest.batch import RejectedError
from txplatform.ingest.readers.parquet_footer import row_groups
from txplatform.ingest.readers.thrift import CutOffError, Struct, number_of, read_struct

MOST_PAGES = 512 << 20  # bytes of the pages that the columns of a row group hold unpacked at the same time
MOST_REPEATED = 1 << 30  # bytes of rows that are made at once, if each repeated all texts of the dictionaries
_KIND, _UNPACKED, _PACKED, _DICTIONARY = 1, 2, 3, 2  # fields of a page header, and the kind of a dictionary
_MOST_HEADER = 1 << 20


class LargeDictionariesError(Exception):
    """Dictionaries of a row group are so large that it must be asked how long their texts are."""


@dataclass(slots=True)
class _Group:
    """What the columns of a row group hold unpacked: all dictionaries, and of each column its largest other page."""

    dictionaries: int = 0
    pages: int = 0


@dataclass(slots=True)
class _Chunk:
    """A column of a row group: where its next header is, and what of the bytes from there on has gone by."""

    group: _Group
    begin: int
    end: int
    header: int
    held: bytes = b""
    largest: int = 0


class CheckedPages(io.RawIOBase):
    """A Parquet file whose pages are checked from the moment on that its metadata is known.

    A read raises RejectedError for pages that are too large, and LargeDictionariesError if `rows`, which are made at
    once, may be too many for the dictionaries.
    """

    def __init__(self, content: BinaryIO) -> None:
        super().__init__()
        self._content = content
        self._chunks: list[_Chunk] = []
        self._begins: list[int] = []
        self.rows = 0

    def watch(self) -> None:
        """Check the pages of all columns and row groups from now on; raise RejectedError where columns overlap."""
        for columns in row_groups(self._content):
            group = _Group()
            self._chunks += [_Chunk(group, begin, end, begin) for begin, end in columns]
        self._chunks.sort(key=lambda chunk: chunk.begin)
        self._begins = [chunk.begin for chunk in self._chunks]
        if any(chunk.end > begin for chunk, begin in zip(self._chunks, self._begins[1:], strict=False)):
            raise RejectedError("file.unreadable", "columns of the file overlap")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._content.seek(offset, whence)

    def tell(self) -> int:
        return self._content.tell()

    def read(self, size: int | None = -1) -> bytes:
        """Read so many bytes, and check the headers in them."""
        at = self._content.tell()
        data = self._content.read(-1 if size is None else size)
        first = max(0, bisect_right(self._begins, at) - 1)
        for chunk in self._chunks[first : bisect_right(self._begins, at + len(data))]:
            self._check(chunk, at, data)
        return data

    def _check(self, chunk: _Chunk, at: int, data: bytes) -> None:
        """Check the headers of a chunk in bytes from a place of the file on."""
        end = min(at + len(data), chunk.end)
        if chunk.header + len(chunk.held) < at < chunk.end:
            raise RejectedError("file.unreadable", "pages of the file are not where its columns are")
        while chunk.header < end and chunk.header + len(chunk.held) < end:
            known = chunk.held + data[chunk.header + len(chunk.held) - at : end - at]
            try:
                header, length = read_struct(known)
            except CutOffError:
                if len(known) > _MOST_HEADER:
                    raise RejectedError("file.unreadable", "the header of a page of the file is too long") from None
                chunk.held = known
                return
            chunk.header, chunk.held = chunk.header + length + max(0, number_of(header, _PACKED)), b""
            self._count(chunk, header)

    def _count(self, chunk: _Chunk, header: Struct) -> None:
        group, size = chunk.group, max(0, number_of(header, _UNPACKED))
        if number_of(header, _KIND) == _DICTIONARY:
            group.dictionaries += size
        else:
            group.pages += max(0, size - chunk.largest)
            chunk.largest = max(size, chunk.largest)
        if group.dictionaries + group.pages > MOST_PAGES:
            problem = f"the pages of a row group hold more than {MOST_PAGES} bytes at the same time"
            raise RejectedError("file.too_large", f"{problem}: write smaller pages and dictionaries")
        if group.dictionaries * self.rows > MOST_REPEATED:
            raise LargeDictionariesError
