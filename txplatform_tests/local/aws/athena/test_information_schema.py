"""information_schema, by which BI tools and SQLAlchemy browse."""

import pytest
from pyiceberg.table import Table

from txplatform.local.aws.athena import trino_types
from txplatform_tests.local.aws.aws_process import BUCKET, DATABASE, Ask

TABLES = "information_schema.tables WHERE table_schema = 'shop' AND table_name"


def test_tables_and_columns_are_listed(ask: Ask, sales: Table, name: str) -> None:
    ask(f"CREATE OR REPLACE VIEW {name}_v AS SELECT id, amount * 2 AS twice FROM sales")
    made = f"CREATE EXTERNAL TABLE {name} (a int, t timestamp) PARTITIONED BY (p string) STORED AS PARQUET"
    assert ask(f"{made} LOCATION 's3://{BUCKET}/{name}'").error == ""
    assert (DATABASE,) in ask("SELECT schema_name FROM information_schema.schemata").rows
    listed = ask(f"SELECT table_name, table_type FROM {TABLES} IN ('sales', '{name}_v') ORDER BY 2 DESC").rows
    assert listed == [(f"{name}_v", "VIEW"), ("sales", "BASE TABLE")]
    of_all = "SELECT column_name, data_type FROM awsdatacatalog.information_schema.columns"
    columns = of_all + " WHERE table_name = '{}' ORDER BY ordinal_position"
    assert ask(columns.format("sales")).rows == [
        ("id", "varchar"),
        ("amount", "decimal(18,2)"),
        ("quantity", "bigint"),
        ("paid", "boolean"),
        ("created_at", "timestamp(6) with time zone"),
        ("reasons", "array(row(field varchar, rule varchar))"),
    ]
    assert ask(columns.format(f"{name}_v")).rows == [("id", "varchar"), ("twice", "decimal(28,2)")]
    assert ask(columns.format(name)).rows == [("a", "integer"), ("t", "timestamp(3)"), ("p", "varchar")]
    assert "TABLE_NOT_FOUND" in ask("SELECT * FROM information_schema.views").error
    assert "CATALOG_NOT_FOUND" in ask("SELECT * FROM other.information_schema.tables").error


@pytest.mark.parametrize(
    ("hive", "trino"),
    [
        ("string", "varchar"),
        ("varchar(10)", "varchar(10)"),
        ("float", "real"),
        ("map<string,decimal(10,2)>", "map(varchar, decimal(10,2))"),
        ("struct<a:int,b:array<binary>>", "row(a integer, b array(varbinary))"),
    ],
)
def test_types_of_hive(hive: str, trino: str) -> None:
    assert trino_types.of_hive(hive) == trino
