"""Names the type of a column for Glue (Hive) and for SQL (Trino).

Tables hold timestamps without a zone, the UTC wall clock. Athena refuses timestamps with a zone in views ("Unsupported
Hive type: timestamp(6) with time zone"), and a view that casts them away hides the partitions from every query: no
engine pushes a condition on the cast down to the column.
"""

from txplatform.contracts.model import Field, FieldType
from txplatform.contracts.render.columns import SystemColumn

_HIVE = {
    FieldType.STRING: "string",
    FieldType.INTEGER: "bigint",
    FieldType.BOOLEAN: "boolean",
    FieldType.DATE: "date",
    FieldType.TIMESTAMP: "timestamp",
}
_TRINO = {**_HIVE, FieldType.STRING: "varchar", FieldType.TIMESTAMP: "timestamp(6)"}


def hive_type(column: Field | SystemColumn) -> str:
    """Return the type under which Glue lists the column."""
    return _exact(column) or _HIVE[column.type]


def trino_type(column: Field | SystemColumn) -> str:
    """Return the type of the column in an Iceberg table, and in a view over it."""
    return _exact(column) or _TRINO[column.type]


def _exact(column: Field | SystemColumn) -> str | None:
    if isinstance(column, Field) and column.type is FieldType.DECIMAL:
        return f"decimal({column.precision},{column.scale})"
    return None
