"""Statements that make and drop tables and databases.

https://docs.aws.amazon.com/athena/latest/ug/ddl-reference.html. A table that is not Iceberg's keeps its files when it
is dropped; those of an Iceberg table go with it.
"""

import re

import duckdb
from sqlglot import exp

from txplatform.local.aws.athena import ctas, iceberg_tables, names, table_definitions
from txplatform.local.aws.athena.catalog import Catalog, IcebergTable
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.glue_tables import GlueTables
from txplatform.local.aws.athena.new_tables import NewTables
from txplatform.local.aws.athena.rewriting import refuse
from txplatform.local.aws.athena.table_changes import TableChanges
from txplatform.local.aws.athena.written import Written

_DATABASE = re.compile(
    rf"(?P<verb>create|drop)\s+(?:database|schema)\s+(?P<ifs>if\s+(?:not\s+)?exists\s+)?(?P<name>{names.IDENTIFIER})"
    r"(?:\s+(?P<cascade>cascade|restrict))?",
    re.IGNORECASE,
)


class TableStatements:
    """Runs them."""

    def __init__(self, catalog: Catalog, glue: GlueTables, changes: TableChanges, made: NewTables) -> None:
        self._catalog, self._glue, self._changes, self._made = catalog, glue, changes, made

    def create(self, sql: str, database: str, cursor: duckdb.DuckDBPyConnection) -> Written:
        """Run CREATE TABLE."""
        definition = table_definitions.read(sql, database)
        if self._made.is_there(definition):
            return Written(0)
        schema = table_definitions.schema(definition.columns, cursor)
        if definition.is_iceberg:
            iceberg_tables.create(self._changes.iceberg, definition, schema, ())
        else:
            self._made.put_hive(definition)
        return Written(0)

    def create_as(self, sql: str, database: str, cursor: duckdb.DuckDBPyConnection, folder: str) -> Written:
        """Run CREATE TABLE … AS."""
        wanted = ctas.read(sql, database, folder)
        if self._made.is_there(wanted.definition):
            return Written(0)
        return self._made.create(wanted, database, cursor)

    def drop(self, sql: str, database: str) -> None:
        """Run DROP TABLE."""
        tree = table_definitions.parsed(sql)
        if not isinstance(tree, exp.Drop) or len(tree.args.get("tables") or []) != 1:
            raise refuse(sql[:80])
        key = names.of_table(tree.args["tables"][0], database)
        try:
            found = self._catalog.describe(*key)
        except StatementError:
            if tree.args.get("exists"):
                return
            raise
        if found.get("TableType") == "VIRTUAL_VIEW":
            raise StatementError("NOT_SUPPORTED", f"line 1:1: '{'.'.join(key)}' is a view. Remedy: DROP VIEW")
        if isinstance(self._catalog.resolve(*key, "line 1:1"), IcebergTable):
            self._changes.iceberg().purge_table(key)
        else:
            self._glue.delete(*key)

    def of_database(self, sql: str) -> None:
        """Run CREATE or DROP DATABASE."""
        found = _DATABASE.fullmatch(sql)
        if found is None:
            raise refuse(sql[:80])
        name = names.unquote(found["name"])
        if found["verb"].lower() == "create":
            self._glue.create_database(name, only_new=bool(found["ifs"]))
        elif not found["ifs"] or name in self._catalog.databases():
            if self._catalog.tables(name) and (found["cascade"] or "").lower() != "cascade":
                raise StatementError("SCHEMA_NOT_EMPTY", f"line 1:1: Cannot drop non-empty schema '{name}'")
            self._glue.drop_database(name)
