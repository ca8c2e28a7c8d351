"""Lists of objects that are null, and stay null on their way into Iceberg tables and out of them.

pyiceberg 0.12 projects a list of structs by its offsets alone, and so makes an empty list of one that is null: absent
and empty would be the same. It can go once that keeps the nulls:
https://github.com/apache/iceberg-python/blob/pyiceberg-0.12.0/pyiceberg/io/pyarrow.py (ArrowProjectionVisitor.list)
"""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.io import pyarrow as pyiceberg_arrow

_visitor: Any = pyiceberg_arrow.ArrowProjectionVisitor
_compute: Any = pc  # its stubs leave the types of some overloads unknown
_by_offsets: Any = _visitor.list


def _with_nulls(visitor: Any, list_type: Any, lists: Any, elements: Any) -> Any:
    made = _by_offsets(visitor, list_type, lists, elements)
    if made is None or not lists.null_count or made.null_count:
        return made
    return _compute.if_else(lists.is_valid(), made, pa.scalar(None, made.type))


def keep_null_lists() -> None:
    """Let every reader and writer of this process keep them. Doing it again changes nothing."""
    _visitor.list = _with_nulls
