"""The usual lines of a JSON file, flat objects of one form, as columns: without a step per line, and no digit changed.

Each line must match a template as a whole. Texts, small whole numbers and booleans are then read by a parser alone;
other numbers are cut out of the lines as they are written. All other lines are left to json_lines.py.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import polars as pl

from txplatform.ingest.readers.json_template import Kind, Template, template_of
from txplatform.ingest.readers.text import Block, split_lines

_SAMPLE = 100  # lines that a template is made of
_HEAD = 1 << 16  # bytes in which they are looked for
FEW = 2_000
"""Lines of a form of their own that are not worth a batch of their own."""


@dataclass(frozen=True, slots=True)
class PlainLines:
    """Lines of one form: a column for each of their members, in which values are texts, of a kind each."""

    frame: pl.DataFrame
    kinds: dict[str, Kind]
    rows: pl.Series
    text: pl.Series | Callable[[], pl.Series]


def plain_block(block: Block, is_empty: Callable[[str], bool]) -> PlainLines | None:
    """The lines of a block that are all of one form; None if it is not such a block."""
    content = block.with_line_feeds()
    if content is None:
        return None
    template = template_of(content[:_HEAD].decode(errors="replace").split("\n")[:_SAMPLE], is_empty)
    if template is None:
        return None
    try:
        lines = pl.Series([content]).cast(pl.String)
    except pl.exceptions.PolarsError:  # bytes that are not UTF-8
        return None
    pattern = template.pattern(escapes=b"\\" in content)
    if not lines.str.contains(rf"\A(?:{pattern}\n)*{pattern}\z").any():
        return None
    count = block.feeds + 1 - (block.last and block.content.endswith(b"\n"))
    if (frame := _columns(template, lines, content, count)) is None:
        return None
    rows = pl.int_range(block.row, block.row + count, dtype=pl.Int64, eager=True).alias("row")
    return PlainLines(frame, dict(template.kinds), rows, partial(split_lines, content))


def split_plain(lines: pl.DataFrame, is_empty: Callable[[str], bool]) -> Iterator[PlainLines | pl.DataFrame]:
    """Many lines (`row`, `text`, `decodes`) of one form each, and at last the lines that are left."""
    found = False
    while lines.height >= FEW and (template := template_of(lines["text"].head(_SAMPLE), is_empty)) is not None:
        fits = lines["text"].str.contains(rf"\A{template.pattern()}\z") & lines["decodes"]
        if fits.sum() < FEW:
            break
        taken = lines.filter(fits)
        joined = taken.select(pl.col("text").str.join("\n")).to_series()
        frame = _columns(template, joined, joined.item().encode(), taken.height)
        if frame is None:
            break
        yield PlainLines(frame, dict(template.kinds), taken["row"], taken["text"])
        lines, found = lines.filter(~fits), True
    if lines.height or not found:
        yield lines


def _columns(template: Template, lines: pl.Series, content: bytes, count: int) -> pl.DataFrame | None:
    """The columns of lines that match; None where the parser does not take them."""
    try:
        frame = pl.read_ndjson(content, schema=dict.fromkeys(template.kinds, pl.String))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return None
    numbers = [_numbers(template, name, lines) for name, kind in template.kinds.items() if kind is Kind.NUMBER]
    if frame.height != count or any(values.len() != count for values in numbers):
        raise ValueError(f"{count} lines were parsed as {frame.height}")
    return frame.with_columns(numbers)


def _numbers(template: Template, name: str, lines: pl.Series) -> pl.Series:
    """The values of a column of numbers, as they are written."""
    begin, pattern = template.member(name)
    texts: Any = lines.str.extract_all(pattern).explode().str.strip_prefix(begin)
    return pl.select(pl.when(texts != "null").then(texts).alias(name)).to_series()
