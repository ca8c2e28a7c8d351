"""Real clients, unchanged: the AWS command line and PyAthena give the same rows as boto3."""

import datetime as dt
import json
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import awscli
import pyathena
import pytest
import sqlalchemy
from awscli.clidriver import create_clidriver
from pyathena.pandas.cursor import PandasCursor
from pyiceberg.table import Table

from txplatform.local.environment import aws_environment, child_environment
from txplatform_tests.local.aws.aws_process import BUCKET, DATABASE, Ask

SQL = "SELECT id, amount, created_at FROM sales WHERE amount < 100 ORDER BY id"


def _connect(endpoint: str, **options: Any) -> Any:
    return pyathena.connect(
        s3_staging_dir=f"s3://{BUCKET}/pyathena/",
        schema_name=DATABASE,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
        poll_interval=0.02,
        **options,
    )


@pytest.fixture(autouse=True)
def _environment(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in aws_environment(endpoint).items():
        monkeypatch.setenv(name, value)


def test_pyathena(endpoint: str, sales: Table) -> None:
    with _connect(endpoint) as connection:
        cursor = connection.cursor()
        cursor.execute(SQL)
        assert [(row[0], row[1]) for row in cursor.fetchall()] == [("a", Decimal("10.00")), ("b", Decimal("0.10"))]
        cursor.execute("SELECT id FROM sales WHERE id = %(id)s", {"id": "a"})
        assert cursor.fetchall() == [("a",)]
        cursor.execute("SELECT id FROM sales WHERE id = ?", ["'b'"], paramstyle="qmark")
        assert cursor.fetchall() == [("b",)]
        with pytest.raises(pyathena.error.OperationalError, match="Column 'amuont' cannot be resolved"):
            cursor.execute("SELECT amuont FROM sales")


def test_pyathena_with_pandas(endpoint: str, sales: Table) -> None:
    with _connect(endpoint, cursor_class=PandasCursor) as connection:
        frame = connection.cursor().execute(SQL).as_pandas()
    assert list(frame["amount"]) == [Decimal("10.00"), Decimal("0.10")]
    assert frame["created_at"][0].to_pydatetime() == dt.datetime(2024, 1, 1, 12, 30, 0, 123456, tzinfo=dt.UTC)


def test_the_aws_command_line(endpoint: str, sales: Table) -> None:
    def aws(*arguments: str) -> dict[str, Any]:
        environment = child_environment(aws_environment(endpoint))
        command = [str(Path(sys.executable).with_name("aws")), "athena", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    started = aws(
        "start-query-execution",
        "--query-string",
        SQL,
        "--query-execution-context",
        f"Database={DATABASE}",
        "--result-configuration",
        f"OutputLocation=s3://{BUCKET}/cli/",
    )["QueryExecutionId"]
    deadline = time.monotonic() + 30
    while (
        aws("get-query-execution", "--query-execution-id", started)["QueryExecution"]["Status"]["State"] != "SUCCEEDED"
    ):
        assert time.monotonic() < deadline
    rows = aws("get-query-results", "--query-execution-id", started)["ResultSet"]["Rows"]
    assert [[cell.get("VarCharValue") for cell in row["Data"]] for row in rows] == [
        ["id", "amount", "created_at"],
        ["a", "10.00", "2024-01-01 12:30:00.123456 UTC"],
        ["b", "0.10", "2024-01-02 12:30:00.123456 UTC"],
    ]


def test_sqlalchemy_reflects_tables_and_views(ask: Ask, sales: Table, name: str) -> None:
    stored = f"STORED AS PARQUET LOCATION 's3://{BUCKET}/reflected/{name}/'"
    columns = "id bigint COMMENT 'the key', price decimal(10,2)"
    for sql in (
        f"CREATE EXTERNAL TABLE {name} ({columns}) COMMENT 'of one day' PARTITIONED BY (day date) {stored}",
        f"CREATE VIEW {name}_view AS SELECT id FROM {name}",
    ):
        assert ask(sql).error == ""
    address = f"awsathena+rest://athena.us-east-1.amazonaws.com:443/{DATABASE}?s3_staging_dir=s3://{BUCKET}/r/"
    engine = sqlalchemy.create_engine(f"{address}&poll_interval=0.02")
    found = sqlalchemy.inspect(engine)
    assert DATABASE in found.get_schema_names()
    assert name in found.get_table_names()
    assert f"{name}_view" in found.get_view_names()
    assert found.get_view_definition(f"{name}_view", DATABASE).endswith(f"SELECT id FROM {name}")
    assert found.get_table_comment(name)["text"] == "of one day"
    assert not found.has_table("nothing")
    table = sqlalchemy.Table(name, sqlalchemy.MetaData(), autoload_with=engine)
    assert [(column.name, str(column.type), column.comment) for column in table.columns] == [
        ("id", "BIGINT", "the key"),
        ("price", "DECIMAL(10, 2)", None),
        ("day", "DATE", None),
    ]
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.select(sqlalchemy.func.count()).select_from(table)).scalar() == 0
    engine.dispose()


def test_the_aws_command_line_browses(
    ask: Ask, sales: Table, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DATA_PATH", str(Path(awscli.__file__).parent / "data"))

    driver = create_clidriver()

    def aws(operation: str, *arguments: str) -> dict[str, Any]:
        assert driver.main(["athena", operation, *arguments]) == 0, capsys.readouterr().err
        return json.loads(capsys.readouterr().out or "{}")

    started = ask("SELECT 1").execution["QueryExecutionId"]
    here = ("--catalog-name", "AwsDataCatalog", "--database-name", DATABASE)
    assert aws("list-data-catalogs")["DataCatalogsSummary"][0]["CatalogName"] == "AwsDataCatalog"
    assert {"Name": DATABASE} in aws("list-databases", *here[:2])["DatabaseList"]
    assert aws("get-table-metadata", *here, "--table-name", "sales")["TableMetadata"]["Name"] == "sales"
    assert aws("list-table-metadata", *here, "--expression", "sales")["TableMetadataList"][0]["Name"] == "sales"
    assert started in aws("list-query-executions", "--max-items", "50")["QueryExecutionIds"]
    batch = aws("batch-get-query-execution", "--query-execution-ids", started)
    assert batch["QueryExecutions"][0]["QueryExecutionId"] == started
    assert aws("get-query-runtime-statistics", "--query-execution-id", started)["QueryRuntimeStatistics"]["Rows"]
    aws("create-work-group", "--name", name)
    assert name in [group["Name"] for group in aws("list-work-groups")["WorkGroups"]]
    aws(
        "create-named-query", "--name", name, "--database", DATABASE, "--query-string", "SELECT 1", "--work-group", name
    )
    assert len(aws("list-named-queries", "--work-group", name)["NamedQueryIds"]) == 1
    statement = ("--statement-name", "by_id", "--work-group", name)
    aws("create-prepared-statement", *statement, "--query-statement", "SELECT ?")
    assert aws("get-prepared-statement", *statement)["PreparedStatement"]["QueryStatement"] == "SELECT ?"
    aws("delete-prepared-statement", *statement)
    aws("delete-work-group", "--work-group", name)
