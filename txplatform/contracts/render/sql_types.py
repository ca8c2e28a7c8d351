"""Names the type of a column for Glue (Hive), for a table and for a view (Trino).

Tables hold timestamps with a zone; Athena refuses such columns in views ("Unsupported Hive type: timestamp(6) with
time zone"), so a view shows the UTC wall clock.
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
_TRINO_VIEW = {**_HIVE, FieldType.STRING: "varchar", FieldType.TIMESTAMP: "timestamp(6)"}
_TRINO_TABLE = {**_TRINO_VIEW, FieldType.TIMESTAMP: "timestamp(6) with time zone"}


def hive_type(column: Field | SystemColumn) -> str:
    """Return the type under which Glue lists the column."""
    return _exact(column) or _HIVE[column.type]


def view_type(column: Field | SystemColumn) -> str:
    """Return the type of the column in a view."""
    return _exact(column) or _TRINO_VIEW[column.type]


def table_type(column: Field | SystemColumn) -> str:
    """Return the type of the column in an Iceberg table."""
    return _exact(column) or _TRINO_TABLE[column.type]


def _exact(column: Field | SystemColumn) -> str | None:
    if isinstance(column, Field) and column.type is FieldType.DECIMAL:
        return f"decimal({column.precision},{column.scale})"
    return None
