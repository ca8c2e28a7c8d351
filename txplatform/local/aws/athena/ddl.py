"""Statements about the catalog: views made and dropped, databases, tables and columns listed."""

import fnmatch
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from txplatform.local.aws.athena import iceberg_metadata, table_texts
from txplatform.local.aws.athena.catalog import Catalog
from txplatform.local.aws.athena.columns import columns, current_columns, keys
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.names import NAME, named, unquote
from txplatform.local.aws.athena.results import Column, Result, of_texts
from txplatform.local.aws.athena.selected import require_names
from txplatform.local.aws.athena.view_codec import decode_view, encode_view, is_view

_FIELD = 20  # characters to which Hive fills the names of SHOW COLUMNS
_PATTERNS = {
    "create_view": rf"create\s+(?P<replace>or\s+replace\s+)?view\s+{NAME}\s+as\s+(?P<body>.+)",
    "drop_view": rf"drop\s+view\s+(?P<if_exists>if\s+exists\s+)?{NAME}",
    "show_create_view": rf"show\s+create\s+view\s+{NAME}",
    "show_create_table": rf"show\s+create\s+table\s+{NAME}",
    "show_tblproperties": rf"show\s+tblproperties\s+{NAME}\s*(?:\(\s*'(?P<property>[^']+)'\s*\))?",
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
        text = f"CREATE VIEW {where}.{name} AS\n{decode_view(table).sql}"
        return of_texts((Column("Create View", "string"),), [[line] for line in text.splitlines()])

    def _show_create_table(self, found: re.Match[str], database: str) -> Result:
        table = self._table(found, database)
        location = table.get("Parameters", {}).get("metadata_location")
        if location:
            text = table_texts.of_iceberg(table, iceberg_metadata.read(self.catalog.s3, location))
        else:
            text = table_texts.of_hive(table)
        return of_texts((Column("createtab_stmt", "string"),), [[line] for line in text.splitlines()])

    def _show_tblproperties(self, found: re.Match[str], database: str) -> Result:
        parameters = sorted((self._table(found, database).get("Parameters") or {}).items())
        header = (Column("prpt_name", "string"), Column("prpt_value", "string"))
        if wanted := found["property"]:
            kept = dict(parameters).get(wanted, f"Table does not have property: {wanted}")
            return of_texts(header[:1], [[kept]])
        return of_texts(header, [[name, str(value)] for name, value in parameters])

    def _table(self, found: re.Match[str], database: str) -> dict[str, Any]:
        table = self.catalog.describe(*named(found, database))
        if is_view(table):
            raise StatementError("NOT_SUPPORTED", f"line 1:1: '{table['Name']}' is a view. Remedy: SHOW CREATE VIEW")
        return table

    def _show_columns(self, found: re.Match[str], database: str) -> Result:
        table = self.catalog.describe(*named(found, database))
        shown = [*columns(table), *((name, kind) for name, kind, _ in keys(table))]
        return of_texts((Column("field", "string"),), [[name.ljust(_FIELD)] for name, _ in shown])

    def _show_partitions(self, found: re.Match[str], database: str) -> Result:
        key = named(found, database)
        named_keys = [name for name, _, _ in keys(self.catalog.describe(*key))]
        if not named_keys:
            raise StatementError("NOT_SUPPORTED", f"line 1:1: '{'.'.join(key)}' is not a partitioned table of Hive's")
        parts = [zip(named_keys, values, strict=True) for values in self.catalog.partitions(*key)]
        return of_texts((Column("partition", "string"),), [["/".join(f"{k}={v}" for k, v in part)] for part in parts])

    def _show_tables(self, found: re.Match[str], database: str) -> Result:
        tables = self.catalog.tables(unquote(found["in"]) if found["in"] else database)
        if found["kind"].lower() == "views":
            tables = [table for table in tables if is_view(table)]
        names = _matching([table["Name"] for table in tables], found["pattern"])
        return of_texts((Column("tab_name", "string"),), [[name] for name in names])

    def _show_databases(self, found: re.Match[str], _database: str) -> Result:
        names = _matching(self.catalog.databases(), found["pattern"])
        return of_texts((Column("database_name", "string"),), [[name] for name in names])

    def _describe(self, found: re.Match[str], database: str) -> Result:
        table = self.catalog.describe(*named(found, database))
        names = ("col_name", "data_type", "comment")
        partitions = [list(key) for key in keys(table)]
        rows = [*map(list, current_columns(table)), *partitions]
        if partitions:
            rows += [["", "", ""], ["# Partition Information", "", ""], ["# col_name", *names[1:]], *partitions]
        return of_texts(tuple(Column(name, "string") for name in names), rows)


def _matching(names: list[str], pattern: str | None) -> list[str]:
    if not pattern:
        return names
    alternatives = pattern.split("|")
    return [name for name in names if any(fnmatch.fnmatchcase(name, wanted) for wanted in alternatives)]
