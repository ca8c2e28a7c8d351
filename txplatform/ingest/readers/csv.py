"""Delimited text to rows. The structure of every record is checked before a parser sees it.

CSV parsers fill missing fields with nulls, swallow the file after an unclosed quote or raise for all of it; here every
record is held against RFC 4180 and the header, vectorised, and one that does not fit is set aside with its line and
text. A record may span lines inside quotes. A quote inside a field that does not begin with one stands for itself, as
spreadsheets read it: such a record, of one line, is put as RFC 4180 has it first.
"""

import csv

import polars as pl

from txplatform.ingest.batch import FileRejected, RawBatch
from txplatform.ingest.readers.text import broken_lines, first_text, read_lines, split_undecodable, without_blanks

_SEPARATORS = (",", ";", "\t", "|")
_PART = 100_000  # records that are parsed at once: the copy that the parser reads stays small
_QUOTED = r'"[^"]*"'
_ESCAPED = r'"(?:[^"]|"")*"'


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
    lines = _numbered(lines[top + 1 :])
    records = _records(lines)
    fits = _fits(records, separator, len(columns))
    # an unclosed quote must not swallow the good lines after it
    singles = without_blanks(lines.join(records.filter(~fits), on="record", how="semi"))
    singles = singles.with_columns(_requoted(singles, separator, len(columns)))
    message = f"the row is not made of the {len(columns)} fields of the header, quoted as RFC 4180 says"
    ragged = broken_lines(singles.filter(pl.col("quoted").is_null()), "row.fields", message)
    good = pl.concat([records.filter(fits).with_columns(pl.col("text").alias("quoted")), singles.drop_nulls("quoted")])
    good, undecodable = split_undecodable(good.sort("row"))
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


def _numbered(lines: pl.DataFrame) -> pl.DataFrame:
    """The lines with the number of their `record`, which ends at the first line end outside quotes."""
    quotes = pl.col("text").str.count_matches('"', literal=True)
    return lines.with_columns(((quotes.cum_sum() - quotes) % 2 == 0).cum_sum().alias("record"))


def _records(lines: pl.DataFrame) -> pl.DataFrame:
    """The lines of each record as one text, under the number of its first line."""
    if lines.height == (lines["record"].max() or 0):
        return without_blanks(lines)
    whole = lines.group_by("record", maintain_order=True).agg(
        pl.col("row").first(), pl.col("text").str.join("\n"), pl.col("decodes").all()
    )
    return without_blanks(whole.select(lines.columns))


def _fits(records: pl.DataFrame, separator: str, columns: int) -> pl.Series:
    """Whether each record is one by RFC 4180, with as many fields as the header."""
    bare, strict = pl.col("text"), pl.lit(value=True)
    if records["text"].str.contains('"', literal=True).any():
        bare = bare.str.replace_all(_QUOTED, "")
        strict = pl.col("text").str.contains(_record(separator, rf'[^"{separator}\n]*'))
    return records.select(strict & (bare.str.count_matches(separator, literal=True) == columns - 1)).to_series()


def _record(separator: str, unquoted: str) -> str:
    field = f"(?:{_ESCAPED}|{unquoted})"
    return f"^{field}(?:[{separator}]{field})*$"


def _requoted(lines: pl.DataFrame, separator: str, columns: int) -> pl.Series:
    """Each line as RFC 4180 has it, quotes inside its unquoted fields doubled; null where it cannot be one."""
    spaces = " " if separator == "\t" else r" \t"
    readable = lines["text"].str.contains(
        _record(separator, rf'[{spaces}]*(?:[^"{spaces}{separator}][^{separator}]*)?')
    )
    fields = (_split(text, separator) if sound else [] for text, sound in zip(lines["text"], readable, strict=True))
    quoted = (separator.join(map(_quoted, row)) if len(row) == columns else None for row in fields)
    return pl.Series("quoted", list(quoted), dtype=pl.String)


def _split(text: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=separator))
    except csv.Error:  # a carriage return outside quotes, a field of more than 128 KiB
        return []


def _quoted(field: str) -> str:
    return '"' + field.replace('"', '""') + '"'


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
    return frame.select(pl.when(pl.all() != "").then(pl.all())) if quoted else frame
