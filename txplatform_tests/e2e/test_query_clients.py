"""Every client of Athena gets the same rows: `txplatform.query`, boto3, the AWS CLI and PyAthena."""

import json
import os
import re
import subprocess
import sys
import time
import tomllib
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

import pytest

import txplatform
from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.render.openapi import openapi_document
from txplatform.dashboards.html.api_reference import render_api_reference
from txplatform.errors import QueryError
from txplatform_tests.e2e.flow import Platform

pytestmark = pytest.mark.e2e

_ROOT = Path(__file__).parents[2]

SQL = "SELECT payment_id, amount FROM payments WHERE payment_id LIKE 'clients-%' ORDER BY payment_id"
ROWS = [("clients-1", Decimal("0.10")), ("clients-2", Decimal("1234567890123456.78"))]


@pytest.fixture
def two_payments(platform: Platform) -> Platform:
    moment = "2026-04-01T00:00:00Z"
    common = {
        "customer_id": "cus-1", "merchant_id": "shop", "currency": "EUR", "status": "captured", "method": "card",
        "created_at": moment, "updated_at": moment,
    }  # fmt: skip
    records = [{"payment_id": key, "amount": str(amount), **common} for key, amount in ROWS]
    results = platform.api.entity("payments").upsert_all(records)
    assert not any(result.rejected for result in results)
    platform.drain("payments")
    return platform


def _texts() -> list[list[str]]:
    return [[key, str(amount)] for key, amount in ROWS]


def test_the_query_of_the_package_gives_decimals(two_payments: Platform) -> None:
    frame = txplatform.query(SQL)
    assert list(frame.itertuples(index=False, name=None)) == ROWS
    assert all(isinstance(value, Decimal) for value in frame["amount"])


def test_boto3(two_payments: Platform) -> None:
    athena = two_payments.clients.client("athena")
    query = athena.start_query_execution(
        QueryString=SQL, QueryExecutionContext={"Database": names.DATABASE}, WorkGroup=names.WORKGROUP
    )["QueryExecutionId"]
    two_payments.wait_until(
        lambda: athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]["State"] == "SUCCEEDED"
    )
    header, *rows = athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]
    assert [cell["VarCharValue"] for cell in header["Data"]] == ["payment_id", "amount"]
    assert [[cell["VarCharValue"] for cell in row["Data"]] for row in rows] == _texts()


def test_aws_cli(two_payments: Platform, stack_env: dict[str, str]) -> None:
    def aws(*arguments: str) -> Any:
        command = [str(Path(sys.executable).with_name("aws")), "athena", *arguments, "--output", "json"]
        environment = {**stack_env, "PATH": "/usr/bin:/bin", "AWS_CONFIG_FILE": "/dev/null", "AWS_PAGER": ""}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
        return json.loads(done.stdout)

    query = aws(
        "start-query-execution", "--query-string", SQL, "--work-group", names.WORKGROUP,
        "--query-execution-context", f"Database={names.DATABASE}",
    )["QueryExecutionId"]  # fmt: skip
    for _ in range(40):
        state = aws("get-query-execution", "--query-execution-id", query)["QueryExecution"]["Status"]["State"]
        if state not in ("QUEUED", "RUNNING"):
            break
        time.sleep(0.2)
    assert state == "SUCCEEDED"
    _, *rows = aws("get-query-results", "--query-execution-id", query)["ResultSet"]["Rows"]
    assert [[cell["VarCharValue"] for cell in row["Data"]] for row in rows] == _texts()


def test_pyathena(two_payments: Platform) -> None:
    from pyathena import connect

    with connect(
        work_group=names.WORKGROUP, schema_name=names.DATABASE, region_name=two_payments.clients.settings.region
    ) as connection:
        rows = connection.cursor().execute(SQL).fetchall()
    assert rows == ROWS


def test_the_api_page_shows_how_to_get_a_token(stack_env: dict[str, str]) -> None:
    document = openapi_document(load_contracts(), stack_env["TXP_API_URL"])
    page = render_api_reference(document)
    [snippet] = re.findall(r'<pre id="authorization">(.*?)</pre>', page, re.DOTALL)
    call = f"""curl -sf -H "Authorization: Bearer $TOKEN" '{document["servers"][0]["url"]}/v1/payments?limit=1'"""
    command = ["bash", "-c", f"{unescape(snippet)}\n{call}"]
    environment = {**stack_env, "PATH": os.environ["PATH"]}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert "items" in json.loads(done.stdout)


def test_the_clients_of_the_readme_come_with_the_demo() -> None:
    extras = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    installed = {requirement.partition(">")[0].partition("=")[0] for requirement in extras["local"]}
    assert {"awscli", "PyAthena"} <= installed


def test_an_unknown_column_fails_as_on_athena(two_payments: Platform) -> None:
    with pytest.raises(QueryError, match=r"COLUMN_NOT_FOUND: line 1:8: Column 'amuont' cannot be resolved"):
        txplatform.query("SELECT amuont FROM payments")
