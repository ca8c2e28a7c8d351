"""Reads the file that Athena writes for a statement into typed Arrow, exactly.

A query's is CSV with a header. SHOW and DESCRIBE leave plain text: a row a line, tabs between columns, no header.
"""

from dataclasses import dataclass
from io import BytesIO

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

_PLAIN: dict[str, pa.DataType] = {
    "tinyint": pa.int8(),
    "smallint": pa.int16(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "float": pa.float32(),
    "real": pa.float32(),
    "double": pa.float64(),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column as GetQueryResults describes it."""

    name: str
    type: str
    precision: int
    scale: int


def read_csv(body: bytes, columns: list[Column]) -> pa.Table:
    """Type the CSV text by Athena's description of its columns: quoted empty text is empty, unquoted is null."""
    fields = [pa.string()] * len(columns)
    places = [f"c{place}" for place in range(len(columns))]
    if not body or not columns:
        return pa.table({})
    texts = csv.read_csv(
        BytesIO(body),
        read_options=csv.ReadOptions(column_names=places, skip_rows=1, use_threads=False),
        parse_options=csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),  # an empty line is a null
        convert_options=csv.ConvertOptions(
            column_types=dict(zip(places, fields, strict=True)),
            strings_can_be_null=True,
            null_values=[""],
            quoted_strings_can_be_null=False,
        ),
    )
    return _table([texts.column(place) for place in places], columns)


def read_text(body: bytes, columns: list[Column]) -> pa.Table:
    """Type the lines by Athena's description of their columns; Hive pads what stands before a tab with spaces."""
    if not columns:
        return pa.table({})
    rows = [line.split("\t", len(columns) - 1) for line in body.decode().removesuffix("\n").split("\n")] if body else []
    cells = [[row[place].rstrip() if place < len(row) else None for row in rows] for place in range(len(columns))]
    return _table([pa.chunked_array([pa.array(column, pa.string())]) for column in cells], columns)


def _table(texts: list[pa.ChunkedArray], columns: list[Column]) -> pa.Table:
    typed = [_typed(text, column) for text, column in zip(texts, columns, strict=True)]
    return pa.Table.from_arrays(typed, names=[column.name for column in columns])


def _typed(text: pa.ChunkedArray, column: Column) -> pa.ChunkedArray:
    if column.type == "decimal":
        return text.cast(pa.decimal128(column.precision, column.scale))
    if column.type.startswith("timestamp"):
        wall_clock = pc.replace_substring_regex(text, r" (UTC|Z)$", "")
        return wall_clock.cast(pa.timestamp("us")).cast(pa.timestamp("us", "UTC"))
    return text.cast(_PLAIN[column.type]) if column.type in _PLAIN else text
