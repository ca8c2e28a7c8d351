"""MERGE INTO an Iceberg table: DuckDB merges, pyiceberg commits, only files with changed rows are rewritten.

Files are pruned by equalities of ON that bind a partition field; the commit fails when another writer was first,
and the merge starts again from the new state, as Athena's does.
"""

import duckdb
import pyarrow as pa
from pyiceberg.table import Table
from sqlglot import exp

from txplatform.local.aws.athena import dialect
from txplatform.local.aws.athena.binding import Binder, scan
from txplatform.local.aws.athena.catalog import Catalog, IcebergTable
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.merge_checks import check
from txplatform.local.aws.athena.merge_files import FILE, commit, materialise_target
from txplatform.local.aws.athena.table_changes import TableChanges

TARGET, SOURCE = "_target", "_source"


class Merger:
    """Runs MERGE statements, one at a time a table within this process."""

    def __init__(self, catalog: Catalog, changes: TableChanges) -> None:
        self._catalog = catalog
        self._changes = changes

    def run(self, sql: str, database: str, cursor: duckdb.DuckDBPyConnection) -> int:
        """Merge and commit; return the number of rows inserted, updated and deleted. Raises StatementError."""
        parsed = dialect.parse(sql)
        if not isinstance(parsed, exp.Merge) or not isinstance(parsed.this, exp.Table):
            raise StatementError("SYNTAX_ERROR", "line 1:1: mismatched input. Expecting: MERGE INTO table")
        key = ((parsed.this.db or database).lower(), parsed.this.name.lower())
        if not isinstance(Binder(self._catalog, sql).resolve(parsed.this, database), IcebergTable):
            raise StatementError("NOT_SUPPORTED", f"line 1:1: '{'.'.join(key)}' is a view")
        return self._changes.make(key, lambda table: self._attempt(parsed.copy(), key, table, sql, database, cursor))

    def _attempt(
        self,
        tree: exp.Merge,
        key: tuple[str, str],
        table: Table,
        sql: str,
        database: str,
        cursor: duckdb.DuckDBPyConnection,
    ) -> int:
        binder = Binder(self._catalog, sql)
        pinned = IcebergTable(*key, table.metadata_location)
        binder.pin(key, pinned)

        _materialise_source(tree, binder, database, cursor)
        materialise_target(table, scan(pinned), tree, TARGET, cursor)
        tree.set("this", _named(TARGET, tree.this.alias_or_name))
        check(tree, cursor)

        tree.set("returning", exp.Returning(expressions=[exp.column("merge_action"), exp.column(FILE)]))
        actions = cursor.execute(dialect.to_duckdb(tree)).to_arrow_table()
        if actions.num_rows:
            rewritten = {file for file in actions.column(FILE).to_pylist() if file is not None}
            commit(table, rewritten, _rows_to_write(table, rewritten, cursor))
        return actions.num_rows


def _materialise_source(tree: exp.Merge, binder: Binder, database: str, cursor: duckdb.DuckDBPyConnection) -> None:
    using = tree.args["using"]
    selected = exp.select("*").from_(using.copy())
    bound = binder.bind(selected, database)
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE {SOURCE} AS {dialect.to_duckdb(bound)}")
    tree.set("using", _named(SOURCE, using.alias_or_name))


def _named(table: str, alias: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(table), alias=exp.TableAlias(this=exp.to_identifier(alias)))


def _rows_to_write(table: Table, rewritten: set[str], cursor: duckdb.DuckDBPyConnection) -> pa.Table:
    columns = [exp.column(field.name, quoted=True) for field in table.schema().fields]
    file = exp.column(FILE)
    kept = exp.or_(file.is_(exp.null()), *([file.isin(*sorted(rewritten))] if rewritten else []))
    selected = exp.select(*columns).from_(exp.to_identifier(TARGET)).where(kept)
    return cursor.execute(dialect.to_duckdb(selected)).to_arrow_table()
