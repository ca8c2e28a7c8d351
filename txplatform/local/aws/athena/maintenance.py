"""Statements that keep an Iceberg table in shape: OPTIMIZE and VACUUM."""

import re
from collections.abc import Callable
from typing import Any

import duckdb
import pyarrow as pa
from pyiceberg.table import Table
from sqlglot import exp

from txplatform.local.aws.athena import dialect, vacuum
from txplatform.local.aws.athena.binding import scan
from txplatform.local.aws.athena.catalog import Catalog, IcebergTable
from txplatform.local.aws.athena.errors import UNRESOLVED, StatementError
from txplatform.local.aws.athena.names import NAME, named
from txplatform.local.aws.athena.optimize import optimize
from txplatform.local.aws.athena.partition_predicate import Predicate, translate
from txplatform.local.aws.athena.table_changes import TableChanges

ROWS_AT_ONCE = 100_000
_PATTERNS = {
    "optimize": rf"optimize\s+{NAME}\s+rewrite\s+data\s+using\s+bin_pack(?:\s+where\s+(?P<where>.+))?",
    "vacuum": rf"vacuum\s+{NAME}",
}


class Maintenance:
    """Runs them. `s3` lists and deletes the objects under a table's location."""

    def __init__(self, catalog: Catalog, changes: TableChanges, s3: Any) -> None:
        self._catalog = catalog
        self._changes = changes
        self._s3 = s3

    def run(self, sql: str, database: str, cursor: duckdb.DuckDBPyConnection) -> None:
        """Run a statement that begins with one of _PATTERNS; raise StatementError."""
        word = sql.split(None, 1)[0].lower()
        found = re.fullmatch(_PATTERNS[word], sql, re.IGNORECASE | re.DOTALL)
        if found is None:
            raise StatementError("NOT_SUPPORTED", f"line 1:1: not supported locally: {sql[:80]}")
        key = named(found, database)
        if not isinstance(self._catalog.resolve(*key, dialect.place(sql, key[1])), IcebergTable):
            raise StatementError("NOT_SUPPORTED", f"line 1:1: '{'.'.join(key)}' is no Iceberg table")
        run: Callable[..., None] = getattr(self, f"_{word}")
        run(key, found, cursor)

    def _optimize(self, key: tuple[str, str], found: re.Match[str], cursor: duckdb.DuckDBPyConnection) -> None:
        where = _predicate(found["where"] or "true", self._changes.load(key), cursor)

        def read(table: Table, files: list[str]) -> pa.RecordBatchReader:
            rows = exp.select("*").from_(exp.Table(this=scan(IcebergTable(*key, table.metadata_location))))
            rows = rows.where(exp.column("filename").isin(*files))
            return cursor.execute(dialect.to_duckdb(rows)).to_arrow_reader(ROWS_AT_ONCE)

        self._changes.make(key, lambda table: optimize(table, where, read, lambda: self._changes.load(key)))

    def _vacuum(self, key: tuple[str, str], _found: re.Match[str], _cursor: duckdb.DuckDBPyConnection) -> None:
        self._changes.make(key, vacuum.expire)
        candidates = vacuum.list_old_files(self._changes.load(key), self._s3)
        vacuum.delete_unnamed(self._changes.load(key), candidates, self._s3)


def _predicate(where: str, table: Table, cursor: duckdb.DuckDBPyConnection) -> Predicate:
    selected = dialect.parse(f"SELECT 1 FROM t WHERE {where}")  # noqa: S608 -- parsed, not run
    clause = selected.args.get("where")
    if clause is None or any(
        selected.args.get(part) for part in ("group", "having", "order", "limit", "offset", "with_")
    ):
        raise StatementError("SYNTAX_ERROR", "line 1:1: mismatched input in WHERE of OPTIMIZE")
    known = {field.name for field in table.schema().fields}
    for column in clause.find_all(exp.Column):
        if column.name.lower() not in known:
            raise StatementError("COLUMN_NOT_FOUND", f"line 1:1: {UNRESOLVED.format(column.name)}")
    return translate(clause.this, cursor)
