"""Delimited text to rows. The structure of every record is checked before a parser sees it.

CSV parsers fill missing fields with nulls, swallow the file after an unclosed quote or raise for all of it; here every
record is held against RFC 4180 and the header, and one that does not fit is set aside whole, with its first line and
its text. A record may span lines inside quotes: see csv_records.py.
"""

import csv
from collections.abc import Iterator, Sequence
from typing import BinaryIO

import polars as pl

from txplatform.ingest.batch import RawBatch, RejectedError
from txplatform.ingest.readers import text
from txplatform.ingest.readers.csv_plain import plain_batch
from txplatform.ingest.readers.csv_records import assemble
from txplatform.ingest.readers.text import Block, broken_lines, split_undecodable, text_blocks

_SEPARATORS = (",", ";", "\t", "|")


def read_csv(content: BinaryIO) -> Iterator[RawBatch]:
    """Read a CSV file, gzipped or not, with a header of one line; the separator is the header's most frequent one.

    Raise RejectedError where the file cannot be read to its end.
    """
    blocks = text_blocks(content)
    return read_csv_blocks(next(blocks), blocks)


def read_csv_blocks(first: Block, blocks: Iterator[Block], columns: Sequence[str] | None = None) -> Iterator[RawBatch]:
    """Read a CSV file of which the first block has been read already; it has a header, or these columns without one."""
    line = first.content.partition(b"\n")[0].decode(errors="replace")
    separator = max(_SEPARATORS, key=line.count)
    pending = first
    if columns is None:
        columns = _columns(line, separator)
        pending = first.after(1) if b"\n" in first.content else Block(b"", first.row + 1, first.last)
    while True:
        batch, left = _batch(pending, columns, separator)
        yield batch
        if pending.last:
            return
        following = next(blocks)
        if left is None:
            pending = following
        elif len(left.content) > text.LONGEST_LINE:
            raise text.too_long(left.row)
        else:
            pending = left.joined(following)


def _columns(header: str, separator: str) -> list[str]:
    try:
        columns = [name.strip() for name in next(csv.reader([header], delimiter=separator, strict=True))]
    except csv.Error as error:
        message = f"the first line, which ends at a line feed, is not a header: {error}"
        raise RejectedError("file.header", message) from error
    if len(set(columns)) < len(columns) or "" in columns:
        raise RejectedError("file.header", "the header has an empty or a repeated column name")
    return columns


def _batch(block: Block, columns: Sequence[str], separator: str) -> tuple[RawBatch, Block | None]:
    """The rows of a block, and the lines of it that begin a record which ends in a later one."""
    if (batch := plain_batch(block, columns, separator)) is not None:
        return batch, None
    lines = block.lines()
    records = assemble(lines, separator, len(columns), complete=block.last)
    message = f"the row is not made of the {len(columns)} fields of the header, quoted as RFC 4180 says"
    ragged = broken_lines(records.frame.filter(pl.col("quoted").is_null()), "row.fields", message)
    good, undecodable = split_undecodable(records.frame.drop_nulls("quoted"))
    frame = _parse(good["quoted"], columns, separator)
    batch = RawBatch(frame, good["row"], good["text"], pl.concat([ragged, undecodable]))
    return batch, block.after(records.left) if records.left < lines.height else None


def _parse(texts: pl.Series, columns: Sequence[str], separator: str) -> pl.DataFrame:
    schema = dict.fromkeys(columns, pl.String)
    if texts.is_empty():
        return pl.DataFrame(schema=schema)
    quoted = texts.str.contains('"', literal=True).any()
    frame = pl.read_csv(
        texts.str.join("\n").item().encode(),
        has_header=False,
        schema=schema,
        separator=separator,
        quote_char='"' if quoted else None,
    )
    if frame.height != texts.len():
        raise ValueError(f"{texts.len()} records were parsed as {frame.height}")
    return frame.select(pl.when(pl.all() != "").then(pl.all())) if quoted else frame
