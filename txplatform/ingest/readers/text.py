"""Bytes of an object to text: decompressed, decoded, split into lines, with what is damaged named."""

import gzip
import io
import zlib

import polars as pl

from txplatform.ingest.batch import BROKEN_SCHEMA, FileRejected

MOST_BYTES = 1 << 30
"""The most that a file may hold, decompressed. A gzip stream can hold a thousand times its own size, and reading takes
several times the memory of what it reads; the texts of polars end at 4 GiB. Who has more rows delivers more files."""

_GZIP_MAGIC = b"\x1f\x8b"
_CHUNK = 1 << 20


def read_lines(data: bytes) -> pl.DataFrame | FileRejected:
    """All lines, blank ones too: `row` (1-based), `text` and whether it `decodes`; other bytes become U+FFFD.

    A line ends before its line feed: the carriage return in front is left, as a line may end inside of a quoted field.
    """
    content = _decompressed(data)
    if isinstance(content, FileRejected):
        return content
    text = content.decode("utf-8-sig", errors="replace")
    if not text or text.isspace():
        return FileRejected("file.empty", "the file is empty")
    lines = pl.DataFrame({"text": [text]}).select(pl.col("text").str.split("\n").explode())
    return lines.select(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("row"), "text", _decodes(content, text).alias("decodes")
    )


def too_large(size: int) -> FileRejected | None:
    """Refuse a content of more bytes than a reader takes."""
    if size <= MOST_BYTES:
        return None
    return FileRejected("file.too_large", f"the file holds more than {MOST_BYTES} bytes: deliver it in parts")


def first_text(lines: pl.DataFrame) -> int:
    """The position of the first line that holds more than white space; there is one."""
    return lines.select(_is_text().arg_max()).item()


def without_blanks(lines: pl.DataFrame) -> pl.DataFrame:
    """The lines that hold more than white space, without their carriage returns."""
    return lines.filter(_is_text()).with_columns(pl.col("text").str.strip_suffix("\r"))


def broken_lines(lines: pl.DataFrame, rule: str, message: str) -> pl.DataFrame:
    """These lines (`row`, `text`) as rows that break a rule."""
    return lines.select(
        "row", pl.col("text").alias("payload"), pl.lit(rule).alias("rule"), pl.lit(message).alias("message")
    ).match_to_schema(BROKEN_SCHEMA)


def split_undecodable(lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lines that decode, and those that hold bytes which are no UTF-8."""
    damaged = lines.filter(~pl.col("decodes"))
    broken = broken_lines(damaged, "row.encoding", "the row holds bytes that are not UTF-8")
    return (lines.filter(pl.col("decodes")) if damaged.height else lines), broken


def _decompressed(data: bytes) -> bytes | FileRejected:
    """The content of a gzip file (of one or more members), or the data itself where it is none."""
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


def _decodes(content: bytes, text: str) -> pl.Expr:
    """Whether each line is UTF-8. A replacement character may be the file's own: then the lines are decoded again."""
    if "\N{REPLACEMENT CHARACTER}" not in text:
        return pl.repeat(True, pl.len(), dtype=pl.Boolean)
    return pl.lit(pl.Series([_is_utf8(line) for line in content.split(b"\n")], dtype=pl.Boolean))


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_text() -> pl.Expr:
    return pl.col("text").str.strip_chars() != ""
