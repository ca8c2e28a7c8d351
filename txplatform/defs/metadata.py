"""What people read beside an asset: schemas, counts and refusal reasons as tables, built from plain values."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import dagster as dg

from txplatform.contracts import names
from txplatform.contracts.model import Contract, Field, FieldType
from txplatform.contracts.render.columns import LakeTable, system_columns
from txplatform.contracts.render.sql_types import trino_type
from txplatform.contracts.render.views import view_columns
from txplatform.warehouse.marts.model import Mart

if TYPE_CHECKING:
    from pyiceberg.table.snapshots import Snapshot

MAX_LISTED = 50  # a run's event is stored whole; a backfill's list of objects would bloat it


def lake_columns(contract: Contract, table: LakeTable) -> dg.TableSchema:
    """The columns of a lake table as its contract promises them."""
    system = [
        dg.TableColumn(
            column.name,
            column.type.value,
            column.description,
            dg.TableColumnConstraints(nullable=not column.required),
        )
        for column in system_columns(table)
    ]
    return dg.TableSchema(columns=[*(_business_column(contract, field) for field in contract.fields), *system])


def view_schema(contract: Contract) -> dg.TableSchema:
    """The columns of the current view, in Athena's types."""
    described = {field.name: field for field in contract.fields}
    return dg.TableSchema(
        columns=[
            _business_column(contract, described[column.name], column.trino_type)
            if column.name in described
            else dg.TableColumn(column.name, column.trino_type)
            for column in view_columns(contract)
        ]
    )


def mart_schema(mart: Mart) -> dict[str, dg.TableSchema]:
    """The metadata entry with the columns of a mart, in Athena's types; empty where no contract describes them."""
    columns = [dg.TableColumn(column.name, column.trino_type, column.description) for column in mart.columns]
    return {"dagster/column_schema": dg.TableSchema(columns=columns)} if columns else {}


def written_columns(contract: Contract, types: Mapping[str, str]) -> dg.TableSchema:
    """The columns that a run found in the table it wrote, with the contract's words on each."""
    described = {field.name: field for field in contract.fields}
    return dg.TableSchema(
        columns=[
            _business_column(contract, described[name], type_text)
            if name in described
            else dg.TableColumn(name, type_text)
            for name, type_text in types.items()
        ]
    )


def reasons_table(reasons: Mapping[str, int]) -> dg.TableMetadataValue:
    """Violations by field and rule, most frequent first; `reasons` counts them under `field:rule`."""
    ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    records = []
    for name, count in ordered[:MAX_LISTED]:
        field, _, rule = name.rpartition(":")
        records.append(dg.TableRecord({"field": field or "(whole row)", "rule": rule, "violations": count}))
    types = {"field": "string", "rule": "string", "violations": "int"}
    columns = [dg.TableColumn(name, type_text) for name, type_text in types.items()]
    return dg.MetadataValue.table(records, schema=dg.TableSchema(columns=columns))


def counts_table(what: str, counts: Mapping[str, int]) -> dg.TableMetadataValue:
    """Counts by name, the greatest first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    records = [dg.TableRecord({what: name, "records": count}) for name, count in ordered[:MAX_LISTED]]
    columns = [dg.TableColumn(what, "string"), dg.TableColumn("records", "int")]
    return dg.MetadataValue.table(records, schema=dg.TableSchema(columns=columns))


def listing(values: Sequence[object]) -> dg.MarkdownMetadataValue:
    """A bullet list of at most `MAX_LISTED` values, saying how many were left out."""
    lines = [f"- `{value}`" for value in values[:MAX_LISTED]]
    if len(values) > MAX_LISTED:
        lines.append(f"- and {len(values) - MAX_LISTED} more")
    return dg.MetadataValue.md("\n".join(lines) or "none")


def sql_block(sql: str) -> dg.MarkdownMetadataValue:
    """A statement, set as code."""
    return dg.MetadataValue.md(f"```sql\n{sql.strip()}\n```")


def row_count(snapshot: "Snapshot | None") -> dict[str, int]:
    """The metadata entry with an Iceberg table's row count, read from its current snapshot's summary without a query.

    Empty where the summary does not say it: without totals, or with equality deletes, of which one may delete any
    number of rows.
    """
    summary = snapshot.summary.additional_properties if snapshot and snapshot.summary else {}
    if "total-records" not in summary or int(summary.get("total-equality-deletes", 0)):
        return {}
    return {"dagster/row_count": int(summary["total-records"]) - int(summary.get("total-position-deletes", 0))}


def table_name(name: str) -> dict[str, str]:
    """The metadata entry that names the asset's Glue table or view in the UI."""
    return {"dagster/table_name": f"{names.DATABASE}.{name}"}


def _business_column(contract: Contract, field: Field, type_text: str | None = None) -> dg.TableColumn:
    rules = [
        *(["primary key"] if field.name in contract.key else []),
        *(["partition field: never changes"] if field.name == contract.partition_field else []),
        *([f"one of {', '.join(field.enum)}"] if field.enum else []),
        *([f"matches {field.pattern}"] if field.pattern else []),
        *([f"at least {field.minimum}"] if field.minimum is not None else []),
        *([f"at most {field.maximum}"] if field.maximum is not None else []),
        *([f"at least {field.earliest}"] if field.earliest else []),
        *([f"at most {field.latest}"] if field.latest else []),
    ]
    return dg.TableColumn(
        field.name,
        type_text or _contract_type(field),
        field.description,
        dg.TableColumnConstraints(nullable=not field.required, other=rules),
        tags=dict.fromkeys([*(["personal"] if field.personal else []), *field.tags], ""),
    )


def _contract_type(field: Field) -> str:
    match field.type:
        case FieldType.DECIMAL | FieldType.OBJECT | FieldType.MAP | FieldType.ARRAY:
            return trino_type(field)
        case _:
            return field.type.value
