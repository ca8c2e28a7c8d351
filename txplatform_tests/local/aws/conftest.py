"""A local AWS of its own for these tests, and what they need in it."""

import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from pyiceberg.catalog.glue import GlueCatalog

from txplatform.local.clients import LocalClients
from txplatform.local.environment import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY
from txplatform_tests.local.aws.aws_process import BUCKET, DATABASE, Answer, Ask, start_server


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    process, address = start_server(tmp_path_factory.mktemp("aws"))
    yield address
    process.terminate()
    assert process.wait(timeout=10) == 0


@pytest.fixture(scope="session")
def client(endpoint: str) -> LocalClients:
    return LocalClients(endpoint)


@pytest.fixture
def name() -> str:
    """A name nobody else uses."""
    return f"n{uuid.uuid4().hex[:12]}"


@pytest.fixture(scope="session")
def iceberg(endpoint: str, client: LocalClients) -> GlueCatalog:
    """Glue and S3 through pyiceberg, with bucket and database in place."""
    client("s3").create_bucket(Bucket=BUCKET)
    client("glue").create_database(DatabaseInput={"Name": DATABASE})
    properties = {}
    for service in ("glue", "s3"):
        properties[f"{service}.endpoint"] = endpoint
        properties[f"{service}.region"] = REGION
        properties[f"{service}.access-key-id"] = ACCESS_KEY_ID
        properties[f"{service}.secret-access-key"] = SECRET_ACCESS_KEY
    return GlueCatalog("test", **properties)


@pytest.fixture(scope="session")
def ask(client: LocalClients, iceberg: GlueCatalog) -> Ask:
    """Run a statement to its end, whatever that is."""
    athena = client("athena")

    def run(sql: str, *parameters: str, **options: Any) -> Answer:
        if parameters:
            options["ExecutionParameters"] = list(parameters)
        started = athena.start_query_execution(
            QueryString=sql,
            QueryExecutionContext={"Database": DATABASE},
            ResultConfiguration={"OutputLocation": f"s3://{BUCKET}/results/"},
            **options,
        )["QueryExecutionId"]
        while True:
            execution = athena.get_query_execution(QueryExecutionId=started)["QueryExecution"]
            if execution["Status"]["State"] not in ("QUEUED", "RUNNING"):
                break
            time.sleep(0.01)
        if execution["Status"]["State"] != "SUCCEEDED":
            return Answer(execution, [], [], 0)
        pages = list(athena.get_paginator("get_query_results").paginate(QueryExecutionId=started))
        info = pages[0]["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
        rows = [
            tuple(cell.get("VarCharValue") for cell in row["Data"])
            for page in pages
            for row in page["ResultSet"]["Rows"]
        ]
        columns = [
            (
                column["Name"],
                f"decimal({column['Precision']},{column['Scale']})" if column["Type"] == "decimal" else column["Type"],
            )
            for column in info
        ]
        header = execution["SubstatementType"] == "SELECT"
        return Answer(execution, columns, rows[header:], pages[0]["UpdateCount"])

    return run
