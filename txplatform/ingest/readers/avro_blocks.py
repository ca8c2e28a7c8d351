"""The blocks of an Avro object container file, unpacked one at a time within a bound.

fastavro would unpack a block whatever becomes of it, so the frame of the file is read here, and records alone there.
"""

import bz2
import io
import lzma
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO

import fastavro
import pyarrow as pa

from txplatform.ingest.batch import RejectedError
from txplatform.ingest.readers.proportion import Proportion

MOST_BLOCK_BYTES = 64 << 20
_MOST_HEADER_BYTES = 4 << 20
_HEADER: dict[str, Any] = {
    "type": "record",
    "name": "Header",
    "fields": [
        {"name": "magic", "type": {"type": "fixed", "name": "Magic", "size": 4}},
        {"name": "meta", "type": {"type": "map", "values": "bytes"}},
        {"name": "sync", "type": {"type": "fixed", "name": "Sync", "size": 16}},
    ],
}


def _snappy(data: bytes, most: int) -> bytes:
    size = _number(io.BytesIO(data), signed=False)
    if size is None or size > most:
        return b" " * most
    found = pa.decompress(data[:-4], decompressed_size=size, codec="snappy", asbytes=True)
    if zlib.crc32(found) != int.from_bytes(data[-4:]):
        raise ValueError("a block is damaged")
    return found


_CODECS: Mapping[str, Callable[[bytes, int], bytes]] = {
    "null": lambda data, most: data[:most],
    "deflate": lambda data, most: zlib.decompressobj(-15).decompress(data, most),
    "bzip2": lambda data, most: bz2.BZ2Decompressor().decompress(data, most),
    "xz": lambda data, most: lzma.LZMADecompressor(memlimit=128 << 20).decompress(data, most),
    "zstandard": lambda data, most: pa.CompressedInputStream(pa.BufferReader(data), "zstd").read(most),
    "snappy": _snappy,
}


def read_header(content: BinaryIO) -> tuple[Mapping[str, bytes], bytes]:
    """What the header says, and the mark after each block; the content is at its first block then."""
    begin = io.BytesIO(content.read(_MOST_HEADER_BYTES))
    header: Any = fastavro.schemaless_reader(begin, _HEADER, None)
    content.seek(begin.tell())
    return header["meta"], header["sync"]


def blocks(content: BinaryIO, codec: str, mark: bytes) -> Iterator[tuple[int, bytes]]:
    """The number of records and the content of each block."""
    if codec not in _CODECS:
        raise RejectedError("file.unreadable", f"its codec is unknown: write it with one of {', '.join(_CODECS)}")
    proportion, read = Proportion("the Avro file"), 0
    while (count := _number(content)) is not None:
        size = _number(content)
        if size is None or not 0 <= size <= MOST_BLOCK_BYTES:
            raise RejectedError("file.too_large", f"a block of the Avro file holds more than {MOST_BLOCK_BYTES} bytes")
        packed, end = content.read(size), content.read(len(mark))
        if len(packed) < size or end != mark:
            raise EOFError("a block is cut off")
        data = _CODECS[codec](packed, MOST_BLOCK_BYTES + 1)
        read += size
        proportion.check(len(data), read)
        if len(data) > MOST_BLOCK_BYTES:
            raise RejectedError("file.too_large", f"a block of the Avro file holds more than {MOST_BLOCK_BYTES} bytes")
        if not 0 <= count <= len(data):
            raise ValueError("a block does not hold its records")
        yield count, data


def _number(content: BinaryIO, *, signed: bool = True) -> int | None:
    """The next number as Avro writes it (or Snappy, which has no sign), None at the end."""
    found = shift = 0
    while byte := content.read(1):
        found |= (byte[0] & 0x7F) << shift
        shift += 7
        if byte[0] < 0x80:
            return (found >> 1) ^ -(found & 1) if signed else found
        if shift > 63:
            raise ValueError("a number is too long")
    if shift:
        raise EOFError("a number is cut off")
    return None
