"""Columns of nested values taken apart and put together again, all elements of a column at once."""

from collections.abc import Callable
from typing import Any

import polars as pl
import pyarrow as pa


def of_elements(lists: pl.Series, change: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """The lists with what becomes of their elements, which are changed together, each into one."""
    held: Any = lists.to_arrow()
    elements = change(pl.Series("", held.values))
    made = pl.Series(lists.name, pa.LargeListArray.from_arrays(held.offsets, elements.to_arrow()))
    return where(lists.is_not_null(), made)


def where(known: pl.Series, values: pl.Series) -> pl.Series:
    """The values where they are known, null elsewhere."""
    return pl.select(pl.when(known).then(values).alias(values.name)).to_series()


def as_json(values: pl.Series) -> pl.Series:
    """The values as JSON texts; null stays null."""
    wrapped = pl.DataFrame({"v": values}).to_struct().struct.json_encode()
    return where(values.is_not_null(), wrapped.str.slice(len('{"v":')).str.head(-1)).alias(values.name)
