"""Iceberg tables made, filled, widened and dropped by statements, through pyiceberg's Glue catalog.

A table made from a query appears in Glue together with its rows, or not at all.
"""

from collections.abc import Callable, Iterable
from typing import Any

import pyarrow as pa
from pyiceberg.catalog import Catalog as IcebergCatalog
from pyiceberg.exceptions import TableAlreadyExistsError
from pyiceberg.io.pyarrow import _pyarrow_to_schema_without_ids
from pyiceberg.manifest import DataFile
from pyiceberg.schema import assign_fresh_schema_ids
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Operation

from txplatform.local.aws.athena import data_files, partition_specs, row_delta, table_properties
from txplatform.local.aws.athena.glue_tables import already_exists
from txplatform.local.aws.athena.rewriting import refuse
from txplatform.local.aws.athena.table_definitions import TableDefinition
from txplatform.local.aws.athena.written import Written

_CODECS = ("zstd", "snappy", "gzip", "lz4")


def create(
    iceberg: Callable[[], Any], definition: TableDefinition, columns: pa.Schema, batches: Iterable[pa.RecordBatch]
) -> Written:
    """Make a table with rows; raise StatementError where its name is taken."""
    catalog: IcebergCatalog = iceberg()
    schema = assign_fresh_schema_ids(_pyarrow_to_schema_without_ids(columns))
    transaction = catalog.create_table_transaction(
        definition.key,
        schema,
        definition.location.rstrip("/"),
        partition_specs.spec(schema, definition.partitions),
        properties=_properties(definition),
    )
    table = transaction._table
    with row_delta.written(table) as made:
        made.extend(data_files.write_partitioned(table, batches))
        if made:
            row_delta.stage(transaction, table, Operation.APPEND, made, ())
        try:
            transaction.commit_transaction()
        except TableAlreadyExistsError as error:
            raise already_exists(definition.key) from error
    return _written(made)


def append(table: Table, batches: Iterable[pa.RecordBatch]) -> Written:
    """Add rows to a table; raise CommitFailedException in a race."""
    with row_delta.written(table) as made:
        made.extend(data_files.write_partitioned(table, batches))
        if made:
            row_delta.commit(table, Operation.APPEND, made, ())
    return _written(made)


def _written(files: list[DataFile]) -> Written:
    return Written(sum(file.record_count for file in files), tuple(file.file_path for file in files))


def _properties(definition: TableDefinition) -> dict[str, str]:
    kept = {"format-version": "2", "write.parquet.compression-codec": "zstd"}
    for name, value in definition.properties.items():
        match name:
            case "table_type" | "comment":
                kept |= {"comment": value} if name == "comment" else {}
            case "format" if value.lower() == "parquet":
                pass
            case "write_compression" if value.lower() in _CODECS:
                kept["write.parquet.compression-codec"] = value.lower()
            case "format" | "write_compression":
                raise refuse(f"{name} = {value!r} of an Iceberg table")
            case _:
                table_properties.parse(name, value)
                kept[name] = value
    return kept
