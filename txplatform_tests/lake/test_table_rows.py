"""Rows of data files as the table has them now: in batches, by field id, and without those that were deleted since."""

from datetime import date

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.table import FileScanTask, Table
from pyiceberg.types import StringType

from txplatform.contracts import names
from txplatform.lake import table_rows
from txplatform.lake.table_rows import rows_of
from txplatform_tests.lake_stand import Stand, csv_of, payment

DAY = date(2026, 1, 1)


@pytest.fixture
def task(stand: Stand) -> tuple[Table, FileScanTask]:
    """The files table with a file of five rows."""
    stand.put_file(DAY, "a.csv", csv_of([payment(f"p{number}") for number in range(5)]))
    stand.ingest_files(DAY)
    table = stand.lake.table(names.files_table(stand.contract.name))
    (task,) = table.scan().plan_files()
    return table, task


def read(table: Table, task: FileScanTask, *columns: str) -> list[pl.DataFrame]:
    return [pl.DataFrame(batch) for batch in rows_of(table, task, table.scan(selected_fields=columns).projection())]


def test_rows_come_in_batches_in_the_columns_of_today(
    task: tuple[Table, FileScanTask], monkeypatch: pytest.MonkeyPatch
) -> None:
    table, file = task
    monkeypatch.setattr(table_rows, "_ROWS_AT_ONCE", 2)
    with table.update_schema() as change:
        change.rename_column("payment_id", "paid")
    with table.update_schema() as change:
        change.add_column("payment_id", StringType())
    parts = read(table, file, "paid", "payment_id")
    assert [part.height for part in parts] == [2, 2, 1]
    assert pl.concat(parts).to_dict(as_series=False) == {
        "paid": [f"p{number}" for number in range(5)],
        "payment_id": [None] * 5,
    }


def test_rows_that_somebody_deleted_are_gone(task: tuple[Table, FileScanTask]) -> None:
    table, file = task
    path = f"{table.location()}/data/deletes.parquet"
    deleted = pa.table({"file_path": [file.file.file_path] * 2, "pos": pa.array([1, 3], pa.int64())})
    with table.io.new_output(path).create() as target:
        pq.write_table(deleted, target)
    deletes = DataFile.from_args(
        content=DataFileContent.POSITION_DELETES, file_path=path, file_format=FileFormat.PARQUET, record_count=2
    )
    (rows,) = read(table, FileScanTask(file.file, {deletes}), "payment_id")
    assert rows["payment_id"].to_list() == ["p0", "p2", "p4"]
