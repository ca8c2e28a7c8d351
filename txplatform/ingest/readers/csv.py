"""Delimited text to rows. The structure of every record is checked before a parser sees it.

CSV parsers fill missing fields with nulls, swallow the file after an unclosed quote or raise for all of it; here every
record is held against RFC 4180 and the header, and one that does not fit is set aside whole, with its first line and
its text. A record may span lines inside quotes: see csv_records.py.
"""

import csv

import polars as pl

from txplatform.ingest.batch import FileRejected, RawBatch
from txplatform.ingest.readers.csv_records import assemble
from txplatform.ingest.readers.text import broken_lines, first_text, read_lines, split_undecodable

_SEPARATORS = (",", ";", "\t", "|")
_PART = 100_000  # records that are parsed at once: the copy that the parser reads stays small


def read_csv(data: bytes) -> RawBatch | FileRejected:
    """Read a CSV file, gzipped or not, with a header of one line; the separator is the header's most frequent one."""
    lines = read_lines(data)
    if isinstance(lines, FileRejected):
        return lines
    top = first_text(lines)
    header = lines["text"][top]
    separator = max(_SEPARATORS, key=header.count)
    columns = _columns(header, separator)
    if isinstance(columns, FileRejected):
        return columns
    records = assemble(lines[top + 1 :], separator, len(columns), complete=True).frame
    message = f"the row is not made of the {len(columns)} fields of the header, quoted as RFC 4180 says"
    ragged = broken_lines(records.filter(pl.col("quoted").is_null()), "row.fields", message)
    good, undecodable = split_undecodable(records.drop_nulls("quoted"))
    return RawBatch(
        _parse(good["quoted"], columns, separator), good["row"], good["text"], pl.concat([ragged, undecodable])
    )


def _columns(header: str, separator: str) -> list[str] | FileRejected:
    try:
        columns = [name.strip() for name in next(csv.reader([header], delimiter=separator, strict=True))]
    except csv.Error as error:
        return FileRejected("file.header", f"the first line, which ends at a line feed, is not a header: {error}")
    if len(set(columns)) < len(columns) or "" in columns:
        return FileRejected("file.header", "the header has an empty or a repeated column name")
    return columns


def _parse(texts: pl.Series, columns: list[str], separator: str) -> pl.DataFrame:
    schema = dict.fromkeys(columns, pl.String)
    parts = [_parse_part(part.to_series(), schema, separator) for part in texts.to_frame().iter_slices(_PART)]
    return pl.concat([pl.DataFrame(schema=schema), *parts])


def _parse_part(texts: pl.Series, schema: dict[str, type[pl.String]], separator: str) -> pl.DataFrame:
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
