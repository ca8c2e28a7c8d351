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
    assert "the metadata table $files" in ask('SELECT * FROM "sales$files"').error


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
