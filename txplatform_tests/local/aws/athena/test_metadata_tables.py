"""What Athena tells of an Iceberg table's past, and of the partitions of a table of Hive's."""

import datetime as dt
import re

import pytest
from pyiceberg.table import Table

from txplatform.local.aws.athena import dialect, instants
from txplatform.local.aws.athena.errors import StatementError
from txplatform_tests.local.aws.aws_process import Ask

NOW = "FOR TIMESTAMP AS OF current_timestamp"


def test_snapshots_are_listed(ask: Ask, sales: Table) -> None:
    ids = [str(snapshot.snapshot_id) for snapshot in sales.snapshots()]
    rows = ask(
        "SELECT snapshot_id, parent_id, operation, summary['added-records'] FROM \"sales$snapshots\" ORDER BY 1"
    ).rows
    assert rows == sorted(zip(ids, [None, *ids], ["append"] * 2, ["2"] * 2, strict=False), key=lambda row: int(row[0]))
    assert ask('SELECT is_current_ancestor, count(*) FROM "shop"."sales$history" GROUP BY 1').rows == [("true", "2")]
    assert ask('SELECT name, type FROM "sales$refs"').rows == [("main", "BRANCH")]
    assert "the metadata table $partitions" in ask('SELECT * FROM "sales$partitions"').error


def test_files_and_manifests_are_listed(ask: Ask, sales: Table) -> None:
    tasks = [task.file for task in sales.scan().plan_files()]
    wanted = sorted((file.file_path, str(file.record_count), str(file.file_size_in_bytes)) for file in tasks)
    answer = ask('SELECT file_path, record_count, file_size_in_bytes FROM "sales$files" ORDER BY 1')
    assert answer.rows == wanted
    assert ask('SELECT content, file_format, element_at(value_counts, 1) > 0 FROM "sales$files" LIMIT 1').rows == [
        ("0", "PARQUET", "true")
    ]
    counted = (
        'SELECT sum(added_data_files_count), sum(added_rows_count), sum(deleted_rows_count) FROM "sales$manifests"'
    )
    assert ask(counted).rows == [(str(len(wanted)), "4", "0")]
    assert "lower_bounds is not supported locally" in ask('SELECT lower_bounds FROM "sales$files"').error


def test_their_times_have_three_digits(ask: Ask, sales: Table) -> None:
    answer = ask('SELECT * FROM "sales$history"')
    assert answer.columns[0] == ("made_current_at", "timestamp with time zone")
    times = [row[0] for row in [*answer.rows, *ask('SELECT committed_at FROM "sales$snapshots"').rows]]
    assert len(times) == 4
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC", time or "") for time in times)


def test_a_table_is_read_as_of_a_time(ask: Ask, sales: Table) -> None:
    first = dt.datetime.fromtimestamp(sales.history()[0].timestamp_ms / 1000, dt.UTC)
    as_of = f"TIMESTAMP '{first.replace(tzinfo=None).isoformat(' ', 'milliseconds')} UTC'"
    assert ask(f"SELECT count(*) FROM sales FOR TIMESTAMP AS OF {as_of}").rows == [("2",)]
    assert ask(f"SELECT count(*) FROM sales {NOW}").rows == [("4",)]
    assert "No version history" in ask(f"SELECT * FROM sales {NOW} - INTERVAL '9999' DAY").error


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("TIMESTAMP '1970-01-02 00:00:01.5 UTC'", 86401.5),
        ("TIMESTAMP '1970-01-02 00:00:00' + INTERVAL '1' HOUR", 90000),
        ("DATE '1970-01-02' - INTERVAL '1' DAY", 0),
    ],
)
def test_moments_outside_of_rows(written: str, seconds: float) -> None:
    assert instants.milliseconds(dialect.parse(f"SELECT {written}").expressions[0]) == seconds * 1000


@pytest.mark.parametrize(
    "written", ["TIMESTAMP '1970-01-02 00:00:00 Asia/Tokyo'", "date(now())", "DATE '1970-01-01' + x"]
)
def test_other_moments_are_refused(written: str) -> None:
    with pytest.raises(StatementError, match="NOT_SUPPORTED: FOR TIMESTAMP AS OF"):
        instants.milliseconds(dialect.parse(f"SELECT {written}").expressions[0])


def test_partitions_are_shown(ask: Ask, sales: Table, name: str) -> None:
    made = f"CREATE TABLE {name} WITH (format = 'PARQUET', partitioned_by = ARRAY['d', 'e']) AS "
    assert ask(made + "SELECT x, d, e FROM (VALUES (1, 'b', 2), (2, 'a', 1)) AS t(x, d, e)").error == ""
    assert ask(f"SHOW PARTITIONS {name}").rows == [("d=a/e=1",), ("d=b/e=2",)]
    assert "NOT_SUPPORTED" in ask("SHOW PARTITIONS sales").error


def test_hidden_columns_tell_of_files(ask: Ask, sales: Table, name: str) -> None:
    paths = sorted({task.file.file_path for task in sales.scan().plan_files()})
    assert ask('SELECT DISTINCT "$path" FROM sales ORDER BY 1').rows == [(path,) for path in paths]
    counted = 'SELECT s.id, "$path" LIKE \'s3://%\' FROM sales AS s WHERE s."$path" IS NOT NULL ORDER BY 1'
    assert ask(counted).rows == [(key, "true") for key in "abcd"]
    names = [column for column, _ in ask("SELECT * FROM sales").columns]
    assert [column for column, _ in ask("SELECT * FROM sales WHERE \"$path\" <> ''").columns] == names
    assert ask(f"CREATE TABLE {name} WITH (format = 'PARQUET') AS SELECT 1 AS x").error == ""
    hidden = f'SELECT x, "$file_size" > 0, "$file_modified_time" <= now(), "$path" LIKE \'s3://%\' FROM {name}'
    assert ask(hidden).rows == [("1", "true", "true", "true")]
    assert ask(f'SELECT * FROM {name} WHERE "$path" IS NOT NULL').rows == [("1",)]
    assert "NOT_SUPPORTED" in ask('SELECT "$file_size" FROM sales').error
    assert "COLUMN_NOT_FOUND" in ask('SELECT "$nothing" FROM sales').error
