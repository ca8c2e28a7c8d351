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
    FieldType.JSON: "string",
}
_TRINO = {**_HIVE, FieldType.STRING: "varchar", FieldType.TIMESTAMP: "timestamp(6)", FieldType.JSON: "varchar"}


def hive_type(column: Field | SystemColumn) -> str:
    """Return the type under which Glue lists the column."""
    if not isinstance(column, Field):
        return _HIVE[column.type]
    match column.type:
        case FieldType.DECIMAL:
            return f"decimal({column.precision},{column.scale})"
        case FieldType.OBJECT:
            return f"struct<{','.join(f'{member.name}:{hive_type(member)}' for member in column.fields)}>"
        case FieldType.ARRAY:
            return f"array<{hive_type(_element(column))}>"
        case FieldType.MAP:
            return f"map<string,{hive_type(_element(column))}>"
        case _:
            return _HIVE[column.type]


def trino_type(column: Field | SystemColumn) -> str:
    """Return the type of the column in an Iceberg table, and in a view over it."""
    if not isinstance(column, Field):
        return _TRINO[column.type]
    match column.type:
        case FieldType.DECIMAL:
            return f"decimal({column.precision},{column.scale})"
        case FieldType.OBJECT:
            return f"row({', '.join(_member(member) for member in column.fields)})"
        case FieldType.ARRAY:
            return f"array({trino_type(_element(column))})"
        case FieldType.MAP:
            return f"map(varchar, {trino_type(_element(column))})"
        case _:
            return _TRINO[column.type]


def backfill_sql(field: Field) -> str:
    """Return the value that a row has which lacks the field, of the column's type."""
    text = field.evolution.backfill or ""
    if field.type is FieldType.TIMESTAMP:
        text = text.replace("T", " ").removesuffix("Z")
    escaped = text.replace("'", "''")
    return f"CAST('{escaped}' AS {trino_type(field)})"


def _member(field: Field) -> str:
    return f'"{field.name}" {trino_type(field)}'


def _element(field: Field) -> Field:
    assert field.element is not None
    return field.element
