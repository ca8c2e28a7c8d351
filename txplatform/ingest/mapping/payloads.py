"""The payloads of a file: a line of JSON each, or a record of columns, such as CSV, as an object of its texts."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import BinaryIO

import polars as pl

from txplatform.contracts.mapping.model import FileLayout
from txplatform.contracts.model import UTF_8, FileRules
from txplatform.ingest.batch import RawBatch
from txplatform.ingest.mapping.layouts import Layout, layout_of
from txplatform.ingest.readers.avro import avro_lines
from txplatform.ingest.readers.csv import read_csv_blocks
from txplatform.ingest.readers.formats import Format
from txplatform.ingest.readers.json_records import object_lines
from txplatform.ingest.readers.orc import read_orc
from txplatform.ingest.readers.parquet import read_parquet
from txplatform.ingest.readers.parts import Part, read_parts
from txplatform.ingest.readers.text import broken_lines, split_undecodable, text_blocks, without_blanks
from txplatform.ingest.readers.xlsx import read_xlsx

_FIX = b"8=FIX"  # how a message begins


def read_payloads(
    name: str, content: BinaryIO, rules: FileRules = UTF_8, layouts: Iterable[FileLayout] = ()
) -> Iterator[RawBatch]:
    """Read a file under the names of its source. The frame of JSON has no columns: a payload is its line.

    Raise RejectedError where the file cannot be read to its end.
    """
    layout = layout_of(layouts, name)
    return map(layout.completed, read_parts(name, content, rules, partial(_read, rules, layout)))


def _read(rules: FileRules, layout: Layout, part: Part) -> Iterator[RawBatch]:
    match part.format:
        case Format.JSON:
            return map(_as_payloads, object_lines(part.content, rules.records_path, keep_arrays=True))
        case Format.AVRO:
            return (_as_payloads(lines, broken) for lines, broken in avro_lines(part.content))
        case Format.ORC:
            return read_orc(part.content)
        case Format.PARQUET:
            return read_parquet(part.content)
        case Format.XLSX:
            return read_xlsx(part.content, rules.sheet)
        case Format.CSV | Format.ZIP:  # read_parts opens every zip
            return _read_delimited(part.content, layout)


def payload_texts(raw: RawBatch, positions: pl.Series) -> pl.Series:
    """The payloads at these positions as the function would receive them. A cell without a value is null."""
    if not raw.frame.width:
        return pl.repeat("{}", positions.len(), eager=True) if raw.payload is None else raw.payload_of(positions)
    return raw.frame[positions].select(pl.struct(pl.all()).struct.json_encode()).to_series()


def without_unusable(raw: RawBatch, names: Collection[str]) -> RawBatch:
    """The batch without the records that have no exact value under one of these names: they are broken."""
    cells = raw.unusable_cells.filter(pl.col("column").is_in(list(names)))
    if cells.is_empty():
        return raw
    reasons = cells.group_by("position").agg(
        pl.format("column {}: {}", "column", "message").str.join("; ").alias("message")
    ).sort("position")  # fmt: skip
    positions = reasons["position"]
    left = raw.rows.to_frame().with_row_index("position").join(reasons, on="position", how="anti")["position"]
    broken = pl.DataFrame({"row": raw.rows.gather(positions), "text": raw.payload_of(positions)})
    refused = broken_lines(broken, "type", "").with_columns(reasons["message"])
    return replace(
        raw,
        frame=raw.frame[left],
        rows=raw.rows.gather(left),
        payload=raw.payload_of(left),
        broken=pl.concat([raw.broken, refused]),
        unusable_cells=raw.unusable_cells.clear(),
    )


def _read_delimited(content: BinaryIO, layout: Layout) -> Iterator[RawBatch]:
    """Read a CSV file, or messages of FIX, one a line."""
    blocks = text_blocks(content)
    first = next(blocks)
    if not first.content.startswith(_FIX):
        return read_csv_blocks(first, blocks, layout.columns)
    return (_as_payloads(block.lines()) for block in chain([first], blocks))


def _as_payloads(lines: pl.DataFrame, broken: pl.DataFrame | None = None) -> RawBatch:
    good, undecodable = split_undecodable(without_blanks(lines))
    unread = undecodable if broken is None else pl.concat([undecodable, broken])
    return RawBatch(pl.DataFrame(), good["row"], good["text"], unread)
