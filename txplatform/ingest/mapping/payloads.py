"""The payloads of a file: a line of JSON each, or a record of a CSV or Parquet file as an object of its texts."""

import polars as pl

from txplatform.ingest.batch import FileRejected, RawBatch
from txplatform.ingest.readers.csv import read_csv
from txplatform.ingest.readers.formats import Format, format_of
from txplatform.ingest.readers.json_array import array_lines
from txplatform.ingest.readers.parquet import read_parquet
from txplatform.ingest.readers.text import first_text, read_lines, split_undecodable, without_blanks

_FIX = "8=FIX"  # how a message begins


def read_payloads(name: str, data: bytes) -> RawBatch | FileRejected:
    """Read a file under the names of its source. The frame of JSON lines has no columns: a payload is its line."""
    match format_of(name):
        case Format.JSON:
            return _read_lines(data)
        case Format.PARQUET:
            return read_parquet(data)
        case Format.CSV:
            return _read_delimited(data)
        case rejected:
            return rejected


def payload_texts(raw: RawBatch, positions: pl.Series) -> pl.Series:
    """The payloads at these positions as the function would receive them. A cell without a value is null."""
    if not raw.frame.width:
        return pl.repeat("{}", positions.len(), eager=True) if raw.payload is None else raw.payload.gather(positions)
    return raw.frame[positions].select(pl.struct(pl.all()).struct.json_encode()).to_series()


def _read_delimited(data: bytes) -> RawBatch | FileRejected:
    """Read a CSV file, or messages of FIX, one a line."""
    lines = read_lines(data)
    if isinstance(lines, FileRejected):
        return lines
    if lines["text"][first_text(lines)].startswith(_FIX):
        return _as_payloads(lines)
    return read_csv(data)


def _read_lines(data: bytes) -> RawBatch | FileRejected:
    """Read JSON lines, or the elements of one array. Lines that are an array each stay lines."""
    lines = read_lines(data)
    if isinstance(lines, FileRejected):
        return lines
    if lines["text"][first_text(lines)].lstrip().startswith("["):
        array = array_lines(lines)
        lines = lines if isinstance(array, FileRejected) else array
    return _as_payloads(lines)


def _as_payloads(lines: pl.DataFrame) -> RawBatch:
    good, undecodable = split_undecodable(without_blanks(lines))
    return RawBatch(pl.DataFrame(), good["row"], good["text"], undecodable)
