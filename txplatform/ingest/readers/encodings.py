"""Text in another encoding than UTF-8, as UTF-8. A byte order mark says which it is, or the declaration; none is
guessed.

What its encoding cannot decode becomes bytes that are no UTF-8, so the reader refuses the record that holds it.
"""

import codecs
import io
from collections.abc import Iterator
from typing import BinaryIO, cast

from txplatform.ingest.readers.compression import begin_of, decompressed

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_UTF_8 = "utf-8"
_UNDECODABLE = "txplatform.undecodable"
codecs.register_error(_UNDECODABLE, lambda error: ("\udcff", cast("UnicodeDecodeError", error).end))


def in_utf8(content: BinaryIO, declared: str | None = None) -> BinaryIO:
    """The text of a file, packed or not, in UTF-8; the file itself where it is in UTF-8 already.

    A byte order mark counts for more than what is `declared`. Raise RejectedError where the file cannot be unpacked.
    """
    chunks = decompressed(content)
    head = begin_of(chunks, len(codecs.BOM_UTF32_LE))
    content.seek(0)
    mark = next((mark for mark in _MARKS if head.startswith(mark)), b"")
    encoding = _MARKS.get(mark, declared or _UTF_8)
    if encoding == _UTF_8:
        return content
    return cast("BinaryIO", _Recoded(content, encoding, len(mark)))


class _Recoded(io.RawIOBase):
    """A file as UTF-8, which can be read again from its begin, without its mark of so many bytes."""

    def __init__(self, content: BinaryIO, encoding: str, mark: int) -> None:
        super().__init__()
        self._content, self._encoding, self._mark = content, encoding, mark
        self.seek(0)

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if offset or whence:
            raise io.UnsupportedOperation("recoded text is read from its begin")
        self._content.seek(0)
        self._chunks = self._recoded()
        self._pending = b""
        return 0

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            return self._pending + b"".join(self._chunks)
        while not self._pending and (chunk := next(self._chunks, None)) is not None:
            self._pending = chunk
        found, self._pending = self._pending[:size], self._pending[size:]
        return found

    def _recoded(self) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(self._encoding)(_UNDECODABLE)
        left = self._mark
        for chunk in decompressed(self._content):
            kept, left = chunk[left:], max(0, left - len(chunk))
            yield decoder.decode(kept).encode(errors="surrogatepass")
        yield decoder.decode(b"", final=True).encode(errors="surrogatepass")
