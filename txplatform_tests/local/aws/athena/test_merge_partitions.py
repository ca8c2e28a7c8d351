"""MERGE into tables of each partition type and transform: right rows, and no file is read that cannot match."""

import datetime as dt
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.transforms import (
    DayTransform,
    HourTransform,
    IdentityTransform,
    MonthTransform,
    Transform,
    YearTransform,
)
from pyiceberg.types import DateType, LongType, NestedField, StringType, TimestampType, TimestamptzType

from txplatform.local.aws.athena import merge_pruning
from txplatform.local.aws.athena.duck import Duck
from txplatform_tests.local.aws.aws_process import BUCKET, DATABASE, Ask

UTC = dt.UTC
FIRST = dt.datetime(2023, 12, 31, 22, 30, tzinfo=UTC)
HOURS = [FIRST + dt.timedelta(hours=hours) for hours in (0, 1, 2, 24 * 31, 24 * 400)]
KINDS: dict[str, tuple[Any, list[Any]]] = {
    "timestamptz": (TimestamptzType(), HOURS),
    "timestamp": (TimestampType(), [moment.replace(tzinfo=None) for moment in HOURS]),
    "date": (DateType(), [moment.date() for moment in HOURS]),
}
CASES: list[tuple[str, Transform[Any, Any], int]] = [  # with the number of partitions of HOURS
    ("timestamptz", YearTransform(), 3),
    ("timestamptz", MonthTransform(), 3),
    ("timestamptz", DayTransform(), 4),
    ("timestamptz", HourTransform(), 5),
    ("timestamp", DayTransform(), 4),
    ("date", YearTransform(), 3),
    ("date", MonthTransform(), 3),
    ("date", DayTransform(), 4),
    ("date", IdentityTransform(), 4),
]
MERGE = """
MERGE INTO {0} t USING (SELECT * FROM {0}_s) s ON t.id = s.id AND t.moment IS NOT DISTINCT FROM s.moment
WHEN MATCHED THEN UPDATE SET n = s.n WHEN NOT MATCHED THEN INSERT (id, moment, n) VALUES (s.id, s.moment, s.n)
"""


def create(iceberg: GlueCatalog, name: str, kind: Any, transform: Transform[Any, Any]) -> Table:
    schema = Schema(
        NestedField(1, "id", StringType(), required=True),
        NestedField(2, "moment", kind),
        NestedField(3, "n", LongType()),
    )
    spec = PartitionSpec(PartitionField(2, 1000, transform, "part"))
    return iceberg.create_table((DATABASE, name), schema, f"s3://{BUCKET}/warehouse/{name}", spec)


def put(table: Table, rows: list[tuple[str, Any, int]]) -> None:
    dicts = [{"id": key, "moment": at, "n": number} for key, at, number in rows]
    table.append(pa.Table.from_pylist(dicts, schema=table.schema().as_arrow()))


@pytest.mark.parametrize(("kind", "transform", "partitions"), CASES, ids=lambda value: str(value))
def test_rows_of_each_partition_are_found(
    kind: str, transform: Transform[Any, Any], partitions: int, iceberg: GlueCatalog, name: str, ask: Ask
) -> None:
    type_, values = KINDS[kind]
    target, source = (create(iceberg, table, type_, transform) for table in (name, f"{name}_s"))
    put(target, [(f"k{place}", at, 1) for place, at in enumerate(values)] + [("none", None, 1)])
    put(source, [("k1", values[1], 2), ("k4", values[4], 2), ("none", None, 2), ("new", values[3], 2)])
    for _ in range(2):
        answer = ask(MERGE.format(name))
        assert answer.error == ""
        assert answer.update_count == 4
    assert ask(f"SELECT id, n FROM {name} ORDER BY id").rows == [
        ("k0", "1"), ("k1", "2"), ("k2", "1"), ("k3", "1"), ("k4", "2"), ("new", "2"), ("none", "2"),
    ]  # fmt: skip
    files = {task.file.partition[0] for task in target.refresh().scan().plan_files()}
    assert len(files) == partitions + 1


PRUNED = {
    "t.moment = s.moment": ["k1", "k4"],
    "t.moment IS NOT DISTINCT FROM s.moment": ["k1", "k4", "none"],
    "(t.moment = s.moment AND t.id = s.id) AND t.n = 1": ["k1", "k4"],
    "t.id = s.id AND t.moment < TIMESTAMP '2024-01-01 00:00:00 UTC'": ["k0", "k1"],
    "t.id = s.id AND CAST(t.moment AS date) IN (DATE '2024-01-01', DATE '2024-01-31') AND t.id LIKE 'k%'": ["k2", "k3"],
    "t.moment = s.moment AND t.moment > TIMESTAMP '2024-06-01 00:00:00 UTC'": ["k4"],
    "t.id = s.id": ["k0", "k1", "k2", "k3", "k4", "none"],
    "t.id = s.id OR t.moment = s.moment": ["k0", "k1", "k2", "k3", "k4", "none"],
}


@pytest.fixture(scope="module")
def by_hour(iceberg: GlueCatalog) -> Table:
    table = create(iceberg, "merge_by_hour", TimestamptzType(), HourTransform())
    for place, at in [*enumerate(HOURS), ("none", None)]:
        put(table, [(f"k{place}" if at else "none", at, 1)])
    return table


@pytest.fixture(scope="module")
def source() -> duckdb.DuckDBPyConnection:
    cursor = Duck("http://127.0.0.1:1", "key", "secret", "us-east-1").cursor()
    cursor.execute("CREATE TEMP TABLE source (id VARCHAR, moment TIMESTAMPTZ, n BIGINT)")
    cursor.executemany("INSERT INTO source VALUES (?, ?, 1)", [("k1", HOURS[1]), ("k4", HOURS[4]), ("none", None)])
    return cursor


@pytest.mark.parametrize("on", PRUNED)
def test_only_files_that_can_match_are_read(on: str, by_hour: Table, source: duckdb.DuckDBPyConnection) -> None:
    tree = merge_pruning.dialect.parse(f"MERGE INTO t USING source AS s ON {on} WHEN MATCHED THEN DELETE")
    assert isinstance(tree, merge_pruning.exp.Merge)
    found = merge_pruning.files_with_matches(by_hour, tree, source)
    kept = [bytes(task.file.lower_bounds[1]).decode() for task in found]
    assert sorted(kept) == PRUNED[on]


def test_a_hundred_partitions_are_written_and_no_more(iceberg: GlueCatalog, name: str, ask: Ask) -> None:
    create(iceberg, name, DateType(), DayTransform())
    days = "UNNEST(sequence(DATE '2020-01-01', DATE '2020-12-31', INTERVAL '1' DAY)) AS d (day)"
    source = (
        f"(SELECT CAST(day AS varchar) AS id, CAST(day AS date) AS moment FROM (SELECT 1) CROSS JOIN {days} WHERE {{}})"
    )
    inserts = "WHEN NOT MATCHED THEN INSERT (id, moment) VALUES (s.id, s.moment)"
    merge = f"MERGE INTO {name} t USING {source} s ON t.id = s.id AND t.moment = s.moment {inserts}"
    refused = ask(merge.format("day < DATE '2020-04-11'")).error
    assert refused == "ICEBERG_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100 open writers for partitions"
    assert iceberg.load_table((DATABASE, name)).current_snapshot() is None
    assert ask(merge.format("day < DATE '2020-04-10'")).update_count == 100
    assert ask(f"SELECT count(*), count(DISTINCT moment) FROM {name}").rows == [("100", "100")]
