"""ALTER TABLE, but for partitions: columns, properties, location and name of a table.

https://docs.aws.amazon.com/athena/latest/ug/alter-table-add-columns.html and its siblings; for Iceberg
https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-evolving-table-schema.html.
"""

import re
from typing import Any

import duckdb
from sqlglot import exp

from txplatform.local.aws.athena import glue_inputs, iceberg_columns, names, table_definitions, table_properties
from txplatform.local.aws.athena.catalog import Catalog, IcebergTable
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.glue_tables import GlueTables
from txplatform.local.aws.athena.partition_statements import PartitionStatements
from txplatform.local.aws.athena.rewriting import refuse
from txplatform.local.aws.athena.table_changes import TableChanges

_PROPERTY = r"\s*'([^']+)'\s*=\s*'([^']*)'\s*"
_COLUMN = names.IDENTIFIER
_ACTIONS = {
    "columns": r"(?P<how>add|replace)\s+columns\s*\(.+\)",
    "drop": rf"drop\s+column\s+(?P<column>{_COLUMN})",
    "change": rf"change\s+(?:column\s+)?(?P<column>{_COLUMN})\s+(?P<new>{_COLUMN})\s+(?P<type>.+?)"
    rf"(?:\s+comment\s+'(?P<comment>[^']*)')?(?:\s+(?P<first>first)|\s+after\s+(?P<after>{_COLUMN}))?",
    "rename": rf"rename\s+to\s+(?P<to>(?:{_COLUMN}\.)?{_COLUMN})",
    "set": rf"set\s+tblproperties\s*\((?P<properties>{_PROPERTY}(?:,{_PROPERTY})*)\)",
    "unset": r"unset\s+tblproperties\s*(?:if\s+exists\s+)?\((?P<properties>[^()]+)\)",
    "move": r"set\s+location\s+'(?P<location>[^']+)'",
}
_OF_ICEBERG, _OF_HIVE = ("drop", "change", "rename", "unset"), ("move",)


class AlterTable:
    """Runs it."""

    def __init__(
        self, catalog: Catalog, glue: GlueTables, changes: TableChanges, partitions: PartitionStatements
    ) -> None:
        self._catalog, self._glue, self._changes, self._partitions = catalog, glue, changes, partitions

    def run(self, sql: str, database: str, cursor: duckdb.DuckDBPyConnection) -> None:
        """Change a table; raise StatementError."""
        if self._partitions.alter(sql, database):
            return
        action, found = _read(sql)
        key = names.named(found, database)
        is_iceberg = isinstance(self._catalog.resolve(*key, "line 1:1"), IcebergTable)
        if action in (_OF_HIVE if is_iceberg else _OF_ICEBERG):
            kind = "an Iceberg table" if is_iceberg else "a table other than Iceberg's"
            raise StatementError("NOT_SUPPORTED", f"line 1:1: this ALTER of {kind} is not supported: {sql[:60]}")
        if action == "columns":
            self._columns(sql, key, is_iceberg, cursor)
        elif action == "set":
            self._set(key, dict(re.findall(_PROPERTY, found["properties"])), is_iceberg)
        elif action == "move":
            self._glue.change(key, lambda table: table["StorageDescriptor"].update(Location=found["location"]))
        elif action == "rename":
            self._rename(key, found["to"])
        elif action == "unset":
            gone = re.findall(r"'([^']+)'", found["properties"])
            self._changes.make(key, lambda table: iceberg_columns.set_properties(table, {}, gone))
        else:
            self._changes.make(key, lambda table: getattr(iceberg_columns, action)(table, found.groupdict()))

    def _columns(self, sql: str, key: tuple[str, str], is_iceberg: bool, cursor: duckdb.DuckDBPyConnection) -> None:
        tree = table_definitions.parsed(sql)
        action = (tree.args.get("actions") or [None])[0]
        if not isinstance(action, exp.Schema | exp.ReplaceColumns):
            raise refuse(sql[:80])
        given = table_definitions.columns(action.expressions, is_iceberg)
        replaces = isinstance(action, exp.ReplaceColumns)
        if is_iceberg:
            schema = table_definitions.schema(given, cursor)
            change = iceberg_columns.replace if replaces else iceberg_columns.add
            self._changes.make(key, lambda table: change(table, schema))
            return
        described = [glue_inputs.column_input(column) for column in given]

        def put(table: dict[str, Any]) -> None:
            descriptor = table["StorageDescriptor"]
            kept = [] if replaces else descriptor["Columns"]
            taken = {column["Name"] for column in [*kept, *table.get("PartitionKeys", [])]}
            for column in described:
                if column["Name"] in taken:
                    reason = f"line 1:1: Column '{column['Name']}' already exists"
                    raise StatementError("COLUMN_ALREADY_EXISTS", reason)
            descriptor["Columns"] = [*kept, *described]

        self._glue.change(key, put)

    def _set(self, key: tuple[str, str], wanted: dict[str, str], is_iceberg: bool) -> None:
        if not is_iceberg:
            self._glue.change(key, lambda table: table.setdefault("Parameters", {}).update(wanted))
            return
        for name, text in wanted.items():
            table_properties.parse(name, text)
        self._changes.make(key, lambda table: iceberg_columns.set_properties(table, wanted, ()))

    def _rename(self, key: tuple[str, str], to: str) -> None:
        parts = [names.unquote(part) for part in re.findall(_COLUMN, to)]
        new = (parts[0] if len(parts) > 1 else key[0], parts[-1])
        if any(table["Name"] == new[1] for table in self._catalog.tables(new[0])):
            raise StatementError("TABLE_ALREADY_EXISTS", f"line 1:1: Target table '{'.'.join(new)}' already exists")
        self._changes.iceberg().rename_table(key, new)


def _read(sql: str) -> tuple[str, re.Match[str]]:
    """Return what a statement does, and its parts; raise StatementError."""
    for action, pattern in _ACTIONS.items():
        if found := re.fullmatch(rf"alter\s+table\s+{names.NAME}\s+{pattern}", sql, re.IGNORECASE | re.DOTALL):
            return action, found
    raise refuse(sql[:80])
