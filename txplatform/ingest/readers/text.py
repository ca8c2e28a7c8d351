"""Bytes of an object to text: decompressed, decoded, split into lines, with what is damaged named."""

import gzip
import zlib

import polars as pl

from txplatform.ingest.batch import BROKEN_SCHEMA, FileRejected

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_GZIP_MAGIC = b"\x1f\x8b"


def decompress(data: bytes) -> bytes | FileRejected:
    """The content of a gzip file, or the data itself where it is none."""
    if not data.startswith(_GZIP_MAGIC):
        return data
    try:
        return gzip.decompress(data)
    except EOFError:
        return FileRejected("file.truncated_gzip", "the gzip stream ends before its end marker")
    except (zlib.error, gzip.BadGzipFile) as error:
        return FileRejected("file.damaged_gzip", f"the gzip stream is damaged: {error}")


def read_lines(data: bytes) -> pl.DataFrame | FileRejected:
    """All lines, blank ones too: `row` (1-based) and `text`. Bytes that are no UTF-8 become U+FFFD."""
    content = decompress(data)
    if isinstance(content, FileRejected):
        return content
    text = content.decode("utf-8-sig", errors="replace")
    if not text.strip():
        return FileRejected("file.empty", "the file is empty")
    lines = pl.DataFrame({"text": [text]}).select(pl.col("text").str.split("\n").explode())
    return lines.with_row_index("row", offset=1).select(
        pl.col("row").cast(pl.Int64), pl.col("text").str.strip_suffix("\r")
    )


def without_blanks(lines: pl.DataFrame) -> pl.DataFrame:
    """The lines that hold more than white space."""
    return lines.filter(pl.col("text").str.strip_chars() != "")


def broken_lines(lines: pl.DataFrame, rule: str, message: str) -> pl.DataFrame:
    """These lines (`row`, `text`) as rows that break a rule."""
    return lines.select(
        "row", pl.col("text").alias("payload"), pl.lit(rule).alias("rule"), pl.lit(message).alias("message")
    ).match_to_schema(BROKEN_SCHEMA)


def split_undecodable(lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lines that decode, and those that hold bytes which are no UTF-8."""
    damaged = pl.col("text").str.contains(REPLACEMENT, literal=True)
    broken = broken_lines(lines.filter(damaged), "row.encoding", "the row holds bytes that are not UTF-8")
    return lines.filter(~damaged), broken
