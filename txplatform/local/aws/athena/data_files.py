"""Writes rows into data files of one partition, streamed, each file about the table's target size on disk."""

import itertools
import uuid
from collections.abc import Iterable, Iterator

import pyarrow as pa
from pyiceberg.io.fileformat import FileFormatFactory
from pyiceberg.io.pyarrow import (
    ParquetFormatWriter,
    _determine_partitions,
    schema_to_pyarrow,
)
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.table import Table
from pyiceberg.typedef import Record

from txplatform.local.aws.athena import table_properties
from txplatform.local.aws.athena.errors import StatementError

_MOST_PARTITIONS = 100  # that one statement of Athena writes to
_ROWS_OF_A_GROUP = 131_072  # a row group is held in memory twice: as Arrow and encoded


def write(table: Table, spec_id: int, partition: Record, batches: Iterable[pa.RecordBatch]) -> Iterator[DataFile]:
    """Write the rows of one partition in their order; no rows, no file."""
    target_bytes = table_properties.number(table, table_properties.TARGET_BYTES)
    write_id, numbers = uuid.uuid4(), itertools.count()
    groups = _groups(table, batches)
    for first in groups:
        path = _path(table, spec_id, partition, f"00000-{next(numbers)}-{write_id}.parquet")
        output = table.io.new_output(path)
        writer = FileFormatFactory.get(FileFormat.PARQUET).create_writer(
            output, table.schema(), table.metadata.properties
        )
        assert isinstance(writer, ParquetFormatWriter)
        with writer:
            writer.write(first)
            while _written(writer) < target_bytes and (group := next(groups, None)) is not None:
                writer.write(group)
        file = DataFile.from_args(
            content=DataFileContent.DATA,
            file_path=path,
            file_format=FileFormat.PARQUET,
            partition=partition,
            file_size_in_bytes=len(output),
            sort_order_id=None,
            equality_ids=None,
            key_metadata=None,
            **writer.result().to_serialized_dict(),
        )
        file.spec_id = spec_id
        yield file


def write_partitioned(table: Table, batches: Iterable[pa.RecordBatch]) -> Iterator[DataFile]:
    """Write rows of any partitions, best ordered by them; raise StatementError where Athena would refuse them."""
    target = schema_to_pyarrow(table.schema(), include_field_ids=False)
    spec = table.spec()
    partitions: set[Record] = set()
    for batch in batches:
        rows = pa.Table.from_batches([batch])
        for field in target:
            if not field.nullable and rows.column(field.name).null_count:
                reason = f"NULL value not allowed for NOT NULL column: {field.name}"
                raise StatementError("CONSTRAINT_VIOLATION", reason)
        rows = rows.cast(target)
        if spec.is_unpartitioned():
            yield from write(table, spec.spec_id, Record(), rows.to_batches())
            continue
        parts = [
            (part.partition_key.partition, part.arrow_table_partition)
            for part in _determine_partitions(spec, table.schema(), rows)
        ]
        partitions.update(partition for partition, _ in parts)
        if len(partitions) > _MOST_PARTITIONS:
            reason = f"Exceeded limit of {_MOST_PARTITIONS} open writers for partitions"
            raise StatementError("ICEBERG_TOO_MANY_OPEN_PARTITIONS", reason)
        for partition, part in parts:
            yield from write(table, spec.spec_id, partition, part.to_batches())


def _path(table: Table, spec_id: int, partition: Record, name: str) -> str:
    folder = table.specs()[spec_id].partition_to_path(partition, table.schema()) if len(partition) else ""
    return table.location_provider().new_data_location(f"{folder}/{name}" if folder else name)


def _groups(table: Table, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Yield the rows as the table's schema has them, with its field ids, in pieces of about one row group.

    pyiceberg's own projection would make empty lists of null ones.
    """
    schema = schema_to_pyarrow(table.schema())
    collected: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        collected.append(batch)
        rows += batch.num_rows
        if rows >= _ROWS_OF_A_GROUP:
            yield pa.Table.from_batches(collected).cast(schema)
            collected, rows = [], 0
    if rows:
        yield pa.Table.from_batches(collected).cast(schema)


def _written(writer: ParquetFormatWriter) -> int:
    assert writer._fos is not None
    return writer._fos.tell()  # type: ignore[attr-defined]  # a pyarrow NativeFile, of which the protocol names less
