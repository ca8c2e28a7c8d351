"""Lines of delimited text to records. Each line belongs to one record, or is blank between two.

Whole columns of lines are held against regular expressions. A line that is a record by RFC 4180 on its own is one if
it begins outside of a quoted text; the others are read one by one, from the first: see csv_scanner.py. So whether a
line begins a record never depends on a count of the quotes before it.
"""

from dataclasses import dataclass

import polars as pl

from txplatform.ingest.readers.csv_scanner import scan_record
from txplatform.ingest.readers.text import is_text

_QUOTED = r'"[^"]*"'
_ESCAPED = r'"(?:[^"]|"")*"'
_RECORDS = pl.Schema({"row": pl.Int64, "text": pl.String, "decodes": pl.Boolean, "quoted": pl.String})


@dataclass(frozen=True, slots=True)
class Records:
    """Records by their first line (`row`), with their `text`, and as RFC 4180 has it (`quoted`), null if it is unfit.

    The lines from `left` on begin a record whose end is not among them.
    """

    frame: pl.DataFrame
    left: int


def assemble(lines: pl.DataFrame, separator: str, columns: int, *, complete: bool) -> Records:
    """The records of lines (`row`, `text`, `decodes`), the first of which begins outside of a quoted text.

    A `complete` file has no lines after these, so what is left open ends with them.
    """
    lines = lines.with_columns(pl.col("text").str.strip_suffix("\r").alias("bare"))
    alone, fits = _alone(lines, separator, columns)
    scanned, inside, left = _scan(lines, alone, separator, columns, complete=complete)
    singles = lines.select(
        "row",
        pl.col("bare").alias("text"),
        "decodes",
        pl.when(pl.lit(fits)).then("bare").alias("quoted"),
        (pl.lit(~inside) & ((pl.col("text").str.contains(separator, literal=True)) | is_text())).alias("kept"),
    )
    singles = singles.filter("kept").drop("kept")
    if scanned.is_empty():
        return Records(singles, left)
    return Records(pl.concat([singles, scanned]).sort("row"), left)


def _alone(lines: pl.DataFrame, separator: str, columns: int) -> tuple[pl.Series, pl.Series]:
    """Which lines are read on their own, begun outside of a quoted text, and which of them are records that fit."""
    texts = lines["bare"]
    quotes = texts.str.contains('"', literal=True)
    bare, strict = texts, ~quotes
    if quotes.any():
        field = f'(?:{_ESCAPED}|[^"{separator}]*)'
        strict |= texts.str.contains(f"^{field}(?:[{separator}]{field})*$")
        bare = texts.str.replace_all(_QUOTED, "")
    fits = strict & (bare.str.count_matches(separator, literal=True) == columns - 1)
    return fits | (strict & ~texts.str.contains('\\"', literal=True)), fits


def _scan(
    lines: pl.DataFrame, alone: pl.Series, separator: str, columns: int, *, complete: bool
) -> tuple[pl.DataFrame, pl.Series, int]:
    """The records that begin with lines which are not read alone, the lines they take, and the first line left."""
    starts = (~alone).arg_true().to_list()
    found: list[tuple[int, str, bool, str | None]] = []
    taken, left, after = list[int](), lines.height, 0
    if starts:
        rows, texts, decodes = (lines[name].to_list() for name in ("row", "text", "decodes"))
        for start in starts:
            if start < after:
                continue
            record = scan_record(texts, start, separator, columns, complete=complete)
            if not record.closed and not complete:
                left = start
                taken += range(start, lines.height)
                break
            after = start + record.lines
            taken += range(start, after)
            fields = record.fields
            quoted = separator.join(fields) if fields is not None and len(fields) == columns else None
            text = "\n".join(texts[start:after]).removesuffix("\r")
            found.append((rows[start], text, all(decodes[start:after]), quoted))
    inside = pl.Series("inside", [False], dtype=pl.Boolean).new_from_index(0, lines.height)
    if taken:
        inside = inside.scatter(taken, values=True)
    return pl.DataFrame(found, schema=_RECORDS, orient="row"), inside, left
