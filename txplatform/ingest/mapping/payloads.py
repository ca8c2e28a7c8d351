"""The payloads of a file: a line of JSON each, or a record of a CSV or Parquet file as an object of its texts."""

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO

import polars as pl

from txplatform.contracts.mapping.model import FileLayout
from txplatform.ingest.batch import RawBatch
from txplatform.ingest.mapping.layouts import Layout, layout_of
from txplatform.ingest.readers.csv import read_csv_blocks
from txplatform.ingest.readers.formats import Format, format_of
from txplatform.ingest.readers.json_array import array_lines
from txplatform.ingest.readers.parquet import read_parquet
from txplatform.ingest.readers.text import Block, split_undecodable, text_blocks, without_blanks

_FIX = b"8=FIX"  # how a message begins


def read_payloads(name: str, content: BinaryIO, layouts: Iterable[FileLayout] = ()) -> Iterator[RawBatch]:
    """Read a file under the names of its source. The frame of JSON lines has no columns: a payload is its line.

    Raise RejectedError where the file cannot be read to its end.
    """
    layout = layout_of(layouts, name)
    match format_of(name):
        case Format.JSON:
            return _read_lines(content)
        case Format.PARQUET:
            batches = read_parquet(content)
        case Format.CSV:
            batches = _read_delimited(content, layout)
    return map(layout.completed, batches)


def payload_texts(raw: RawBatch, positions: pl.Series) -> pl.Series:
    """The payloads at these positions as the function would receive them. A cell without a value is null."""
    if not raw.frame.width:
        return pl.repeat("{}", positions.len(), eager=True) if raw.payload is None else raw.payload_of(positions)
    return raw.frame[positions].select(pl.struct(pl.all()).struct.json_encode()).to_series()


def _read_delimited(content: BinaryIO, layout: Layout) -> Iterator[RawBatch]:
    """Read a CSV file, or messages of FIX, one a line."""
    blocks = text_blocks(content)
    first = next(blocks)
    if not first.content.startswith(_FIX):
        return read_csv_blocks(first, blocks, layout.columns)
    return (_as_payloads(block.lines()) for block in chain([first], blocks))


def _read_lines(content: BinaryIO) -> Iterator[RawBatch]:
    """Read JSON lines, or the elements of one array. Lines that are an array each stay lines."""
    blocks = text_blocks(content)
    first = next(blocks)
    if first.content.lstrip().startswith(b"[") and not _is_array_of_its_own(first):
        yield _as_payloads(array_lines(chain([first], blocks)))
        return
    for block in chain([first], blocks):
        yield _as_payloads(block.lines())


def _is_array_of_its_own(first: Block) -> bool:
    """Whether the first line is a whole array, and others follow."""
    line, _, rest = first.content.partition(b"\n")
    if first.last and not rest.strip():
        return False
    try:
        json.loads(line, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return False
    return True


def _as_payloads(lines: pl.DataFrame) -> RawBatch:
    good, undecodable = split_undecodable(without_blanks(lines))
    return RawBatch(pl.DataFrame(), good["row"], good["text"], undecodable)
