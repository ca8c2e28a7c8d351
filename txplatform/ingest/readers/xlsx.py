"""A sheet of an Excel workbook to rows as texts. Its first row that holds something is the header.

The XML is read here: libraries return an empty cell for an error, and cut moments to the millisecond.
"""

from collections.abc import Iterator
from typing import BinaryIO

import polars as pl

from txplatform.ingest.batch import BROKEN_SCHEMA, UNUSABLE_SCHEMA, RawBatch, RejectedError
from txplatform.ingest.readers.workbook import workbook
from txplatform.ingest.readers.xlsx_rows import Row, rows_of
from txplatform.ingest.readers.xlsx_values import Value

_CELLS = 500_000  # that are read at once


def read_xlsx(content: BinaryIO, sheet: str | None = None) -> Iterator[RawBatch]:
    """Read the sheet of this name, or the first; `rows` are its own numbers.

    Raise RejectedError where the workbook cannot be read to its end.
    """
    try:
        yield from _read(content, sheet)
    except (ValueError, LookupError) as error:
        problem = f"the file cannot be read as a workbook: {type(error).__name__}"
        raise RejectedError("file.unreadable", problem) from error


def _read(content: BinaryIO, sheet: str | None) -> Iterator[RawBatch]:
    with workbook(content, sheet) as book:
        rows = rows_of(book)
        header = next(rows, None)
        if header is None:
            raise RejectedError("file.empty", "the sheet is empty")
        columns = _columns(header)
        pending, begun = list[Row](), False
        for row in rows:
            pending.append(row)
            if len(pending) * len(columns) >= _CELLS:
                yield _batch(pending, columns)
                pending, begun = [], True
        if pending or not begun:
            yield _batch(pending, columns)


def _columns(header: Row) -> dict[int, str]:
    names = {column: value.text.strip() for column, value in header.cells.items()}
    if len(set(names.values())) < len(names) or "" in names.values():
        raise RejectedError("file.header", "the header has an empty or a repeated column name")
    return names


def _batch(rows: list[Row], columns: dict[int, str]) -> RawBatch:
    outside = [row for row in rows if not row.cells.keys() <= columns.keys()]
    message = f"the row has a cell outside of the {len(columns)} columns of the header"
    broken = [
        (row.number, " ".join(value.text for value in row.cells.values()), "row.fields", message) for row in outside
    ]
    inside = [row for row in rows if row.cells.keys() <= columns.keys()] if outside else rows
    texts = {name: [_text(row.cells.get(column)) for row in inside] for column, name in columns.items()}
    frame = pl.DataFrame(texts, schema=dict.fromkeys(columns.values(), pl.String))
    unusable = [
        (position, columns[column], value.problem)
        for position, row in enumerate(inside)
        for column, value in row.cells.items()
        if value.problem is not None
    ]
    cells = pl.DataFrame(unusable, schema=UNUSABLE_SCHEMA, orient="row")
    as_read = pl.struct(pl.all()).struct.json_encode().alias("payload")
    return RawBatch(
        frame.with_columns(
            pl.when(~pl.int_range(pl.len()).is_in(part["position"].implode())).then(pl.col(str(name))).alias(str(name))
            for (name,), part in cells.group_by("column")
        ),
        pl.Series("row", [row.number for row in inside], dtype=pl.Int64),
        lambda: frame.select(as_read).to_series(),
        pl.DataFrame(broken, schema=BROKEN_SCHEMA, orient="row"),
        unusable_cells=cells,
    )


def _text(value: Value | None) -> str | None:
    return None if value is None else value.text
