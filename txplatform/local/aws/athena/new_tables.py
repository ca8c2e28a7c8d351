"""Tables made from queries, and tables over Parquet files put into Glue."""

from collections.abc import Callable
from typing import Any

import duckdb
from sqlglot import exp

from txplatform.local.aws.athena import glue_inputs, hive_files, iceberg_tables, partition_specs
from txplatform.local.aws.athena.catalog import Catalog
from txplatform.local.aws.athena.ctas import TableFromQuery
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.glue_tables import GlueTables, already_exists
from txplatform.local.aws.athena.queries import Queries, Selected
from txplatform.local.aws.athena.selected import require_names
from txplatform.local.aws.athena.table_definitions import ColumnDefinition, TableDefinition
from txplatform.local.aws.athena.view_codec import hive_type
from txplatform.local.aws.athena.written import Written

ROWS_AT_ONCE = 500_000
_MILLISECONDS = 3


class NewTables:
    """Makes them."""

    def __init__(
        self, catalog: Catalog, glue: GlueTables, queries: Queries, iceberg: Callable[[], Any], s3: Any
    ) -> None:
        self._catalog, self._glue, self._queries, self._iceberg, self._s3 = catalog, glue, queries, iceberg, s3

    def is_there(self, definition: TableDefinition) -> bool:
        """Say whether a table is there that need not be made; raise StatementError where it cannot be made."""
        if not any(table["Name"] == definition.key[1] for table in self._catalog.tables(definition.key[0])):
            hive_files.Folder(self._s3, definition.location).require_bucket()
            return False
        if not definition.only_new:
            raise already_exists(definition.key)
        return True

    def create(self, wanted: TableFromQuery, database: str, cursor: duckdb.DuckDBPyConnection) -> Written:
        """Make a table with the rows of its query."""
        selected = self._queries.selected(wanted.query, database, cursor)
        require_names(selected.columns)
        selected.require_storable()
        definition = wanted.definition
        definition.columns = [
            ColumnDefinition(name.lower(), duck, hive_type(kind))
            for (name, kind), duck in zip(selected.columns, selected.duck, strict=True)
        ]
        rows = selected.placed([(column.name, column.duck, at) for at, column in enumerate(definition.columns)])
        rows = rows if wanted.with_data else rows.where(exp.false())
        if definition.is_iceberg:
            _check_iceberg(selected)
            order = [exp.column(name, quoted=True) for name in partition_specs.columns(definition.partitions)]
            rows = rows.order_by(*order) if order else rows
            reader = cursor.execute(rows.sql("duckdb")).to_arrow_reader(ROWS_AT_ONCE)
            return iceberg_tables.create(self._iceberg, definition, reader.schema, reader)
        return self._create_hive(definition, rows, cursor)

    def put_hive(self, definition: TableDefinition) -> None:
        """Put a table over files into Glue."""
        self._glue.create(definition.key[0], glue_inputs.table(definition))

    def _create_hive(self, definition: TableDefinition, rows: exp.Select, cursor: duckdb.DuckDBPyConnection) -> Written:
        by = definition.partitions
        if by and [column.name for column in definition.columns][-len(by) :] != by:
            raise StatementError("HIVE_COLUMN_ORDER_MISMATCH", f"Partition keys must be the last columns: {by}")
        if zoned := next((column.name for column in definition.columns if "TIME ZONE" in column.duck), None):
            raise StatementError("NOT_SUPPORTED", f"Unsupported Hive type: timestamp with time zone ({zoned})")
        encode = hive_files.parquet_file(definition.properties["write_compression"])
        folder = hive_files.Folder(self._s3, definition.location)
        folder.require_empty()
        reader = cursor.execute(rows.sql("duckdb")).to_arrow_reader(ROWS_AT_ONCE)
        files = folder.write(reader, by, encode)
        try:
            self.put_hive(definition)
            self._glue.add_partitions(
                definition.key, {file.partition: file.folder for file in files} if by else {}, definition.serde
            )
        except StatementError:
            folder.delete(files)
            raise
        return Written(sum(file.rows for file in files), tuple(file.location for file in files))


def _check_iceberg(selected: Selected) -> None:
    """Raise StatementError for a type that Iceberg lacks."""
    digits = selected.digits or (6,) * len(selected.columns)
    for (name, kind), precision in zip(selected.columns, digits, strict=True):
        if kind.startswith("timestamp") and precision == _MILLISECONDS:
            reason = f'Timestamp precision (3) not supported for Iceberg. Use "timestamp(6)" instead. ({name})'
            raise StatementError("NOT_SUPPORTED", reason)
        if kind in ("tinyint", "smallint"):
            raise StatementError("NOT_SUPPORTED", f"Type not supported for Iceberg: {kind} ({name})")
