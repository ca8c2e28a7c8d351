"""The tables of information_schema, made of what Glue has now.

https://docs.aws.amazon.com/athena/latest/ug/querying-glue-catalog.html
"""

from collections.abc import Iterator
from typing import Any

from sqlglot import exp

from txplatform.local.aws.athena import iceberg_metadata, trino_types
from txplatform.local.aws.athena.catalog import Catalog
from txplatform.local.aws.athena.columns import columns
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.view_codec import CATALOG, decode_view, is_view

NAME = "information_schema"
_COLUMNS = {
    "schemata": ("catalog_name", "schema_name"),
    "tables": ("table_catalog", "table_schema", "table_name", "table_type"),
    "columns": (
        *("table_catalog", "table_schema", "table_name", "column_name", "ordinal_position", "column_default"),
        *("is_nullable", "data_type"),
    ),
}


def scan(catalog: Catalog, name: str, place: str) -> exp.Expr:
    """Return a query, as DuckDB's text, of a table of information_schema; raise StatementError for an unknown one."""
    if name not in _COLUMNS:
        reason = f"{place}: Table '{CATALOG}.{NAME}.{name}' does not exist"
        raise StatementError("TABLE_NOT_FOUND", reason)
    kinds = ["BIGINT" if column == "ordinal_position" else "VARCHAR" for column in _COLUMNS[name]]
    selected = [
        exp.alias_(exp.cast(exp.column(f"c{at}"), kind), column)
        for at, (column, kind) in enumerate(zip(_COLUMNS[name], kinds, strict=True))
    ]
    nulls = exp.Tuple(expressions=[exp.null() for _ in kinds])
    rows = [exp.Tuple(expressions=[exp.convert(value) for value in row]) for row in _rows(catalog, name)]
    alias = exp.TableAlias(
        this=exp.to_identifier("_rows"), columns=[exp.to_identifier(f"c{at}") for at in range(len(kinds))]
    )
    query = exp.select(*selected).from_(exp.Values(expressions=[*rows, nulls], alias=alias))
    return exp.Var(this=f"({query.where('c0 IS NOT NULL').sql('duckdb')})")


def _rows(catalog: Catalog, name: str) -> Iterator[tuple[Any, ...]]:
    for database in [*catalog.databases(), NAME]:
        if name == "schemata":
            yield CATALOG, database
            continue
        for table in catalog.tables(database) if database != NAME else ():
            if name == "tables":
                yield CATALOG, database, table["Name"], "VIEW" if is_view(table) else "BASE TABLE"
                continue
            for position, (column, kind) in enumerate(_typed(catalog, table), 1):
                yield CATALOG, database, table["Name"], column, position, None, "YES", kind


def _typed(catalog: Catalog, table: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield a table's columns with Trino's types."""
    if is_view(table):
        yield from decode_view(table).columns
    elif table.get("Parameters", {}).get("table_type", "").upper() == "ICEBERG":
        for field in iceberg_metadata.fields(
            iceberg_metadata.read(catalog.s3, table["Parameters"]["metadata_location"])
        ):
            yield field["name"], trino_types.of_iceberg(field["type"])
    else:
        keys = [(key["Name"], key["Type"]) for key in table.get("PartitionKeys") or []]
        for name, kind in [*columns(table), *keys]:
            yield name, trino_types.of_hive(kind)
