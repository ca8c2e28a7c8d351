"""Bytes of an object to text: decompressed, decoded, split into lines, with what is damaged named."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator

import polars as pl

from txplatform.ingest.batch import BROKEN_SCHEMA, FileRejected

MOST_BYTES = 1 << 30
"""The most that a file may hold, decompressed. A gzip stream can hold a thousand times its own size, and reading takes
several times the memory of what it reads; the texts of polars end at 4 GiB. A source with more rows has to deliver more
files."""

_GZIP_MAGIC = b"\x1f\x8b"
_CHUNK = 1 << 20
_BLOCK = 1 << 24  # bytes that are split at once: the copies on the way from bytes to lines stay small


def read_lines(data: bytes) -> pl.DataFrame | FileRejected:
    """All lines, blank ones too: `row` (1-based), `text` and whether it `decodes`; other bytes become U+FFFD.

    A line ends before its line feed: the carriage return in front is left, as a line may end inside of a quoted field.
    """
    content = _decompressed(data)
    if isinstance(content, FileRejected):
        return content
    lines = pl.concat([_split(block) for block in _blocks(content)])
    if not lines.select(is_text().any()).item():
        return FileRejected("file.empty", "the file is empty")
    return lines.select(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("row"), "text", "decodes")


def too_large(size: int) -> FileRejected | None:
    """Refuse a content of more bytes than a reader takes."""
    if size <= MOST_BYTES:
        return None
    return FileRejected("file.too_large", f"the file holds more than {MOST_BYTES} bytes: deliver it in parts")


def first_text(lines: pl.DataFrame) -> int:
    """The position of the first line that holds more than white space; there is one."""
    return lines.select(is_text().arg_max()).item()


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
    broken = broken_lines(damaged, "row.encoding", "the row holds bytes that are not UTF-8")
    return (lines.filter(pl.col("decodes")) if damaged.height else lines), broken


def _decompressed(data: bytes) -> bytes | FileRejected:
    """The content of a gzip file (of one or more members), or the data itself if it is not gzipped."""
    if not data.startswith(_GZIP_MAGIC):
        return too_large(len(data)) or data
    content = io.BytesIO()
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            while chunk := stream.read(_CHUNK):
                content.write(chunk)
                if refused := too_large(content.tell()):
                    return refused
    except EOFError:
        return FileRejected("file.truncated_gzip", "the gzip stream ends before its end marker")
    except (zlib.error, gzip.BadGzipFile) as error:
        return FileRejected("file.damaged_gzip", f"the gzip stream is damaged: {error}")
    return content.getvalue()


def _blocks(content: bytes) -> Iterator[bytes]:
    """The content cut at line feeds, which go, and without a byte order mark."""
    start = len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0
    while (end := content.find(b"\n", start + _BLOCK)) >= 0:
        yield content[start:end]
        start = end + 1
    yield content[start:]


def _split(block: bytes) -> pl.DataFrame:
    """The lines of a block: `text`, `decodes`. A replacement character may be the file's own: then each is decoded."""
    text = block.decode(errors="replace")
    lines = pl.DataFrame({"text": [text]}).select(pl.col("text").str.split("\n").explode())
    if "\N{REPLACEMENT CHARACTER}" not in text:
        return lines.with_columns(pl.lit(value=True).alias("decodes"))
    return lines.with_columns(pl.Series("decodes", [_is_utf8(line) for line in block.split(b"\n")], dtype=pl.Boolean))


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def is_text() -> pl.Expr:
    """Whether a line holds more than white space."""
    return pl.col("text").str.strip_chars() != ""
