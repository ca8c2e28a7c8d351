"""OPTIMIZE: fewer files and no deletes on them, the same rows, and what another writer in between changes."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.expressions import AlwaysTrue
from pyiceberg.io.pyarrow import ArrowScan
from pyiceberg.table import Table
from sqlglot import exp

from txplatform.local.aws.athena import dialect, partition_predicate
from txplatform.local.aws.athena import optimize as optimizing
from txplatform.local.aws.athena.duck import Duck
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.table_changes import ATTEMPTS, TableChanges
from txplatform_tests.local.aws.athena.conftest import append, create_table, sale
from txplatform_tests.local.aws.aws_process import BUCKET, DATABASE, Ask

EVERYTHING = partition_predicate.translate(exp.true(), None)  # type: ignore[arg-type]
OPTIMIZE = "OPTIMIZE {} REWRITE DATA USING BIN_PACK"
ROWS = "SELECT id, amount, quantity, created_at, reasons FROM {} ORDER BY id"


@pytest.fixture
def table(iceberg: GlueCatalog, name: str) -> Table:
    """Two days, five files each."""
    table = create_table(iceberg, name)
    for number in range(5):
        reasons = [{"field": "x", "rule": None}] * number if number else None
        append(
            table, *(sale(f"{day}{number}", f"{number}.10", day, quantity=number, reasons=reasons) for day in (1, 2))
        )
    return table


def files(table: Table, day: int | None = None) -> list[str]:
    tasks = table.refresh().scan().plan_files()
    return [task.file.file_path for task in tasks if day is None or f"2024-01-0{day}" in task.file.file_path]


def summary(table: Table) -> dict[str, Any]:
    snapshot = table.refresh().current_snapshot()
    assert snapshot
    assert snapshot.summary
    return {"operation": snapshot.summary.operation.value, **snapshot.summary.additional_properties}


def test_small_files_become_one_a_partition_with_the_same_rows(table: Table, name: str, ask: Ask) -> None:
    rows = ask(ROWS.format(name)).rows
    answer = ask(OPTIMIZE.format(name))
    assert answer.error == ""
    assert answer.execution["StatementType"] == "DML"
    assert len(files(table)) == 2
    assert ask(ROWS.format(name)).rows == rows
    assert table.scan().to_arrow().num_rows == len(rows) == 10
    assert summary(table)["operation"] == "replace"
    assert summary(table)["total-records"] == "10"
    assert summary(table)["total-data-files"] == "2"
    assert ask(f"SELECT count(*) FROM {name} FOR VERSION AS OF {table.snapshots()[-2].snapshot_id}").rows == [("10",)]


def test_optimizing_again_commits_nothing(table: Table, name: str, ask: Ask) -> None:
    ask(OPTIMIZE.format(name))
    snapshot = table.refresh().current_snapshot()
    assert ask(OPTIMIZE.format(name)).error == ""
    assert table.refresh().current_snapshot() == snapshot


def test_fewer_small_files_than_the_threshold_are_left(iceberg: GlueCatalog, name: str, ask: Ask) -> None:
    table = create_table(iceberg, name)
    for number in range(3):
        append(table, sale(f"{number}", "1.00"))
    ask(OPTIMIZE.format(name))
    assert len(files(table)) == 3
    ask(f"ALTER TABLE {name} SET TBLPROPERTIES ('optimize_rewrite_data_file_threshold' = '3')")
    ask(OPTIMIZE.format(name))
    assert len(files(table)) == 1


def test_files_are_cut_at_the_target_size(iceberg: GlueCatalog, name: str, ask: Ask) -> None:
    table = create_table(iceberg, name)
    append(table, *(sale(f"{number:06}", f"{number}.00") for number in range(300_000)))
    ask(f"ALTER TABLE {name} SET TBLPROPERTIES ('write_target_data_file_size_bytes' = '200000')")
    assert ask(OPTIMIZE.format(name)).error == ""
    assert len(files(table)) == 2
    assert ask(f"SELECT count(*), count(DISTINCT id), sum(amount) FROM {name}").rows == [
        ("300000", "300000", "44999850000.00")
    ]


def test_only_the_partitions_selected_are_rewritten(table: Table, name: str, ask: Ask) -> None:
    assert ask(f"{OPTIMIZE.format(name)} WHERE date(created_at) = DATE '2024-01-01'").error == ""
    assert len(files(table, 1)) == 1
    assert len(files(table, 2)) == 5


WHERES = {
    "created_at < TIMESTAMP '2024-01-02 00:00:00 UTC'": [1],
    "TIMESTAMP '2024-01-02 00:00:00 UTC' <= created_at": [2],
    "date(created_at) = DATE '2024-01-02'": [2],
    "date(created_at) <> DATE '2024-01-02'": [1],
    "created_at >= TIMESTAMP '2024-01-01 00:00:00 UTC' AND CAST(created_at AS date) < DATE '2024-01-02'": [1],
    "CAST(created_at AS date) IN (DATE '2024-01-01')": [1],
    "NOT date(created_at) > DATE '2024-01-01' OR created_at IS NULL": [None, 1],
    "date(created_at) BETWEEN DATE '2024-01-02' AND DATE '2024-01-03'": [2],
    "created_at IS NOT NULL": [1, 2],
    "true": [None, 1, 2],
}


@pytest.fixture(scope="module")
def cursor() -> duckdb.DuckDBPyConnection:
    return Duck("http://127.0.0.1:1", "key", "secret", "us-east-1").cursor()


@pytest.mark.parametrize("where", WHERES)
def test_a_condition_selects_partitions(where: str, sales: Table, cursor: duckdb.DuckDBPyConnection) -> None:
    condition = dialect.parse(f"SELECT 1 FROM t WHERE {where}").args["where"].this
    selected = optimizing._Plan.of(sales, partition_predicate.translate(condition, cursor))
    first = dt.date(2023, 12, 31).toordinal() - dt.date(1970, 1, 1).toordinal()
    assert sorted((record[0] and record[0] - first for _, record in selected.tasks), key=str) == sorted(
        WHERES[where], key=str
    )


REFUSALS = {
    "OPTIMIZE {} REWRITE DATA USING BIN_PACK WHERE id = '11'": "NOT_SUPPORTED",
    "OPTIMIZE {} REWRITE DATA USING BIN_PACK WHERE created_at > TIMESTAMP '2024-01-01 12:00:00 UTC'": "NOT_SUPPORTED",
    "OPTIMIZE {} REWRITE DATA USING BIN_PACK WHERE created_at > 'x'": "TYPE_MISMATCH",
    "OPTIMIZE {} REWRITE DATA USING BIN_PACK WHERE nope = 1": "COLUMN_NOT_FOUND",
    "OPTIMIZE {} REWRITE DATA USING BIN_PACK WHERE quantity + 1 = 2": "NOT_SUPPORTED",
    "OPTIMIZE {} REWRITE DATA USING BIN_PACK WHERE true GROUP BY id": "SYNTAX_ERROR",
    "OPTIMIZE {}": "NOT_SUPPORTED",
    "OPTIMIZE nowhere REWRITE DATA USING BIN_PACK": "TABLE_NOT_FOUND",
    "ALTER TABLE {} SET TBLPROPERTIES ('write.parquet.compression-codec' = 'zstd')": "INVALID_TABLE_PROPERTY",
    "ALTER TABLE {} SET TBLPROPERTIES ('vacuum_min_snapshots_to_keep' = '-1')": "INVALID_TABLE_PROPERTY",
}


@pytest.mark.parametrize("sql", REFUSALS)
def test_refused(sql: str, sales: Table, ask: Ask) -> None:
    assert ask(sql.format("sales")).error.startswith(REFUSALS[sql])
    assert len(sales.refresh().snapshots()) == 2


def racing(table: Table, iceberg: GlueCatalog, monkeypatch: pytest.MonkeyPatch, others: Callable[[int], None]) -> None:
    """Optimize in this process; `others` comes before each commit, with its number."""
    commits = iter(range(100))
    commit = optimizing.row_delta.commit

    def late(*arguments: Any) -> None:
        others(next(commits))
        commit(*arguments)

    monkeypatch.setattr(optimizing.row_delta, "commit", late)
    changes = TableChanges(lambda: iceberg)
    key = (DATABASE, table.name()[1])
    changes.make(key, lambda loaded: optimizing.optimize(loaded, EVERYTHING, read, lambda: changes.load(key)))


def read(table: Table, paths: list[str]) -> list[pa.RecordBatch]:
    tasks = [task for task in table.scan().plan_files() if task.file.file_path in paths]
    return ArrowScan(table.metadata, table.io, table.schema(), AlwaysTrue()).to_table(tasks).to_batches()


def test_appends_in_between_stay(
    table: Table, name: str, ask: Ask, iceberg: GlueCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def others(number: int) -> None:
        if number < 2:
            append(iceberg.load_table((DATABASE, name)), sale(f"late{number}", "1.00"))

    racing(table, iceberg, monkeypatch, others)
    assert ask(f"SELECT count(*), count(DISTINCT id) FROM {name}").rows == [("12", "12")]
    assert len(files(table)) == 4
    assert summary(table)["total-records"] == "12"


def test_a_compaction_in_between_makes_it_start_again(
    table: Table, name: str, ask: Ask, iceberg: GlueCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = ask(ROWS.format(name)).rows
    racing(table, iceberg, monkeypatch, lambda _: (ask(OPTIMIZE.format(name)), None)[1])
    assert ask(ROWS.format(name)).rows == rows
    assert len(files(table)) == 2


def test_a_row_deleted_in_between_stays_deleted(
    table: Table, name: str, ask: Ask, iceberg: GlueCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete = f"MERGE INTO {name} t USING (SELECT '12' AS id) s ON t.id = s.id WHEN MATCHED THEN DELETE"

    def others(number: int) -> None:
        if number == 0:
            assert ask(delete).update_count == 1

    racing(table, iceberg, monkeypatch, others)
    assert ask(f"SELECT count(*), count_if(id = '12') FROM {name}").rows == [("9", "0")]
    assert len(files(table)) == 2
    assert summary(table)["total-delete-files"] == "0"


def test_a_race_that_is_always_lost_fails_and_leaves_nothing_behind(
    table: Table, name: str, iceberg: GlueCatalog, monkeypatch: pytest.MonkeyPatch, client: Any
) -> None:
    def refuse(*_: Any) -> None:
        raise optimizing.CommitFailedException("lost")

    monkeypatch.setattr(optimizing.row_delta, "commit", refuse)
    monkeypatch.setattr(optimizing, "_COMMITS", 2)
    changes = TableChanges(lambda: iceberg)
    key = (DATABASE, name)
    attempts = []
    with pytest.raises(StatementError, match="ICEBERG_COMMIT_ERROR"):
        changes.make(
            key,
            lambda loaded: (
                attempts.append(1),
                optimizing.optimize(loaded, EVERYTHING, read, lambda: changes.load(key)),
            )[1],
        )
    assert len(attempts) == ATTEMPTS
    listed = client("s3").list_objects_v2(Bucket=BUCKET, Prefix=f"warehouse/{name}/data/")["Contents"]
    stored = [item["Key"] for item in listed if item["Key"].endswith(".parquet")]
    assert len(stored) == len(files(table)) == 10


def test_more_partitions_than_one_statement_rewrites_need_more_statements(
    table: Table, iceberg: GlueCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(optimizing, "MOST_PARTITIONS", 1)
    with pytest.raises(StatementError, match="ICEBERG_OPTIMIZE_MORE_RUNS_NEEDED: Processed 1 partitions"):
        racing(table, iceberg, monkeypatch, lambda _: None)
    assert len(files(table)) == 6, "what was done is committed"
    racing(table, iceberg, monkeypatch, lambda _: None)
    assert len(files(table)) == 2
