"""The API of query executions: results in pages and in S3, stopping, work groups, refusals."""

import time
import uuid

import pytest
from botocore.exceptions import ClientError
from pyiceberg.table import Table

from txplatform.local.clients import LocalClients
from txplatform_tests.local.aws.aws_process import BUCKET, DATABASE, Ask


def test_results_come_in_pages(client: LocalClients, ask: Ask) -> None:
    answer = ask("SELECT n FROM UNNEST(sequence(1, 2500)) AS t(n) ORDER BY n")
    assert [row[0] for row in answer.rows] == [str(number) for number in range(1, 2501)]
    execution = answer.execution["QueryExecutionId"]
    page = client("athena").get_query_results(QueryExecutionId=execution, MaxResults=3)
    assert [row["Data"][0]["VarCharValue"] for row in page["ResultSet"]["Rows"]] == ["n", "1", "2"]
    page = client("athena").get_query_results(QueryExecutionId=execution, MaxResults=3, NextToken=page["NextToken"])
    assert [row["Data"][0]["VarCharValue"] for row in page["ResultSet"]["Rows"]] == ["3", "4", "5"]


def test_the_result_object_tells_null_from_empty(client: LocalClients, ask: Ask) -> None:
    answer = ask("SELECT NULL AS a, '' AS b, 'x\"y,\nz' AS c, DECIMAL '1.50' AS d")
    bucket, _, key = answer.execution["ResultConfiguration"]["OutputLocation"].removeprefix("s3://").partition("/")
    assert key == f"results/{answer.execution['QueryExecutionId']}.csv"
    body = client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    assert body == b'"a","b","c","d"\n,"","x""y,\nz","1.50"\n'


@pytest.mark.parametrize("seconds", [0, 0.01, 0.5])
def test_a_query_can_be_stopped_at_any_moment(client: LocalClients, ask: Ask, seconds: float) -> None:
    athena = client("athena")
    many = "UNNEST(sequence(1, 10000))"
    endless = (
        f"SELECT count(*) FROM {many} AS a(x) CROSS JOIN {many} AS b(y) CROSS JOIN {many} AS c(z) WHERE x * y * z = 7"
    )
    started = athena.start_query_execution(
        QueryString=endless, ResultConfiguration={"OutputLocation": f"s3://{BUCKET}/results/"}
    )["QueryExecutionId"]
    time.sleep(seconds)
    athena.stop_query_execution(QueryExecutionId=started)
    deadline = time.monotonic() + 20
    while (status := athena.get_query_execution(QueryExecutionId=started)["QueryExecution"]["Status"])["State"] in (
        "QUEUED",
        "RUNNING",
    ):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert status["State"] == "CANCELLED"
    with pytest.raises(ClientError, match="did not finish successfully"):
        athena.get_query_results(QueryExecutionId=started)


def test_a_work_group_says_where_results_go(client: LocalClients, ask: Ask, name: str) -> None:
    athena = client("athena")
    location = f"s3://{BUCKET}/{name}/"
    athena.create_work_group(
        Name=name,
        Configuration={
            "ResultConfiguration": {"OutputLocation": location},
            "EnforceWorkGroupConfiguration": True,
        },
    )
    started = athena.start_query_execution(
        QueryString="SELECT 1", WorkGroup=name, ResultConfiguration={"OutputLocation": "s3://elsewhere/"}
    )["QueryExecutionId"]
    execution = athena.get_query_execution(QueryExecutionId=started)["QueryExecution"]
    assert execution["ResultConfiguration"]["OutputLocation"].startswith(location)
    assert athena.list_query_executions(WorkGroup=name)["QueryExecutionIds"] == [started]
    batch = athena.batch_get_query_execution(QueryExecutionIds=[started, str(uuid.uuid4())])
    assert [found["QueryExecutionId"] for found in batch["QueryExecutions"]] == [started]
    assert len(batch["UnprocessedQueryExecutionIds"]) == 1


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"QueryString": "SELECT 1"}, "No output location provided"),
        ({"QueryString": "SELECT 1", "WorkGroup": "nowhere"}, "WorkGroup nowhere is not found"),
        ({"QueryString": "SELEKT 1"}, "mismatched input 'selekt'"),
        ({"QueryString": "CREATE FUNCTION f() RETURNS int"}, "not supported"),
    ],
)
def test_refused_request(client: LocalClients, request_: dict[str, str], message: str, ask: Ask) -> None:
    output = {} if message.startswith("No output") else {"ResultConfiguration": {"OutputLocation": f"s3://{BUCKET}/r/"}}
    athena = client("athena")
    with pytest.raises(athena.exceptions.InvalidRequestException, match=message):
        athena.start_query_execution(**request_, **output)


def test_a_repeated_request_token_starts_nothing_new(client: LocalClients, ask: Ask) -> None:
    started = {
        client("athena").start_query_execution(
            QueryString="SELECT 1",
            ClientRequestToken="t" * 32,
            ResultConfiguration={"OutputLocation": f"s3://{BUCKET}/results/"},
        )["QueryExecutionId"]
        for _ in range(2)
    }
    assert len(started) == 1


def test_a_missing_result_bucket_fails_the_query(client: LocalClients, ask: Ask) -> None:
    athena = client("athena")
    started = athena.start_query_execution(
        QueryString="SELECT 1", ResultConfiguration={"OutputLocation": "s3://no-such-bucket-here/"}
    )["QueryExecutionId"]
    while (status := athena.get_query_execution(QueryExecutionId=started)["QueryExecution"]["Status"])["State"] in (
        "QUEUED",
        "RUNNING",
    ):
        time.sleep(0.02)
    assert status["State"] == "FAILED"
    assert "no-such-bucket-here" in status["StateChangeReason"]


def test_catalog_statements(ask: Ask, sales: Table) -> None:
    assert (DATABASE,) in ask("SHOW DATABASES").rows
    assert ask("SHOW TABLES IN shop 'sal*'").rows == [("sales",)]
    assert ("amount", "decimal(18,2)", "") in ask("DESCRIBE sales").rows
    assert ask("DESCRIBE `shop`.`sales`").rows == ask("DESCRIBE sales").rows
    assert ("amount".ljust(20),) in ask("SHOW COLUMNS FROM sales").rows
    assert "TABLE_NOT_FOUND" in ask("DESCRIBE slaes").error


def test_a_request_token_belongs_to_one_request(client: LocalClients, ask: Ask, name: str) -> None:
    request = {"ClientRequestToken": name * 3, "ResultConfiguration": {"OutputLocation": f"s3://{BUCKET}/results/"}}
    athena = client("athena")
    athena.start_query_execution(QueryString="SELECT 1", **request)
    with pytest.raises(athena.exceptions.InvalidRequestException, match="Idempotent parameters do not match"):
        athena.start_query_execution(QueryString="SELECT 2", **request)


def test_clients_browse_the_catalog(client: LocalClients, ask: Ask, sales: Table) -> None:
    athena = client("athena")
    here = {"CatalogName": "AwsDataCatalog", "DatabaseName": DATABASE}
    assert [found["CatalogName"] for found in athena.list_data_catalogs()["DataCatalogsSummary"]] == ["AwsDataCatalog"]
    assert athena.get_data_catalog(Name="awsdatacatalog")["DataCatalog"]["Type"] == "GLUE"
    assert {"Name": DATABASE} in athena.list_databases(CatalogName="AwsDataCatalog")["DatabaseList"]
    assert athena.get_database(**here)["Database"] == {"Name": DATABASE}
    (listed,) = athena.list_table_metadata(**here, Expression="sal.s")["TableMetadataList"]
    assert listed == athena.get_table_metadata(**here, TableName="SALES")["TableMetadata"]
    assert {"Name": "amount", "Type": "decimal(18,2)"} in listed["Columns"]
    with pytest.raises(athena.exceptions.MetadataException, match="slaes"):
        athena.get_table_metadata(**here, TableName="slaes")
    with pytest.raises(athena.exceptions.InvalidRequestException, match="Catalog other is not found"):
        athena.list_databases(CatalogName="other")
    assert "CATALOG_NOT_FOUND" in ask("SELECT * FROM other.shop.sales").error
    assert "COLUMN_NOT_FOUND" in ask("SELECT filename FROM sales").error
    assert "COLUMN_NAME_NOT_SPECIFIED" in ask("CREATE VIEW unnamed AS SELECT 1 + 1").error


def test_what_is_unknown_is_an_invalid_request(client: LocalClients, ask: Ask) -> None:
    athena = client("athena")
    started = ask("SELECT 1").execution["QueryExecutionId"]
    refused = athena.exceptions.InvalidRequestException
    with pytest.raises(refused, match="GetCalculationExecution is not supported locally"):
        athena.get_calculation_execution(CalculationExecutionId="x")
    for token in ("x", "-1", "9" * 30, "3"):
        with pytest.raises(refused, match="Invalid NextToken"):
            athena.get_query_results(QueryExecutionId=started, NextToken=token)
    with pytest.raises(refused, match="Invalid NextToken"):
        athena.list_query_executions(NextToken="1e3")
