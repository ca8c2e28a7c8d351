"""How long a row of a Parquet file can be by the texts in its dictionaries, which each row may repeat."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


def longest_row(source: pa.PythonFile, file: pq.ParquetFile, group: int) -> int:
    """The bytes of the longest texts of all dictionaries of a row group together, at least 1."""
    leaves: list[Any] = [file.schema.column(place) for place in range(len(file.schema.names))]
    texts = [leaf.path for leaf in leaves if leaf.physical_type == "BYTE_ARRAY"]
    fixed = sum(leaf.length for leaf in leaves if leaf.physical_type == "FIXED_LEN_BYTE_ARRAY")
    encoded = pq.ParquetFile(source, metadata=file.metadata, read_dictionary=texts, buffer_size=1 << 20)
    first = next(encoded.iter_batches(1, row_groups=[group]), None)
    columns: list[Any] = [] if first is None else first.columns
    return max(1, fixed + sum(_longest(found) for column in columns for found in _dictionaries(column)))


def _dictionaries(values: Any) -> Iterator[Any]:
    """The dictionaries of a column, and of what is inside of its values."""
    if pa.types.is_dictionary(values.type):
        yield values.dictionary
    elif pa.types.is_map(values.type):
        yield from (found for inner in (values.keys, values.items) for found in _dictionaries(inner))
    elif pa.types.is_struct(values.type):
        yield from (found for inner in values.flatten() for found in _dictionaries(inner))
    elif pa.types.is_nested(values.type):
        yield from _dictionaries(values.values)


def _longest(texts: Any) -> int:
    return pc.max(pc.binary_length(texts)).as_py() or 0
