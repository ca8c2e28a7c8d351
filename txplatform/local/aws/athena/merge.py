"""MERGE INTO an Iceberg table, by merge-on-read as Athena's: no file is rewritten.

One snapshot holds position deletes for the rows that are updated or deleted, and data files for those that are
updated or inserted. The commit fails when another writer was first, and the merge starts again from the new state.
"""

import duckdb
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Operation
from sqlglot import exp

from txplatform.local.aws.athena import data_files, dialect, position_deletes, row_delta
from txplatform.local.aws.athena.binding import Binder, scan
from txplatform.local.aws.athena.catalog import Catalog, IcebergTable
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.merge_checks import check
from txplatform.local.aws.athena.merge_matches import TARGET, Matches
from txplatform.local.aws.athena.merge_pruning import files_with_matches
from txplatform.local.aws.athena.table_changes import TableChanges

SOURCE = "_source"


class Merger:
    """Runs MERGE statements, one at a time a table within this process."""

    def __init__(self, catalog: Catalog, changes: TableChanges) -> None:
        self._catalog = catalog
        self._changes = changes

    def run(self, parsed: exp.Expr, sql: str, database: str, cursor: duckdb.DuckDBPyConnection) -> int:
        """Merge and commit; return the number of rows inserted, updated and deleted. Raises StatementError.

        `sql` is the statement as it was sent, in which errors name places.
        """
        if not isinstance(parsed, exp.Merge) or not isinstance(parsed.this, exp.Table):
            raise StatementError("SYNTAX_ERROR", "line 1:1: mismatched input. Expecting: MERGE INTO table")
        key = ((parsed.this.db or database).lower(), parsed.this.name.lower())
        if not isinstance(Binder(self._catalog, sql).resolve(parsed.this, database), IcebergTable):
            raise StatementError("NOT_SUPPORTED", f"line 1:1: '{'.'.join(key)}' is no Iceberg table")
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
        target = scan(pinned)
        # No row of it is needed, only the types of its columns.
        empty = exp.select("*").from_(exp.Table(this=target.copy())).where(exp.false())
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE {TARGET} AS {dialect.to_duckdb(empty)}")
        tree.set("this", _named(TARGET, tree.this.alias_or_name))
        check(tree, cursor)

        files = [task.file for task in files_with_matches(table, tree, cursor)]
        matches = Matches(tree, table, target, [file.file_path for file in files], cursor)
        if matches.repeated():
            raise StatementError(
                "MERGE_TARGET_ROW_MULTIPLE_MATCHES",
                "line 1:1: One MERGE target table row matched more than one source row",
            )
        with row_delta.written(table) as made:
            gone = matches.gone()
            made.extend(position_deletes.write(table, gone, files))
            inserted = 0
            for file in data_files.write_partitioned(table, matches.rows()):
                made.append(file)
                inserted += file.record_count
            if made:
                row_delta.commit(table, Operation.OVERWRITE if gone.num_rows else Operation.APPEND, made, ())
        return inserted + matches.deleted()


def _materialise_source(tree: exp.Merge, binder: Binder, database: str, cursor: duckdb.DuckDBPyConnection) -> None:
    using = tree.args["using"]
    selected = exp.select("*").from_(using.copy())
    bound = binder.bind(selected, database)
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE {SOURCE} AS {dialect.to_duckdb(bound)}")
    tree.set("using", _named(SOURCE, using.alias_or_name))


def _named(table: str, alias: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(table), alias=exp.TableAlias(this=exp.to_identifier(alias)))
