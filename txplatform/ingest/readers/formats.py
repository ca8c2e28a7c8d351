"""The format of a file, by its first bytes. Its name decides only where text could be of two formats."""

import re
from collections.abc import Mapping
from enum import Enum, auto
from typing import BinaryIO

from txplatform.ingest.batch import RejectedError
from txplatform.ingest.readers.compression import begin_of, compression_of, decompressed
from txplatform.ingest.readers.encodings import in_utf8


class Format(Enum):
    """What a reader takes. CSV and JSON may be packed, and in another encoding."""

    CSV = auto()
    JSON = auto()
    PARQUET = auto()
    ORC = auto()
    AVRO = auto()
    XLSX = auto()
    ZIP = auto()  # what a workbook is to its first bytes, and what may hold files of text


_MAGIC: Mapping[bytes, Format] = {
    b"PAR1": Format.PARQUET,
    b"ORC": Format.ORC,
    b"Obj\x01": Format.AVRO,
    b"PK\x03\x04": Format.ZIP,
    b"PK\x05\x06": Format.ZIP,
}
_UNREAD = {
    b"PARE": "an encrypted Parquet file: deliver it without encryption",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "a workbook with a password, or of Excel 97: save it as .xlsx without one",
    b"\xff\x06\x00\x00sNaPpY": "framed snappy: pack it with gzip or zstd",
    b"7z\xbc\xaf\x27\x1c": "an archive of 7-Zip: deliver its files, or a zip of them",
    b"Rar!\x1a\x07": "a RAR archive: deliver its files, or a zip of them",
    b"\x1f\x9d": "packed by compress: pack it with gzip or zstd",
}
_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")  # of other encodings than UTF-8
_TAR = slice(257, 262), b"ustar"
_ENDINGS = {Format.CSV: (".csv", ".tsv", ".txt"), Format.JSON: (".json", ".jsonl", ".ndjson")}
_PACKED = re.compile(r"\.(?:gz|bz2|xz|zst|zstd|lz4)$")
_HEAD = 1 << 16
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_JSON = re.compile(rb'\{\s*["}]|\[\s*[\[{\]]')
_HEADER = re.compile(rb"[^{}\[\]\n]*[,;\t|][^{}\[\]\n]*(?:\n|$)")


def format_of(name: str, content: BinaryIO, encoding: str | None = None) -> Format:
    """The format of a file, or that it is a zip. It is at its begin again afterwards.

    Raise RejectedError where no reader takes it.
    """
    head = content.read(_HEAD)
    content.seek(0)
    packed = compression_of(head)
    if packed:
        head = begin_of(decompressed(content), _HEAD)
        content.seek(0)
        if (inner := compression_of(head)) is not None:
            raise RejectedError("file.nested", f"the {packed} stream holds a {inner} stream: pack the file once")
    if (found := _binary(head)) is not None:
        if packed:
            raise RejectedError("file.nested", f"the {packed} stream holds a {found.name} file: deliver it as it is")
        return found
    named = _named(name)
    if named is None and encoding is None:
        _check_text(head)
    text = begin_of(decompressed(in_utf8(content, encoding)), _HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()
    content.seek(0)
    if named is Format.JSON:
        return Format.CSV if _HEADER.match(text) else Format.JSON
    return Format.JSON if _JSON.match(text) else Format.CSV


def _binary(head: bytes) -> Format | None:
    """The format of a file that is no text, None for text."""
    if head[_TAR[0]] == _TAR[1]:
        raise RejectedError("file.nested", "the content is a tar archive: deliver its files, or a zip of them")
    for magic, what in _UNREAD.items():
        if head.startswith(magic):
            raise RejectedError("file.unknown_format", f"the content is {what}")
    found = next((found for magic, found in _MAGIC.items() if head.startswith(magic)), None)
    return found if _CONTROL.search(head) else None


def _check_text(head: bytes) -> None:
    """Refuse a file that is no text by its begin, which has no name of text either."""
    if b"\0" not in head or head.startswith(_MARKS):
        return
    if head[1:64:2].count(0) > 16 or head[0:64:2].count(0) > 16 or head.count(0) * 2 == len(head):
        problem = "the content looks like UTF-16 without a byte order mark: declare files.encoding, such as utf-16-le"
        raise RejectedError("file.encoding", problem)
    raise RejectedError(
        "file.unknown_format", f"the content is in no format of {', '.join(each.name for each in Format)}"
    )


def _named(name: str) -> Format | None:
    """The text format that the name of a file says."""
    stem = _PACKED.sub("", name.lower())
    return next((found for found, endings in _ENDINGS.items() if stem.endswith(endings)), None)
