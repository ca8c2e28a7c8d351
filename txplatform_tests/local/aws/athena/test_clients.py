"""Real clients, unchanged: the AWS command line and PyAthena give the same rows as boto3."""

import datetime as dt
import json
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyathena
import pytest
from pyathena.pandas.cursor import PandasCursor
from pyiceberg.table import Table

from txplatform.local.environment import aws_environment, child_environment
from txplatform_tests.local.aws.aws_process import BUCKET, DATABASE

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
