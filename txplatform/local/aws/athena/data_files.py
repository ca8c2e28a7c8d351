"""Writes rows into data files of one partition, streamed, each file about the table's target size on disk."""

import itertools
import uuid
from collections.abc import Iterable, Iterator

import pyarrow as pa
from pyiceberg.io.fileformat import FileFormatFactory
from pyiceberg.io.pyarrow import ParquetFormatWriter, _to_requested_schema, pyarrow_to_schema
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.table import Table
from pyiceberg.typedef import Record

from txplatform.local.aws.athena import table_properties

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


def _path(table: Table, spec_id: int, partition: Record, name: str) -> str:
    folder = table.specs()[spec_id].partition_to_path(partition, table.schema()) if len(partition) else ""
    return table.location_provider().new_data_location(f"{folder}/{name}" if folder else name)


def _groups(table: Table, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Yield the rows as the table's schema has them, with its field ids, in pieces of about one row group."""
    model = FileFormatFactory.get(FileFormat.PARQUET)
    collected: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        known = pyarrow_to_schema(batch.schema, table.schema().name_mapping, format_version=table.format_version)
        collected.append(_to_requested_schema(table.schema(), known, batch, include_field_ids=True, format_model=model))
        rows += batch.num_rows
        if rows >= _ROWS_OF_A_GROUP:
            yield pa.Table.from_batches(collected)
            collected, rows = [], 0
    if rows:
        yield pa.Table.from_batches(collected)


def _written(writer: ParquetFormatWriter) -> int:
    assert writer._fos is not None
    return writer._fos.tell()  # type: ignore[attr-defined]  # a pyarrow NativeFile, of which the protocol names less
