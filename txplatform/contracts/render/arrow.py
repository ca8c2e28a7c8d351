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
}


def arrow_type(field: Field) -> pa.DataType:
    """Return the Arrow type that holds every value of a field exactly."""
    if field.type is not FieldType.DECIMAL:
        return _SCALARS[field.type]
    assert field.precision is not None
    return pa.decimal128(field.precision, field.scale or 0)


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
    utc, wall_clock = pa.timestamp("us", "UTC"), pa.timestamp("us")
    held: list[pa.Field[Any]] = list(rows.schema)
    return rows.cast(pa.schema([item.with_type(wall_clock) if item.type == utc else item for item in held]))


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
