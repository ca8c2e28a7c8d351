"""The files of an Iceberg table that a MERGE rewrites: found by DuckDB, replaced by pyiceberg in one commit."""

import uuid
from collections.abc import Collection

import duckdb
import pyarrow as pa
from pyiceberg.io.pyarrow import _dataframe_to_data_files, schema_to_pyarrow
from pyiceberg.table import Table
from sqlglot import exp

from txplatform.local.aws.athena import dialect
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.merge_pruning import partition_range

FILE = "_file"
_FILE_NAME = "filename"  # DuckDB's virtual column: the file that a row comes from


def materialise_target(
    table: Table, scan: exp.Expr, tree: exp.Merge, name: str, cursor: duckdb.DuckDBPyConnection
) -> None:
    """Put the rows of all files that hold a match into the temporary table `name`, each with its file as `_file`.

    `scan` reads the table at its commit; the source of `tree` is materialised already.
    """
    alias = tree.this.alias_or_name
    scanned = exp.Table(this=scan, alias=exp.TableAlias(this=exp.to_identifier(alias)))
    pruned = partition_range(table, tree, cursor)
    matching = (
        exp.select(exp.column(_FILE_NAME, table=alias))
        .distinct()
        .from_(scanned.copy())
        .join(tree.args["using"].copy(), on=tree.args["on"].copy())
    )
    matching = matching.where(pruned.copy()) if pruned is not None else matching
    files = [file for (file,) in cursor.execute(dialect.to_duckdb(matching)).fetchall()]

    rows = exp.select("*", exp.alias_(exp.column(_FILE_NAME, table=alias), FILE)).from_(scanned)
    rows = rows.where(exp.column(_FILE_NAME, table=alias).isin(*files) if files else exp.false())
    if pruned is not None and len(table.specs()) == 1:  # files of another partitioning may reach beyond the range
        rows = rows.where(pruned)
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {dialect.to_duckdb(rows)}")


def commit(table: Table, replaced: Collection[str], rows: pa.Table) -> None:
    """Replace files by rows in one snapshot; raise CommitFailedException when another commit came first."""
    target = schema_to_pyarrow(table.schema(), include_field_ids=False)
    for field in target:
        if not field.nullable and rows.column(field.name).null_count:
            raise StatementError("CONSTRAINT_VIOLATION", f"NULL value not allowed for NOT NULL column: {field.name}")
    typed = rows.cast(target)
    planned = {task.file.file_path: task.file for task in table.scan().plan_files()} if replaced else {}
    # A retry by pyiceberg would put our rows on a state that we have not merged with.
    table.metadata.properties["commit.retry.num-retries"] = "0"
    with table.transaction() as transaction:
        snapshot = transaction.update_snapshot()
        with snapshot.overwrite() if replaced else snapshot.fast_append() as update:
            for path in replaced:
                update.delete_data_file(planned[path])
            if typed.num_rows:
                written = _dataframe_to_data_files(table.metadata, typed, table.io, write_uuid=uuid.uuid4())
                for data_file in written:
                    update.append_data_file(data_file)
