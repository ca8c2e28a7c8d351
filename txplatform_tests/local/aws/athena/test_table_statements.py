"""Tables made, filled, changed, widened and dropped by statements alone, as Athena answers them."""

import pytest
from pyiceberg.catalog.glue import GlueCatalog

from txplatform.local.clients import LocalClients
from txplatform_tests.local.aws.aws_process import BUCKET, DATABASE, Ask

ROWS = "(VALUES (1, 'a', DECIMAL '1.50', DATE '2024-01-01'), (2, 'b', NULL, DATE '2024-01-02')) AS t(id, s, x, d)"


def done(ask: Ask, sql: str) -> int:
    """Run a statement that must succeed; return its update count."""
    answer = ask(sql)
    assert answer.error == "", sql
    return answer.update_count


def test_an_iceberg_table_lives_through_its_statements(ask: Ask, name: str, iceberg: GlueCatalog) -> None:
    columns = (
        "`id` bigint COMMENT 'the key', x decimal(18,2), at timestamp, tags array<string>, o struct<a:int,b:string>"
    )
    made = (
        f"CREATE TABLE IF NOT EXISTS `{DATABASE}`.`{name}` ({columns}) PARTITIONED BY (day(at), bucket(4, id)) "
        f"LOCATION 's3://{BUCKET}/made/{name}/' TBLPROPERTIES ('table_type'='ICEBERG', 'write_compression'='snappy')"
    )
    assert done(ask, made) == done(ask, made) == 0
    assert "TABLE_ALREADY_EXISTS" in ask(made.replace("IF NOT EXISTS ", "")).error
    table = iceberg.load_table((DATABASE, name))
    assert [field.name for field in table.spec().fields] == ["at_day", "id_bucket"]
    assert table.schema().find_field("id").doc == "the key"
    values = (
        f"INSERT INTO awsdatacatalog.{DATABASE}.{name} VALUES (1, DECIMAL '1.5', "
        "TIMESTAMP '2024-01-01 10:00:00.123456', ARRAY['a', NULL], NULL), (2, NULL, NULL, NULL, NULL)"
    )
    assert done(ask, values) == 2
    assert (
        done(
            ask,
            f"INSERT INTO {name} (x, id) SELECT CAST(x + 1 AS decimal(18,2)), id + 2 FROM {name} WHERE x > DECIMAL '1'",
        )
        == 1
    )
    assert ask(f"SELECT id, x, at, tags FROM {name} ORDER BY id").rows == [
        ("1", "1.50", "2024-01-01 10:00:00.123456", "[a, null]"),
        ("2", None, None, None),
        ("3", "2.50", None, None),
    ]
    updated = f"UPDATE {DATABASE}.{name} SET x = DECIMAL '3', tags = ARRAY['u'] WHERE id IN (1, 3)"
    assert done(ask, updated) == 2
    assert done(ask, f"DELETE FROM {name} WHERE x IS NULL OR id = 3") == 2
    assert done(ask, f"ALTER TABLE {name} ADD COLUMNS (note string COMMENT 'free', n int)") == 0
    assert ask(f"SELECT id, x, tags, note, n FROM {name}").rows == [("1", "3.00", "[u]", None, None)]
    assert "COLUMN_ALREADY_EXISTS" in ask(f"ALTER TABLE {name} ADD COLUMNS (n int)").error
    assert done(ask, f"DELETE FROM {name}") == 1
    assert done(ask, f"DROP TABLE `{name}`") == 0
    assert done(ask, f"DROP TABLE IF EXISTS {name}") == 0
    assert "TABLE_NOT_FOUND" in ask(f"DROP TABLE {name}").error


@pytest.mark.parametrize(
    "properties",
    [
        "table_type = 'ICEBERG', is_external = false, location = 's3://{bucket}/ctas/{name}/', "
        "partitioning = ARRAY['month(d)', 'bucket(id, 4)'], vacuum_min_snapshots_to_keep = 2",
        "table_type = 'ICEBERG', is_external = false",
        "format = 'PARQUET', external_location = 's3://{bucket}/ctas/{name}', partitioned_by = ARRAY['d'], "
        "write_compression = 'SNAPPY'",
        "format = 'PARQUET'",
    ],
)
def test_a_table_is_made_from_a_query(client: LocalClients, ask: Ask, name: str, properties: str) -> None:
    sql = f'CREATE TABLE "{name}" WITH ({properties.format(bucket=BUCKET, name=name)}) AS SELECT * FROM {ROWS}'
    answer = ask(sql)
    assert (answer.error, answer.update_count) == ("", 2)
    assert answer.execution["StatementType"] == "DDL"
    assert answer.execution["SubstatementType"] == "CREATE_TABLE_AS_SELECT"
    listed = _object(client, answer.execution["Statistics"]["DataManifestLocation"]).decode().split()
    assert listed
    assert all(_object(client, file)[:4] == b"PAR1" for file in listed)
    assert ask(f"SELECT id, s, x, d FROM {name} ORDER BY id").rows == [
        ("1", "a", "1.50", "2024-01-01"),
        ("2", "b", None, "2024-01-02"),
    ]
    assert done(ask, f"INSERT INTO {name} SELECT 3, 'c', DECIMAL '0.01', DATE '2024-02-01'") == 1
    assert ask(f"SELECT sum(x), count(*), max(d) FROM {name}").rows == [("1.51", "3", "2024-02-01")]
    assert "TABLE_ALREADY_EXISTS" in ask(sql).error
    assert done(ask, f"DROP TABLE {name}") == 0


def test_a_table_without_data_has_columns(ask: Ask, name: str) -> None:
    assert done(ask, f"CREATE TABLE {name} AS SELECT 1 AS a, 'x' AS b WITH NO DATA") == 0
    answer = ask(f"SELECT * FROM {name}")
    assert (answer.rows, answer.columns) == ([], [("a", "integer"), ("b", "varchar")])


REFUSED = {
    "CREATE TABLE {name} AS SELECT 1": "COLUMN_NAME_NOT_SPECIFIED",
    "CREATE TABLE {name} AS SELECT 1 AS a, 2 AS a": "DUPLICATE_COLUMN_NAME",
    "CREATE TABLE {name} AS SELECT NULL AS a": "COLUMN_TYPE_UNKNOWN: line 1:1: Column type is unknown: a",
    "CREATE TABLE {name} WITH (format = 'ORC') AS SELECT 1 AS a": "NOT_SUPPORTED: the format 'ORC'",
    "CREATE TABLE {name} WITH (bucket_count = 3) AS SELECT 1 AS a": "NOT_SUPPORTED: the table property bucket_count",
    "CREATE TABLE {name} WITH (partitioned_by = ARRAY['a']) AS SELECT 1 AS a, 2 AS b": "HIVE_COLUMN_ORDER_MISMATCH",
    "CREATE TABLE {name} WITH (table_type = 'ICEBERG', is_external = false) AS SELECT now() AS a": "precision (3)",
    "CREATE TABLE {name} WITH (table_type = 'ICEBERG') AS SELECT 1 AS a": "is_external = false is required",
    "CREATE TABLE {name} WITH (a) AS SELECT 1 AS a": "INVALID_TABLE_PROPERTY",
    "CREATE TABLE {name} WITH (format = 'PARQUET')) AS SELECT 1 AS a": "SYNTAX_ERROR",
    "CREATE TABLE {name} (a int) LOCATION 's3://lake/c'": "NOT_SUPPORTED: a table other than Iceberg's",
    "CREATE EXTERNAL TABLE {name} (a int) STORED AS RCFILE LOCATION 's3://lake/c'": "NOT_SUPPORTED",
    "CREATE TABLE {name} WITH (is_external = false) AS SELECT 1 AS a": "is_external = true is required",
    "CREATE TABLE {name} (a smallint) LOCATION 's3://lake/c' TBLPROPERTIES ('table_type'='ICEBERG')": "smallint",
    "CREATE TABLE {name} (a int, A int) LOCATION 's3://lake/c' TBLPROPERTIES ('table_type'='ICEBERG')": "DUPLICATE_COL",
    "CREATE TABLE {name} (a int) LOCATION 's3://lake/c' TBLPROPERTIES ('table_type'='ICEBERG', 'x'='1')": "Unsup",
    "CREATE TABLE {name} (a int) PARTITIONED BY (day(a)) LOCATION 's3://lake' TBLPROPERTIES ('table_type'='iceberg')": (
        "TYPE_MISMATCH"
    ),
    "CREATE TABLE {name} (a int) LOCATION 's3://b/c/' TBLPROPERTIES ('table_type'='iceberg')": "The bucket of s3://b/c/",
    "CREATE TABLE {name} WITH (external_location = 's3://b/c/') AS SELECT 1 AS a": "The bucket of s3://b/c/",
    "CREATE TABLE {name} WITH (external_location = '/tmp/x') AS SELECT 1 AS a": "is no location s3://bucket/prefix/",
    "CREATE TABLE nowhere.t AS SELECT 1 AS a": "SCHEMA_NOT_FOUND",
    "INSERT INTO sales SELECT 1": "TYPE_MISMATCH: line 1:1: Insert query has mismatched column types: Table: [varchar",
    "INSERT INTO sales (id) VALUES (1)": "TYPE_MISMATCH",
    "INSERT INTO sales (id, id) VALUES ('a', 'b')": "DUPLICATE_COLUMN_NAME",
    "INSERT INTO sales (nope) VALUES ('a')": "COLUMN_NOT_FOUND",
    "INSERT INTO sales (id, amount) VALUES ('z', 1.5)": "TYPE_MISMATCH",
    "INSERT INTO sales (amount) VALUES (DECIMAL '1.5')": "CONSTRAINT_VIOLATION",
    "UPDATE sales SET amount = 'x' WHERE id = 'nobody'": "TYPE_MISMATCH",
    "UPDATE sales SET nope = 1": "COLUMN_NOT_FOUND",
    "DELETE FROM sales WHERE id IN (SELECT id FROM sales)": "NOT_SUPPORTED: a subquery in DELETE or UPDATE",
    "DELETE FROM sales WHERE id = 'a') WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN DELETE --": "SYNTAX_ERROR",
    "DELETE FROM sales s": "SYNTAX_ERROR",
    "DELETE FROM other.shop.sales": "CATALOG_NOT_FOUND",
    "DROP TABLE other.shop.sales": "CATALOG_NOT_FOUND",
}


@pytest.mark.parametrize("sql", REFUSED)
def test_refused(ask: Ask, sales: object, name: str, sql: str) -> None:
    before = ask("SELECT count(*) FROM sales").rows
    assert REFUSED[sql] in ask(sql.format(name=name)).error
    assert ask("SELECT count(*) FROM sales").rows == before
    assert "TABLE_NOT_FOUND" in ask(f"SELECT * FROM {name}").error


def test_databases_are_made_and_dropped(ask: Ask, name: str) -> None:
    assert done(ask, f"CREATE DATABASE IF NOT EXISTS {name}") == done(ask, f"CREATE SCHEMA IF NOT EXISTS `{name}`") == 0
    assert "SCHEMA_ALREADY_EXISTS" in ask(f"CREATE SCHEMA {name}").error
    done(ask, f"CREATE TABLE {name}.t AS SELECT 1 AS a")
    assert "SCHEMA_NOT_EMPTY" in ask(f"DROP SCHEMA {name}").error
    assert done(ask, f"DROP DATABASE {name} CASCADE") == done(ask, f"DROP DATABASE IF EXISTS {name}") == 0


def _object(client: LocalClients, location: str) -> bytes:
    bucket, _, key = location.removeprefix("s3://").partition("/")
    return client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()


@pytest.mark.parametrize("value", ["TIME '10:00:00'", "INTERVAL '1' DAY", "JSON '1'", "ARRAY[JSON '1']"])
def test_types_without_a_place_in_tables_are_refused(ask: Ask, name: str, value: str) -> None:
    assert "Unsupported Hive type" in ask(f"CREATE TABLE {name} WITH (format = 'PARQUET') AS SELECT {value} AS x").error


def test_what_a_view_would_hide_is_refused(ask: Ask, name: str) -> None:
    assert "CHAR as a column" in ask(f"CREATE VIEW {name} AS SELECT CAST('a' AS CHAR(3)) AS x").error
    assert ask(f"CREATE VIEW {name} AS SELECT TIMESTAMP '2020-01-01 00:00:00 Asia/Tokyo' AS x").error == ""
    assert "another time zone" in ask(f"SELECT * FROM {name}").error
