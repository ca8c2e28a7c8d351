"""Casts timestamps that are written alike, as one program writes them: all texts as long, and in UTC.

Their bytes lie one after the other in Arrow's form of texts, whose own parser takes a fraction of the time that a
regular expression and a parser of any format take. It refuses the whole column for a text that it does not take.
"""

from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from txplatform.ingest.years import within_years

_SIZES = (20, 24, 27)  # bytes of YYYY-MM-DDThh:mm:ssZ, and of one with milliseconds or microseconds
_OLDEST = pl.CompatLevel.oldest()  # has texts one after the other


def even_timestamps(texts: pl.Series) -> pl.Series | None:
    """The moments of a column, some of which may be null; None where its texts are not alike or not all are moments."""
    column: Any = texts.to_arrow(compat_level=_OLDEST)
    offsets = np.frombuffer(column.buffers()[1], np.int64)[column.offset :][: len(column) + 1]
    begins, ends = offsets[:-1], offsets[1:]
    if column.null_count:
        present = texts.is_not_null().to_numpy()
        begins, ends = begins[present], ends[present]
    sizes = ends - begins
    if sizes[0] not in _SIZES or (sizes != sizes[0]).any():
        return None
    # Another end is that of an offset, of which Arrow takes some forms that are not ours.
    if (np.frombuffer(column.buffers()[2], np.uint8)[ends - 1] != ord("Z")).any():
        return None
    try:
        moments = column.cast(pa.timestamp("us", "UTC"))
    except pa.ArrowInvalid:
        return None
    return within_years(pl.Series(texts.name, moments))
