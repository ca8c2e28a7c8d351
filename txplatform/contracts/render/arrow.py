"""Renders the Arrow schemas of an entity: its own columns, and the rows of its lake tables."""

from typing import Any

import pyarrow as pa

from txplatform.contracts.model import Contract, Field, FieldType
from txplatform.contracts.render.columns import QUARANTINE_COLUMNS, REASON_FIELDS, LakeTable, system_columns

_SCALARS: dict[FieldType, pa.DataType] = {
    FieldType.STRING: pa.string(),
    FieldType.INTEGER: pa.int64(),
    FieldType.BOOLEAN: pa.bool_(),
    FieldType.DATE: pa.date32(),
    FieldType.TIMESTAMP: pa.timestamp("us", "UTC"),
    FieldType.JSON: pa.string(),
}
_UTC, _WALL_CLOCK = pa.timestamp("us", "UTC"), pa.timestamp("us")


def arrow_type(field: Field) -> pa.DataType:
    """Return the Arrow type that holds every value of a field exactly."""
    match field.type:
        case FieldType.DECIMAL:
            assert field.precision is not None
            return pa.decimal128(field.precision, field.scale or 0)
        case FieldType.OBJECT:
            return pa.struct([pa.field(member.name, arrow_type(member)) for member in field.fields])
        case FieldType.ARRAY:
            assert field.element is not None
            return pa.list_(pa.field("element", arrow_type(field.element)))
        case FieldType.MAP:
            assert field.element is not None
            return pa.map_(pa.string(), arrow_type(field.element))
        case _:
            return _SCALARS[field.type]


def business_schema(contract: Contract) -> pa.Schema:
    """Return the entity's own columns in contract order.

    Only the key is non-null, because a tombstone holds little else.
    """
    return pa.schema(
        [pa.field(item.name, arrow_type(item), nullable=item.name not in contract.key) for item in contract.fields]
    )


def lake_schema(contract: Contract, table: LakeTable) -> pa.Schema:
    """Return the columns of the files, changes or snapshot table: business columns, then system columns."""
    business: list[pa.Field[Any]] = list(business_schema(contract))
    system = [pa.field(item.name, _SCALARS[item.type], nullable=not item.required) for item in system_columns(table)]
    return pa.schema([*business, *system])


def stored(rows: pa.Table) -> pa.Table:
    """Return the rows as Iceberg tables hold them: moments as the UTC wall clock, without a zone."""
    held: list[pa.Field[Any]] = list(rows.schema)
    return rows.cast(pa.schema([item.with_type(_stored_type(item.type)) for item in held]))


def _stored_type(held: Any) -> pa.DataType:
    if pa.types.is_struct(held):
        members: list[pa.Field[Any]] = list(held)
        return pa.struct([item.with_type(_stored_type(item.type)) for item in members])
    if pa.types.is_list(held):
        return pa.list_(held.value_field.with_type(_stored_type(held.value_type)))
    if pa.types.is_map(held):
        return pa.map_(held.key_type, _stored_type(held.item_type))
    return _WALL_CLOCK if held == _UTC else held


def quarantine_schema() -> pa.Schema:
    """Return the columns of every quarantine table; `reasons` lists one struct a violated rule."""
    reason = pa.struct([pa.field(name, pa.string(), nullable=False) for name in REASON_FIELDS])
    reasons = pa.list_(pa.field("element", reason, nullable=False))
    return pa.schema(
        [
            pa.field(item.name, reasons if item.type is None else _SCALARS[item.type], nullable=not item.required)
            for item in QUARANTINE_COLUMNS
        ]
    )
