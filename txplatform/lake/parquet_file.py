"""Writes one Parquet file of an Iceberg table, a row group after the other, and says what a manifest has to know of it.

pyiceberg's own writer takes texts in one form only, into which each batch would be copied, and dictionaries not at all.
"""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq
from pyiceberg.io import OutputStream
from pyiceberg.io.pyarrow import (
    MetricModeTypes,
    MetricsMode,
    compute_statistics_plan,
    data_file_statistics_from_parquet_metadata,
    parquet_path_to_id_mapping,
    schema_to_pyarrow,
)
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.partitioning import PartitionKey
from pyiceberg.table import Table, TableProperties
from pyiceberg.table.locations import load_location_provider

from txplatform.contracts.render.columns import KEY_HIGH, KEY_LOW, ORDER_KEY, ROW

# A column whose distinct values take more than so many bytes in a row group gains nothing by a dictionary: with the
# usual bound of 1 MiB, making it took half of the time and a fifth more space.
_DICTIONARY_BYTES = 64 << 10
_DISTINCT = {ORDER_KEY, KEY_HIGH, KEY_LOW}  # columns in which hardly a value is there twice: without dictionaries
_DELTA = "DELTA_BINARY_PACKED"  # writes numbers by what they differ: amounts and moments in half of the time
_AT_ONCE = 8 << 10  # values that are encoded at once: with the usual 1,024, steps of each batch take a fifteenth of all
_LONG_DIGITS = 18  # of a decimal that Parquet has as an integer


class ParquetFile:
    """A new data file of a partition; `written` counts the bytes in memory of its rows.

    Where rows are sorted, of texts only those by which they are get bounds. Finding them takes a fifth of the time, and
    no reader would leave out a row group by the others: in the order of a key each has nearly all of their values.
    """

    def __init__(self, table: Table, partition: PartitionKey, sorted_by: Sequence[str] = ()) -> None:
        self._table, self._partition, self._sorted_by = table, partition, sorted_by
        place = load_location_provider(table.location(), table.properties)
        self._output = table.io.new_output(place.new_data_location(f"{uuid.uuid4()}.parquet", partition))
        self._schema: Any = schema_to_pyarrow(table.schema())
        self._open: tuple[OutputStream, Any] | None = None
        self.written = 0

    def write(self, rows: pa.Table) -> None:
        """Add rows as a row group; all of a file have their texts in the same form."""
        fitted = self._fitted(rows)
        if self._open is None:
            paths = parquet_path_to_id_mapping(self._table.schema()).keys()
            numbers = {field.name for field in self._schema if _is_number(field.type)} | {ROW}
            stream = self._output.create(overwrite=True)
            writer = pq.ParquetWriter(
                cast("Any", stream),
                fitted.schema,
                compression=cast("Any", self._table.properties[TableProperties.PARQUET_COMPRESSION]),
                use_dictionary=cast("Any", sorted(paths - _DISTINCT - numbers - self._sorted_alone())),
                column_encoding=dict.fromkeys(numbers & paths, _DELTA),
                dictionary_pagesize_limit=_DICTIONARY_BYTES,
                write_statistics=cast("Any", sorted(paths - self._unbounded())),
                store_decimal_as_integer=True,
                write_batch_size=_AT_ONCE,
                store_schema=False,  # to readers the texts are texts, whatever form they had here
            )
            self._open = (stream, writer)
        self._open[1].write_table(fitted, row_group_size=rows.num_rows)
        self.written += rows.nbytes

    def close(self) -> DataFile:
        """Finish the file, which has rows."""
        assert self._open is not None
        stream, writer = self._open
        with stream:
            writer.close()
        fields = parquet_path_to_id_mapping(self._table.schema())
        plan = compute_statistics_plan(self._table.schema(), self._table.properties)
        for name in self._unbounded():
            plan[fields[name]] = replace(plan[fields[name]], mode=MetricsMode(MetricModeTypes.NONE))
        statistics = data_file_statistics_from_parquet_metadata(writer.writer.metadata, plan, fields)
        return DataFile.from_args(
            content=DataFileContent.DATA,
            file_path=self._output.location,
            file_format=FileFormat.PARQUET,
            partition=self._partition.partition,
            file_size_in_bytes=len(self._output),
            sort_order_id=None,
            spec_id=self._table.spec().spec_id,
            equality_ids=None,
            key_metadata=None,
            **statistics.to_serialized_dict(),
        )

    def _sorted_alone(self) -> set[str]:
        """The column that is the key by itself, so that hardly a value is there twice."""
        return set(self._sorted_by) if len(self._sorted_by) == 1 else set()

    def _unbounded(self) -> set[str]:
        """The texts without bounds."""
        texts = {field.name for field in self._schema if _is_text(field.type)}
        return texts.difference(self._sorted_by) if self._sorted_by else set()

    def _fitted(self, rows: Any) -> pa.Table:
        """The rows in the columns of the table, null where it has one that the contract has not (any more)."""
        columns: list[Any] = [
            _column(rows[field.name], field) if field.name in rows.column_names else pa.nulls(rows.num_rows, field.type)
            for field in self._schema
        ]
        fields = [field.with_type(column.type) for field, column in zip(self._schema, columns, strict=True)]
        return pa.table(columns, schema=pa.schema(fields))


def _column(values: Any, field: Any) -> Any:
    return values if _is_text(field.type) and _is_text(values.type) else values.cast(field.type)


def _is_text(kind: Any) -> bool:
    return pa.types.is_dictionary(kind) or pa.types.is_large_string(kind) or pa.types.is_string(kind)


def _is_number(kind: Any) -> bool:
    """Whether values are amounts or moments, which Parquet has as integers and of which few are alike."""
    return pa.types.is_timestamp(kind) or (pa.types.is_decimal(kind) and kind.precision <= _LONG_DIGITS)
