"""Writes position-delete files: which rows of data files are gone, one file a partition.

https://iceberg.apache.org/spec/#position-delete-files
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
from pyarrow import parquet
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.table import Table
from pyiceberg.typedef import Record

_PATH_ID, _POSITION_ID = 2147483546, 2147483545  # reserved by the specification
_SCHEMA = pa.schema(
    [
        pa.field("file_path", pa.string(), nullable=False, metadata={"PARQUET:field_id": str(_PATH_ID)}),
        pa.field("pos", pa.int64(), nullable=False, metadata={"PARQUET:field_id": str(_POSITION_ID)}),
    ]
)


def write(table: Table, positions: pa.Table, files: Iterable[DataFile]) -> Iterator[DataFile]:
    """Write `positions`, a table of (path, position) in that order; `files` are the data files concerned."""
    paths = positions.column(0).combine_chunks().dictionary_encode()
    places: defaultdict[tuple[int, Record], list[int]] = defaultdict(list)
    by_path = {file.file_path: file for file in files}
    for index, path in enumerate(paths.dictionary.to_pylist()):
        file = by_path[str(path)]
        places[file.spec_id, file.partition].append(index)
    codes = paths.indices.to_numpy()
    for (spec_id, partition), indices in places.items():
        rows = positions.filter(pa.array(np.isin(codes, indices)))
        yield _write(table, spec_id, partition, rows.rename_columns(_SCHEMA.names).cast(_SCHEMA))


def _write(table: Table, spec_id: int, partition: Record, rows: pa.Table) -> DataFile:
    folder = table.specs()[spec_id].partition_to_path(partition, table.schema()) if len(partition) else ""
    name = f"{uuid.uuid4()}-deletes.parquet"
    path = table.location_provider().new_data_location(f"{folder}/{name}" if folder else name)
    output = table.io.new_output(path)
    with output.create() as stream:
        parquet.write_table(rows, stream, compression="zstd", use_dictionary=["file_path"])  # type: ignore[arg-type]
    bounds = [rows.column("file_path")[row].as_py().encode() for row in (0, -1)]
    file = DataFile.from_args(
        content=DataFileContent.POSITION_DELETES,
        file_path=path,
        file_format=FileFormat.PARQUET,
        partition=partition,
        record_count=rows.num_rows,
        file_size_in_bytes=len(output),
        column_sizes={},
        value_counts={},
        null_value_counts={},
        nan_value_counts={},
        lower_bounds={_PATH_ID: bounds[0]},
        upper_bounds={_PATH_ID: bounds[1]},
        split_offsets=None,
        equality_ids=None,
        sort_order_id=None,
        key_metadata=None,
    )
    file.spec_id = spec_id
    return file
