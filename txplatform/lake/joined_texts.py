"""Puts texts and numbers of each row together to an Arrow column of texts.

Where the texts of each column are as long, as those of order keys mostly are, what all rows have is repeated with the
separators, and only what differs is copied row by row.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

_OLDEST = pl.CompatLevel.oldest()  # has texts one after the other
_DIGITS = np.array([f"{number:04}".encode() for number in range(10_000)], "S4")  # four are looked up at once


def joined(columns: Sequence[pl.Series | str], separator: str, digits: int) -> Any:
    """The texts of each row with a separator of one byte between them; null where one of them is.

    Numbers are written with so many digits, a multiple of four. A text in place of a column is that of every row; not
    all are.
    """
    held = [column for column in columns if isinstance(column, pl.Series)]
    rows = held[0].len()
    if not rows or not all(map(_are_as_long, held)):
        found: Any = pl.select(pl.concat_str([_text(column, digits) for column in columns], separator=separator))
        return found.to_series().to_arrow(compat_level=_OLDEST)
    first = [column.encode() if isinstance(column, str) else _bytes(column.head(1), digits) for column in columns]
    row = separator.encode().join(first)
    whole, place = np.full(rows, np.void(row)), 0
    for column, text in zip(columns, first, strict=True):
        if isinstance(column, pl.Series) and (column != column[0]).any():
            kind = f"V{len(text)}"
            goal = np.ndarray((rows,), kind, whole, place, (len(row),))
            goal[:] = np.frombuffer(_bytes(column, digits), kind)
        place += len(text) + 1
    offsets = np.arange(0, whole.nbytes + 1, len(row), dtype=np.int64)
    arrow: Any = pa  # its stubs lack this constructor
    return arrow.LargeStringArray.from_buffers(rows, arrow.py_buffer(offsets), arrow.py_buffer(whole))


def _are_as_long(column: pl.Series) -> bool:
    if column.dtype != pl.String:
        return True
    sizes = column.str.len_bytes()
    return not column.null_count() and sizes.min() == sizes.max() != 0


def _bytes(column: pl.Series, digits: int) -> Any:
    """What is written of a column, all rows after each other."""
    if column.dtype == pl.String:
        return column.to_arrow(compat_level=_OLDEST).buffers()[2]
    numbers, groups = column.to_numpy(), range(digits - 4, -4, -4)
    return np.stack([_DIGITS[numbers // 10**power % 10_000] for power in groups], axis=1).tobytes()


def _text(column: pl.Series | str, digits: int) -> pl.Series | pl.Expr:
    if isinstance(column, str):
        return pl.lit(column)
    return column if column.dtype == pl.String else (column + 10**digits).cast(pl.String).str.slice(1)
