"""Bytes of an object to text, a bounded block at a time: decompressed, cut at line feeds, decoded, split into lines."""

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

import numpy as np
import polars as pl
import pyarrow as pa

from txplatform.ingest.batch import BROKEN_SCHEMA, RejectedError
from txplatform.ingest.readers.compression import decompressed

LONGEST_LINE = 16 << 20
"""The most bytes of a line, and of a CSV record of several lines. What is longer is no row of a table: a quote is open,
or the file has no line feeds."""

_UNDECODABLE = "the row holds bytes that its encoding has not: deliver UTF-8, or declare files.encoding"
_WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
BLOCK = 16 << 20
"""Bytes of text that are read, parsed and validated at once."""
_HEAD = 1 << 10  # bytes in which most files have begun
_COUNTED = 256 << 10  # bytes in which line feeds are counted at once, so that what is compared stays in the cache


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of a file without the last line feed; `row` is the 1-based number of the first one.

    `feeds` counts the line feeds between them.
    """

    content: bytes
    row: int
    last: bool
    feeds: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "feeds", _line_feeds(self.content))

    def with_line_feeds(self) -> bytes | None:
        """The lines without their carriage returns, nor the end of the file's last one; None where one is in a line."""
        content = self.content.removesuffix(b"\n") if self.last else self.content
        if b"\r" in content:
            content = content.removesuffix(b"\r").replace(b"\r\n", b"\n")
        return None if b"\r" in content else content

    def lines(self) -> pl.DataFrame:
        """All lines, blank ones too: `row`, `text` and whether it `decodes`; other bytes become U+FFFD.

        A line ends before its line feed: the carriage return in front is left, as a line may end inside of a quoted
        field. A replacement character may be the file's own: then each line is decoded.
        """
        text = self.content.decode(errors="replace")
        lines = pl.DataFrame({"text": [text]}).select(pl.col("text").str.split("\n").explode())
        decodes = pl.lit(value=True)
        if "\N{REPLACEMENT CHARACTER}" in text:
            decodes = pl.lit(pl.Series([_is_utf8(line) for line in self.content.split(b"\n")], dtype=pl.Boolean))
        row = pl.int_range(self.row, self.row + lines.height, dtype=pl.Int64)
        return lines.select(row.alias("row"), "text", decodes.alias("decodes"))

    def after(self, lines: int) -> "Block":
        """The block without so many of its first lines; it must have more."""
        if not lines:
            return self
        begin = len(b"\n".join(self.content.split(b"\n", lines)[:lines])) + 1
        return Block(self.content[begin:], self.row + lines, self.last)

    def joined(self, following: "Block") -> "Block":
        """These lines and the following ones."""
        return replace(following, content=self.content + b"\n" + following.content, row=self.row)


def text_blocks(content: BinaryIO) -> Iterator[Block]:
    """The text of a file, gzipped or not, from its first line that holds more than white space (as Unicode has it).

    Raise RejectedError where it cannot be read to its end, and for a file without text.
    """
    found = False
    for block in _blocks(decompressed(content)):
        if not found:
            text = block.content[:_HEAD].decode(errors="replace")
            filled = text.lstrip(_WHITE_SPACE)
            if filled[:1] in ("", "\N{REPLACEMENT CHARACTER}"):  # nothing but white space, or a character that was cut
                text = block.content.decode(errors="replace")
                filled = text.lstrip(_WHITE_SPACE)
            found = bool(filled)
            block = block.after((text.count("\n") - filled.count("\n")) if found else 0)
        if found:
            yield block
    if not found:
        raise RejectedError("file.empty", "the file is empty")


def too_long(row: int) -> RejectedError:
    """The error of a line, or record, that is longer than the longest that is read."""
    return RejectedError("file.line_too_long", f"what begins in line {row} is longer than {LONGEST_LINE} bytes")


def split_lines(content: bytes) -> pl.Series:
    """The lines of text that is known to be UTF-8, without an object or a copy for each."""
    ends = np.flatnonzero(np.frombuffer(content, np.uint8) == ord("\n")) + 1
    offsets = np.concatenate([[0], ends, [len(content)]]).astype(np.int64)
    arrow: Any = pa  # its stubs lack this constructor
    lines = arrow.LargeStringArray.from_buffers(len(ends) + 1, arrow.py_buffer(offsets), arrow.py_buffer(content))
    return pl.Series("text", lines).str.strip_suffix("\n")


def is_text() -> pl.Expr:
    """Whether a line holds more than white space."""
    return pl.col("text").str.strip_chars() != ""


def without_blanks(lines: pl.DataFrame) -> pl.DataFrame:
    """The lines that hold more than white space, without their carriage returns."""
    return lines.filter(is_text()).with_columns(pl.col("text").str.strip_suffix("\r"))


def broken_lines(lines: pl.DataFrame, rule: str, message: str) -> pl.DataFrame:
    """These lines (`row`, `text`) as rows that break a rule."""
    return lines.select(
        "row", pl.col("text").alias("payload"), pl.lit(rule).alias("rule"), pl.lit(message).alias("message")
    ).match_to_schema(BROKEN_SCHEMA)


def split_undecodable(lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lines that decode, and those that hold bytes which are not UTF-8."""
    damaged = lines.filter(~pl.col("decodes"))
    broken = broken_lines(damaged, "row.encoding", _UNDECODABLE)
    return (lines.filter(pl.col("decodes")) if damaged.height else lines), broken


def _blocks(chunks: Iterable[bytes]) -> Iterator[Block]:
    row, pending, size = 1, list[bytes](), 0
    for chunk in _without_byte_order_mark(chunks):
        size += len(chunk)
        if size < BLOCK:
            pending.append(chunk)
            continue
        if b"\n" not in chunk:  # one of a short line is cut before all are put together, which copies each byte once
            chunk, pending = b"".join([*pending, chunk]), []
        end = chunk.rfind(b"\n")
        if end >= 0:
            block = Block(b"".join([*pending, chunk[:end]]), row, last=False)
            pending = []
            yield block
            row += block.feeds + 1
        pending = [chunk[end + 1 :]]
        size = len(pending[0])
        if size > LONGEST_LINE:
            raise too_long(row)
    yield Block(b"".join(pending), row, last=True)


def _without_byte_order_mark(chunks: Iterable[bytes]) -> Iterator[bytes]:
    begun = b""
    rest = iter(chunks)
    for chunk in rest:
        begun += chunk
        if len(begun) >= len(codecs.BOM_UTF8):
            break
    yield begun.removeprefix(codecs.BOM_UTF8)
    yield from rest


def _line_feeds(content: bytes) -> int:
    """How many line feeds there are; `bytes.count` takes three times as long, as it stops at each."""
    held = np.frombuffer(content, np.uint8)
    parts = (held[at : at + _COUNTED] for at in range(0, len(content), _COUNTED))
    return sum(int(np.count_nonzero(part == ord("\n"))) for part in parts)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
