"""Rows on their way to data files: bounded, sorted, taken back with their object, and in the epoch of their commit."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl
import pyarrow.parquet as pq
import pytest
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table

from txplatform.contracts import names
from txplatform.ingest.readers import compression, text
from txplatform.lake import data_files, day_comparison, day_replacement, table_rows
from txplatform.lake.data_files import PartitionFiles
from txplatform.lake.epochs import close_epoch
from txplatform.lake.reporting import exact_sum
from txplatform.lake.table_rows import read_files
from txplatform_tests.lake_stand import Stand, csv_of, payment

DAY = date(2026, 1, 1)


@pytest.fixture
def table(stand: Stand) -> Table:
    stand.lake.ensure(stand.contract)
    return stand.lake.table(names.files_table(stand.contract.name))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few rows be many."""
    monkeypatch.setattr(data_files, "_MOST_HELD", 400)
    monkeypatch.setattr(data_files, "_ROW_GROUP", 4)
    monkeypatch.setattr(table_rows, "_ROWS_AT_ONCE", 3)
    monkeypatch.setattr(compression, "_CHUNK", 200)
    monkeypatch.setattr(text, "BLOCK", 400)


def rows(*keys: str) -> pl.DataFrame:
    system = {"_order_key": "0|", "_deleted": False, "_source": "s3://", "_batch_id": "b", "dt": DAY}
    moments = dict.fromkeys(("_occurred_at", "_ingested_at"), datetime(2026, 1, 1))  # noqa: DTZ001 - as tables have them
    numbers = dict.fromkeys(("_row", "_epoch", "_key_high", "_key_low"), 1)
    values = {name: pl.lit(value) for name, value in (system | moments | numbers).items()}
    return pl.DataFrame({"payment_id": keys}).with_columns(**values)


def writer(table: Table) -> PartitionFiles:
    return PartitionFiles(table, {"dt": DAY}, lambda part: part.to_arrow(), ["payment_id"])


def keys_of(table: Table, files: list[DataFile]) -> list[str]:
    return [key for part in read_files(table, files, ["payment_id"]) for key in part["payment_id"]]


def test_few_rows_of_many_objects_are_one_sorted_file(table: Table, caplog: pytest.LogCaptureFixture) -> None:
    files = writer(table)
    for key in "dbca":
        files.begin_object()
        files.add(rows(key))
        files.end_object()
    (file,) = files.finish()
    assert keys_of(table, [file]) == ["a", "b", "c", "d"]
    assert (file.record_count, file.partition[0]) == (4, (DAY - date(1970, 1, 1)).days)
    fields = {field.name: field.field_id for field in table.schema().fields}
    assert file.lower_bounds[fields["payment_id"]] == b"a"
    assert fields["_row"] in file.lower_bounds
    assert fields["_source"] not in file.lower_bounds  # of a text in no order, bounds would leave out nothing
    assert not caplog.records  # nor does pyiceberg miss them


@pytest.mark.usefixtures("small")
def test_an_object_of_any_size_is_taken_back_alone(table: Table) -> None:
    files = writer(table)
    files.begin_object()
    files.add(rows("b", "a"))
    files.end_object()
    for number in range(3):
        files.begin_object()
        for _ in range(20):
            files.add(rows(*(f"{number}-{place}" for place in range(10))))
        written = [file.file_path for file in files._files]
        if number == 1:
            files.take_back_object()
            assert len(files._files) < len(written) + 1
        files.end_object()
    found = files.finish()
    assert Counter(key[:2] for key in keys_of(table, found)) == {"a": 1, "b": 1, "0-": 200, "2-": 200}
    with table.io.new_input(found[-1].file_path).open() as source:
        assert pq.ParquetFile(source).num_row_groups > 10


@pytest.mark.usefixtures("small")
def test_a_large_file_that_ends_damaged_leaves_no_row(stand: Stand) -> None:
    good = csv_of([payment(f"p{number:03d}") for number in range(100)])
    stand.put_file(DAY, "a.csv", csv_of([payment("p1")]))
    stand.put_file(DAY, "b.csv", good + "x" * 3_000)
    stand.put_file(DAY, "c.csv", csv_of([payment("p2")]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "LONGEST_LINE", 1_000)
        report = stand.ingest_files(DAY)
    assert (report.rows, report.refused, report.days[0].reasons) == (2, 1, {":file.line_too_long": 1})
    assert sorted(stand.rows(names.files_table(stand.contract.name))["payment_id"].to_pylist()) == ["p1", "p2"]
    stand.put_file(DAY, "b.csv", good)
    assert stand.ingest_files(DAY).rows == 102


@pytest.mark.usefixtures("small")
def test_a_redelivery_is_compared_range_by_range(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(day_comparison, "_ROWS_AT_ONCE", 7)
    first = [payment(f"p{number:02d}", f"{number}.00", minute=30) for number in range(40)]
    stand.put_file(DAY, "a.csv", csv_of(first))
    assert stand.ingest_files(DAY).days[0].held.rows == 40
    older = [payment(f"p{number:02d}", "0.50", minute=10) for number in range(0, 40, 4)]
    newer = [payment(f"p{number:02d}", "1.50", minute=50) for number in range(1, 40, 4)]
    refused = [payment("p02", "1OO.00")]
    stand.put_file(DAY, "a.csv", csv_of([*older, *newer, *refused]))
    (day,) = stand.ingest_files(DAY).days
    assert (day.rows, day.refused, day.tombstones) == (20, 1, 19)
    assert day.held.rows == 21
    assert day.held.sums["amount"] == Decimal(5 + 15 + 2)
    state = {row["payment_id"]: row["amount"] for row in stand.view("payment_id, amount")}
    wanted = {f"p{number:02d}": Decimal(["0.50", "1.50"][number % 4]) for number in range(40) if number % 4 < 2}
    assert state == wanted | {"p02": Decimal("2.00")}


def test_rows_enter_the_epoch_that_is_open_when_they_are_committed(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand.put_file(DAY, "a.csv", csv_of([payment("p1", "1.00"), payment("p2", "2.00")]))
    stand.ingest_files(DAY)
    stand.put_file(DAY, "a.csv", csv_of([payment("p1", "1.50"), payment("p2", "x")]))
    real = day_replacement.replace_refused

    def be_overtaken(*arguments: object) -> object:
        close_epoch(stand.lake, stand.contract)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(day_replacement, "replace_refused", be_overtaken)
    stand.ingest_files(DAY)
    held = stand.rows(names.files_table(stand.contract.name))
    epochs = dict(zip(held["payment_id"].to_pylist(), held["_epoch"].to_pylist(), strict=True))
    assert epochs == {"p1": 2, "p2": 1}  # the second row stayed: what was delivered of it cannot be read
    stamped = dict(zip(held["payment_id"].to_pylist(), held["_ingested_at"].to_pylist(), strict=True))
    assert stamped["p1"] - stamped["p2"] > timedelta(0)
    assert stamped["p1"] < datetime.now(UTC).replace(tzinfo=None)


@pytest.mark.parametrize("precision", [18, 38])
def test_sums_of_decimals_keep_every_digit(precision: int) -> None:
    most = Decimal("9" * (precision - 2) + ".99")
    values = pl.Series([most, most, None, Decimal("-0.01")], dtype=pl.Decimal(precision, 2))
    assert exact_sum(values) == most * 2 - Decimal("0.01")
    assert exact_sum(values.clear()) == 0
