"""Statements about the catalog: views made and dropped, databases, tables and columns listed."""

import fnmatch
import re
from collections.abc import Callable
from dataclasses import dataclass

from txplatform.local.aws.athena.catalog import Catalog
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.names import NAME, named, unquote
from txplatform.local.aws.athena.results import Column, Result, of_texts
from txplatform.local.aws.athena.selected import require_names
from txplatform.local.aws.athena.view_codec import decode_view, encode_view, is_view

_PATTERNS = {
    "create_view": rf"create\s+(?P<replace>or\s+replace\s+)?view\s+{NAME}\s+as\s+(?P<body>.+)",
    "drop_view": rf"drop\s+view\s+(?P<if_exists>if\s+exists\s+)?{NAME}",
    "show_create_view": rf"show\s+create\s+view\s+{NAME}",
    "show_columns": rf"show\s+columns\s+(?:from|in)\s+{NAME}",
    "show_partitions": rf"show\s+partitions\s+{NAME}",
    "show_tables": r"show\s+(?P<kind>tables|views)(?:\s+(?:in|from)\s+(?P<in>[\w`\"]+))?"
    r"(?:\s+(?:like\s+)?'(?P<pattern>[^']*)')?",
    "show_databases": r"show\s+(?:databases|schemas)(?:\s+(?:like\s+)?'(?P<pattern>[^']*)')?",
    "describe": rf"(?:describe|desc)\s+(?:formatted\s+|extended\s+)?{NAME}",
}


@dataclass(frozen=True, slots=True)
class CatalogStatements:
    """Runs them. `columns_of` gives the (name, Trino type) pairs that a query would return."""

    catalog: Catalog
    columns_of: Callable[[str, str], list[tuple[str, str]]]

    def run(self, sql: str, database: str) -> Result | None:
        """Run `sql` if it is such a statement; return None if it is not one."""
        for name, pattern in _PATTERNS.items():
            if found := re.fullmatch(pattern, sql, re.IGNORECASE | re.DOTALL):
                return getattr(self, f"_{name}")(found, database)
        return None

    def _create_view(self, found: re.Match[str], database: str) -> Result:
        where, name = named(found, database)
        body = found["body"].strip()
        typed = self.columns_of(body, database)
        require_names(typed)
        self.catalog.put_view(where, encode_view(name, body, database, typed), bool(found["replace"]))
        return of_texts((), [])

    def _drop_view(self, found: re.Match[str], database: str) -> Result:
        self.catalog.drop_view(*named(found, database), bool(found["if_exists"]))
        return of_texts((), [])

    def _show_create_view(self, found: re.Match[str], database: str) -> Result:
        where, name = named(found, database)
        table = self.catalog.describe(where, name)
        if not is_view(table):
            raise StatementError("VIEW_NOT_FOUND", f"line 1:1: '{where}.{name}' is not a view")
        text = f'CREATE VIEW "{where}"."{name}" AS\n{decode_view(table).sql}'
        return of_texts((Column("Create View", "varchar"),), [[line] for line in text.splitlines()])

    def _show_columns(self, found: re.Match[str], database: str) -> Result:
        found_columns = columns(self.catalog.describe(*named(found, database)))
        return of_texts((Column("field", "varchar"),), [[name] for name, _ in found_columns])

    def _show_partitions(self, found: re.Match[str], database: str) -> Result:
        key = named(found, database)
        table = self.catalog.describe(*key)
        keys = [column["Name"] for column in table.get("PartitionKeys") or []]
        if not keys:
            raise StatementError("NOT_SUPPORTED", f"line 1:1: '{'.'.join(key)}' is not a partitioned table of Hive's")
        parts = [zip(keys, values, strict=True) for values in self.catalog.partitions(*key)]
        return of_texts((Column("partition", "varchar"),), [["/".join(f"{k}={v}" for k, v in part)] for part in parts])

    def _show_tables(self, found: re.Match[str], database: str) -> Result:
        tables = self.catalog.tables(unquote(found["in"]) if found["in"] else database)
        if found["kind"].lower() == "views":
            tables = [table for table in tables if is_view(table)]
        names = _matching([table["Name"] for table in tables], found["pattern"])
        return of_texts((Column("tab_name", "varchar"),), [[name] for name in names])

    def _show_databases(self, found: re.Match[str], _database: str) -> Result:
        names = _matching(self.catalog.databases(), found["pattern"])
        return of_texts((Column("database_name", "varchar"),), [[name] for name in names])

    def _describe(self, found: re.Match[str], database: str) -> Result:
        found_columns = columns(self.catalog.describe(*named(found, database)))
        header = tuple(Column(name, "varchar") for name in ("col_name", "data_type", "comment"))
        return of_texts(header, [[name, kind, ""] for name, kind in found_columns])


def columns(table: dict[str, object]) -> list[tuple[str, str]]:
    """Return the (name, Hive type) pairs that a Glue table has now."""
    descriptor = table.get("StorageDescriptor")
    kept = descriptor.get("Columns", []) if isinstance(descriptor, dict) else []
    # Iceberg keeps columns that are gone, marked as not current.
    current = (column for column in kept if column.get("Parameters", {}).get("iceberg.field.current") != "false")
    return [(column["Name"], column["Type"]) for column in current]


def _matching(names: list[str], pattern: str | None) -> list[str]:
    if not pattern:
        return names
    alternatives = pattern.split("|")
    return [name for name in names if any(fnmatch.fnmatchcase(name, wanted) for wanted in alternatives)]
