"""The Arrow types of a contract's rows where a table has wider ones: a newer version of the contract has widened them.

Rows that are in such a table may need all of its digits, also where an older contract reads and replaces them.
"""

from typing import Any

import pyarrow as pa
from pyiceberg.io.pyarrow import schema_to_pyarrow
from pyiceberg.table import Table


def as_wide_as(schema: pa.Schema, table: Table) -> pa.Schema:
    """The schema of a contract's rows, each decimal as wide as in the table."""
    have: dict[str, Any] = {field.name: field.type for field in list[Any](schema_to_pyarrow(table.schema()))}
    fields: list[Any] = list(schema)
    return pa.schema([field.with_type(widened(field.type, have.get(field.name))) for field in fields])


def widened(of: Any, have: Any) -> pa.DataType:
    """A type with each decimal in it as wide as in the other, which may be None."""
    kinds = pa.types
    if have is None:
        return of
    if kinds.is_decimal(of) and kinds.is_decimal(have):
        return pa.decimal128(max(of.precision, have.precision), of.scale)
    if kinds.is_struct(of) and kinds.is_struct(have):
        inner: dict[str, Any] = {member.name: member.type for member in list[Any](have)}
        members: list[Any] = list(of)
        return pa.struct([member.with_type(widened(member.type, inner.get(member.name))) for member in members])
    if kinds.is_list(of) and (kinds.is_list(have) or kinds.is_large_list(have)):
        return pa.list_(of.value_field.with_type(widened(of.value_type, have.value_type)))
    if kinds.is_map(of) and kinds.is_map(have):
        return pa.map_(of.key_type, widened(of.item_type, have.item_type))
    return of
