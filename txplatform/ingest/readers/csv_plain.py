"""The usual block of a CSV file, without a quote and with as many fields in each line as in the header, at once.

The parser refuses a line of too many fields. A line of too few has no value in the last column, so if all have one, or
all lines together have as many separators as they must, there is none. Any doubt leaves the block to csv_records.py,
which looks at each line.
"""

from collections.abc import Sequence
from functools import partial

import polars as pl

from txplatform.ingest.batch import RawBatch
from txplatform.ingest.readers.text import Block, split_lines


def plain_batch(block: Block, columns: Sequence[str], separator: str) -> RawBatch | None:
    """The rows of a block whose lines are one record each, all of which fit; None if it is not such a block."""
    if b'"' in block.content or len(columns) < 2 or (content := block.with_line_feeds()) is None:
        return None
    try:
        frame = pl.read_csv(
            content,
            has_header=False,
            schema=dict.fromkeys(columns, pl.String),
            separator=separator,
            quote_char=None,
        )
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return None
    lines = block.feeds + 1 - (block.last and block.content.endswith(b"\n"))
    if frame.height != lines:
        return None
    if frame.to_series(-1).null_count() and content.count(separator.encode()) != lines * (len(columns) - 1):
        return None
    rows = pl.int_range(block.row, block.row + lines, dtype=pl.Int64, eager=True).alias("row")
    return RawBatch(frame, rows, partial(split_lines, content))
