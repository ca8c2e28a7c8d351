"""Columns of the view of an entity's current state, in the two type systems that Athena and Glue speak."""

from dataclasses import dataclass

from txplatform.contracts.model import Contract, Field, FieldType
from txplatform.contracts.render.columns import INGESTED_AT, OCCURRED_AT, ORDER_KEY

# Tables hold timestamps with a zone; Athena refuses such columns in views ("Unsupported Hive type: timestamp(6) with
# time zone"), so a view shows the UTC wall clock and its SELECT casts to the type given here.
_TRINO = {
    FieldType.STRING: "varchar",
    FieldType.INTEGER: "bigint",
    FieldType.BOOLEAN: "boolean",
    FieldType.DATE: "date",
    FieldType.TIMESTAMP: "timestamp(6)",
}
_HIVE = {
    FieldType.STRING: "string",
    FieldType.INTEGER: "bigint",
    FieldType.BOOLEAN: "boolean",
    FieldType.DATE: "date",
    FieldType.TIMESTAMP: "timestamp",
}


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """A column of a view: its type for SQL (Trino) and for Glue (Hive), and whether it holds personal data."""

    name: str
    trino_type: str
    hive_type: str
    personal: bool


def view_columns(contract: Contract) -> list[ViewColumn]:
    """The business columns in contract order, then order key, time of occurrence and time of ingestion."""
    return [
        *(_business_column(field) for field in contract.fields),
        _system_column(ORDER_KEY, FieldType.STRING),
        _system_column(OCCURRED_AT, FieldType.TIMESTAMP),
        _system_column(INGESTED_AT, FieldType.TIMESTAMP),
    ]


def _business_column(field: Field) -> ViewColumn:
    if field.type is FieldType.DECIMAL:
        exact = f"decimal({field.precision},{field.scale})"
        return ViewColumn(field.name, exact, exact, field.personal)
    return ViewColumn(field.name, _TRINO[field.type], _HIVE[field.type], field.personal)


def _system_column(name: str, kind: FieldType) -> ViewColumn:
    return ViewColumn(name, _TRINO[kind], _HIVE[kind], personal=False)
