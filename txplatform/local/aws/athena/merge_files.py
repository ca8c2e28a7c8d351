"""The files of an Iceberg table that a MERGE has to look at, and their replacement in one commit."""

import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import duckdb
import pyarrow as pa
from pyiceberg.expressions import AlwaysTrue
from pyiceberg.io.pyarrow import ArrowScan, _dataframe_to_data_files, schema_to_pyarrow
from pyiceberg.table import FileScanTask, Table
from pyiceberg.types import DateType, IcebergType, TimestampType, TimestamptzType
from sqlglot import exp

from txplatform.local.aws.athena import dialect
from txplatform.local.aws.athena.errors import StatementError

READERS = 4


def files_touched(table: Table, tree: exp.Merge, cursor: duckdb.DuckDBPyConnection) -> list[FileScanTask]:
    """Return the files that may hold matches, by the partition fields which ON equates with source columns."""
    equated = dict(_equalities(tree))
    wanted: dict[int, set[Any]] = {}
    for position, field in enumerate(table.spec().fields):
        source_field = table.schema().find_field(field.source_id)
        if source_field.name in equated:
            values = _source_values(equated[source_field.name], tree, cursor, source_field.field_type)
            transform = field.transform.transform(source_field.field_type)
            wanted[position] = {None if value is None else transform(value) for value in values}
    spec_id = table.metadata.default_spec_id
    return [
        task
        for task in table.scan().plan_files()
        if task.file.spec_id != spec_id
        or all(task.file.partition[position] in values for position, values in wanted.items())
    ]


def _equalities(tree: exp.Merge) -> Iterator[tuple[str, exp.Column]]:
    """Yield (target column, source column) for each conjunct of ON that equates two columns."""
    target, source = tree.this.alias_or_name.lower(), tree.args["using"].alias_or_name.lower()
    on = tree.args["on"].unnest()
    for conjunct in on.flatten() if isinstance(on, exp.And) else [on]:
        condition = conjunct.unnest()
        if not isinstance(condition, exp.EQ | exp.NullSafeEQ):
            continue
        for one, other in ((condition.this, condition.expression), (condition.expression, condition.this)):
            if not (isinstance(one, exp.Column) and isinstance(other, exp.Column)):
                continue
            if one.table.lower() == target and other.table.lower() == source:
                yield one.name.lower(), other


def _source_values(
    column: exp.Column, tree: exp.Merge, cursor: duckdb.DuckDBPyConnection, kind: IcebergType
) -> list[Any]:
    """Return the distinct values of a source column as Iceberg stores them: days, microseconds, or themselves."""
    value: exp.Expr = column.copy()
    if isinstance(kind, TimestampType | TimestamptzType):
        value = exp.Anonymous(this="epoch_us", expressions=[value])
    elif isinstance(kind, DateType):
        value = exp.Anonymous(this="date_diff", expressions=[exp.Literal.string("day"), _epoch(), value])
    selected = exp.select(exp.alias_(value, "value")).distinct().from_(tree.args["using"].copy())
    return [found for (found,) in cursor.execute(dialect.to_duckdb(selected)).fetchall()]


def _epoch() -> exp.Expr:
    return exp.cast(exp.Literal.string("1970-01-01"), "date")


def read_files(table: Table, tasks: Sequence[FileScanTask]) -> pa.Table:
    """Read whole files, deletes applied, with the position of each row's file in `tasks` as column `_file`."""
    schema = table.schema()
    arrow_schema = schema_to_pyarrow(schema, include_field_ids=False).append(pa.field("_file", pa.int32()))

    def read(number: int) -> pa.Table:
        rows = ArrowScan(table.metadata, table.io, schema, AlwaysTrue()).to_table([tasks[number]])
        return rows.append_column("_file", pa.repeat(pa.scalar(number, pa.int32()), rows.num_rows)).cast(arrow_schema)

    with ThreadPoolExecutor(READERS) as readers:
        return pa.concat_tables([arrow_schema.empty_table(), *readers.map(read, range(len(tasks)))])


def commit(table: Table, replaced: Sequence[FileScanTask], rows: pa.Table) -> None:
    """Replace files by rows in one snapshot; raise CommitFailedException when another commit came first."""
    target = schema_to_pyarrow(table.schema(), include_field_ids=False)
    for field in target:
        if not field.nullable and rows.column(field.name).null_count:
            raise StatementError("CONSTRAINT_VIOLATION", f"NULL value not allowed for NOT NULL column: {field.name}")
    typed = rows.cast(target)
    # A retry by pyiceberg would put our rows on a state that we have not merged with.
    table.metadata.properties["commit.retry.num-retries"] = "0"
    with table.transaction() as transaction:
        snapshot = transaction.update_snapshot()
        with snapshot.overwrite() if replaced else snapshot.fast_append() as update:
            for task in replaced:
                update.delete_data_file(task.file)
            if typed.num_rows:
                written = _dataframe_to_data_files(table.metadata, typed, table.io, write_uuid=uuid.uuid4())
                for data_file in written:
                    update.append_data_file(data_file)
