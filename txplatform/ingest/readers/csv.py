"""Delimited text to rows. The structure of every record is checked before a parser sees it.

CSV parsers fill missing fields with nulls, swallow the file after an unclosed quote or raise for all of it; here the
fields of every record are counted against the header, vectorised, and a record that does not fit is set aside with its
line and text. A record may span lines inside quotes (RFC 4180).
"""

import csv
import io

import polars as pl

from txplatform.ingest.batch import FileRejected, RawBatch
from txplatform.ingest.readers.text import broken_lines, read_lines, split_undecodable, without_blanks

_SEPARATORS = (",", ";", "\t", "|")
_QUOTED = r'"[^"]*"'


def read_csv(data: bytes) -> RawBatch | FileRejected:
    """Read a CSV file, gzipped or not, with a header; the separator is the header's most frequent one."""
    lines = read_lines(data)
    if isinstance(lines, FileRejected):
        return lines
    records = _records(lines)
    header = records["text"][0]
    separator = _separator(header)
    columns = [name.strip() for name in next(csv.reader([header], delimiter=separator))]
    if len(set(columns)) < len(columns) or "" in columns:
        return FileRejected("file.header", "the header has an empty or a repeated column name")
    fits = _fits(separator, len(columns))
    singles = _unfold(records[1:].filter(~fits))
    message = f"the row does not have the {len(columns)} fields of the header"
    ragged = broken_lines(singles.filter(~fits), "row.fields", message)
    good, undecodable = split_undecodable(pl.concat([records[1:].filter(fits), singles.filter(fits)]).sort("row"))
    broken = pl.concat([ragged, undecodable])
    return RawBatch(_parse(good["text"], columns, separator), good["row"], good["text"], broken)


def _records(lines: pl.DataFrame) -> pl.DataFrame:
    """Join the lines of a record: a record ends at the first line end outside quotes."""
    quotes = pl.col("text").str.count_matches('"', literal=True)
    if not lines.select(quotes.sum()).item():
        return without_blanks(lines)
    starts = (quotes.cum_sum() - quotes) % 2 == 0
    return without_blanks(
        lines.with_columns(starts.cum_sum().alias("record"))
        .group_by("record", maintain_order=True)
        .agg(pl.col("row").first(), pl.col("text").str.join("\n"))
        .drop("record")
    )


def _unfold(records: pl.DataFrame) -> pl.DataFrame:
    """The lines of records that do not fit: an unclosed quote must not swallow the good lines after it."""
    pieces = records.with_columns(pl.col("text").str.split("\n")).with_columns(
        pl.int_ranges(pl.lit(0, pl.Int64), pl.col("text").list.len().cast(pl.Int64)).alias("offset")
    )
    return without_blanks(pieces.explode("text", "offset").select(pl.col("row") + pl.col("offset"), "text"))


def _fits(separator: str, columns: int) -> pl.Expr:
    bare = pl.col("text").str.replace_all(_QUOTED, "")
    fields = bare.str.count_matches(separator, literal=True) == columns - 1
    return fields & ~bare.str.contains('"', literal=True)


def _separator(header: str) -> str:
    return max(_SEPARATORS, key=header.count)


def _parse(texts: pl.Series, columns: list[str], separator: str) -> pl.DataFrame:
    schema = dict.fromkeys(columns, pl.String)
    if texts.is_empty():
        return pl.DataFrame(schema=schema)
    joined = texts.str.join("\n").item()
    quoted = '"' in joined
    frame = pl.read_csv(
        joined.encode(),
        has_header=False,
        schema=schema,
        separator=separator,
        quote_char='"' if quoted else None,
    )
    if frame.height != len(texts):  # quotes inside fields that a parser reads in its own way
        rows = (next(csv.reader(io.StringIO(text, newline=""), delimiter=separator)) for text in texts)
        frame = pl.DataFrame(list(rows), schema=schema, orient="row")
    return frame.select(pl.when(pl.all() != "").then(pl.all()))
