"""The rows of an Excel sheet, one at a time, with the texts of their cells by column."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from txplatform.ingest.batch import RejectedError
from txplatform.ingest.readers.workbook import Workbook
from txplatform.ingest.readers.xlsx_values import Value, value_of
from txplatform.ingest.readers.xml_events import xml_events

_MOST_COLUMNS = 16_384
_REFERENCE = re.compile(r"([A-Z]{1,3})[0-9]+")
_NO_VALUE = Value("", "the cell holds a formula without its value: save the workbook in Excel")


class Row(NamedTuple):
    """The cells of a row that hold something, by the number of their column from 1."""

    number: int
    cells: dict[int, Value]


def rows_of(book: Workbook) -> Iterator[Row]:
    """The rows that hold something, in order; raise RejectedError where the sheet is damaged."""
    row, column, cells = 0, 0, dict[int, Value]()
    cell: dict[str, str] = {}
    raw = list[str]()
    collecting = formula = spoken = False
    for name, attributes, text in xml_events(book.sheet):
        begins = attributes is not None
        match name:
            case "":
                if collecting and not spoken:
                    raw.append(text)
            case "row" if begins:
                row, column, cells = _number(attributes.get("r"), row), 0, {}
            case "row":
                if cells:
                    yield Row(row, cells)
            case "c" if begins:
                cell, raw, formula = dict(attributes), [], False
                column = _column(attributes.get("r"), column)
            case "c":
                value = _value(book, cell, "".join(raw))
                if value is None and formula and cell.get("t") != "str":
                    value = _NO_VALUE
                if value is not None:
                    cells[column] = value
            case "v" | "t":
                collecting = begins
            case "f":
                formula = True
            case "rPh":
                spoken = begins
            case _:
                pass


def _value(book: Workbook, cell: dict[str, str], raw: str) -> Value | None:
    style = int(cell.get("s", "0"))
    return value_of(
        cell.get("t", "n"),
        raw,
        book.styles[style] if style < len(book.styles) else "number",
        book.texts,
        from_1904=book.from_1904,
    )


def _number(written: str | None, before: int) -> int:
    """The number of a row, which need not be written, and never goes back."""
    number = before + 1 if written is None else int(written)
    if number <= before:
        raise RejectedError("file.unreadable", f"row {number} of the sheet comes after row {before}")
    return number


def _column(reference: str | None, before: int) -> int:
    """The number of a cell's column, from 1, by its reference, such as `AB12`."""
    found = None if reference is None else _REFERENCE.fullmatch(reference)
    column = before + 1
    if found:
        column = 0
        for digit in found[1]:
            column = column * 26 + ord(digit) - ord("A") + 1
    if not before < column <= _MOST_COLUMNS:
        raise RejectedError("file.unreadable", f"a row of the sheet has a cell out of order, or over {_MOST_COLUMNS}")
    return column
