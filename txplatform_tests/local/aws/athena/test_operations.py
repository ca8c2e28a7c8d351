"""Operations beside the queries: result reuse, statistics, named queries, prepared statements, work groups."""

import uuid
from typing import Any

import pytest

from txplatform.local.clients import LocalClients
from txplatform_tests.local.aws.aws_process import BUCKET, DATABASE, Ask

REUSE = {"ResultReuseByAgeConfiguration": {"Enabled": True, "MaxAgeInMinutes": 5}}


def test_a_result_is_reused_up_to_its_age(ask: Ask, sales: object) -> None:
    sql = "SELECT count(*) AS reused FROM sales"
    first = ask(sql)
    again = ask(sql, ResultReuseConfiguration=REUSE)
    shown = again.execution["Statistics"]
    assert again.rows == first.rows
    assert again.execution["ResultConfiguration"] == first.execution["ResultConfiguration"]
    assert again.execution["ResultReuseConfiguration"] == REUSE
    assert (shown["ResultReuseInformation"]["ReusedPreviousResult"], shown["DataScannedInBytes"]) == (True, 0)
    assert first.execution["Statistics"]["DataScannedInBytes"] > 0
    fresh = ({"Enabled": False}, {"Enabled": True, "MaxAgeInMinutes": 0})
    for asked in ({"ResultReuseByAgeConfiguration": how} for how in fresh):
        statistics = ask(sql, ResultReuseConfiguration=asked).execution["Statistics"]
        assert statistics["ResultReuseInformation"] == {"ReusedPreviousResult": False}


def test_runtime_statistics(client: LocalClients, ask: Ask, sales: object) -> None:
    answer = ask("SELECT * FROM sales")
    found = client("athena").get_query_runtime_statistics(QueryExecutionId=answer.execution["QueryExecutionId"])
    statistics = found["QueryRuntimeStatistics"]
    assert statistics["Rows"]["OutputRows"] == len(answer.rows)
    assert statistics["Rows"]["InputBytes"] == answer.execution["Statistics"]["DataScannedInBytes"]
    assert statistics["Timeline"]["TotalExecutionTimeInMillis"] >= statistics["Timeline"]["EngineExecutionTimeInMillis"]


def test_named_queries(client: LocalClients, name: str) -> None:
    athena = client("athena")
    given = {"Name": name, "Database": DATABASE, "QueryString": "SELECT 1", "ClientRequestToken": name * 3}
    made = athena.create_named_query(**given)["NamedQueryId"]
    assert athena.create_named_query(**given)["NamedQueryId"] == made
    refused = athena.exceptions.InvalidRequestException
    with pytest.raises(refused, match="Idempotent parameters do not match"):
        athena.create_named_query(**{**given, "QueryString": "SELECT 2"})
    with pytest.raises(refused, match="WorkGroup nowhere is not found"):
        athena.create_named_query(**{**given, "WorkGroup": "nowhere"})
    athena.update_named_query(NamedQueryId=made, Name=name, QueryString="SELECT 3")
    assert athena.get_named_query(NamedQueryId=made)["NamedQuery"]["QueryString"] == "SELECT 3"
    assert made in athena.list_named_queries()["NamedQueryIds"]
    missing = str(uuid.uuid4())
    batch = athena.batch_get_named_query(NamedQueryIds=[made, missing])
    assert [query["NamedQueryId"] for query in batch["NamedQueries"]] == [made]
    assert [query["NamedQueryId"] for query in batch["UnprocessedNamedQueryIds"]] == [missing]
    athena.delete_named_query(NamedQueryId=made)
    with pytest.raises(refused, match="was not found"):
        athena.get_named_query(NamedQueryId=made)


def test_prepared_statements_in_a_batch(client: LocalClients, name: str) -> None:
    athena = client("athena")
    athena.create_prepared_statement(StatementName=name, WorkGroup="primary", QueryStatement="SELECT ?")
    batch = athena.batch_get_prepared_statement(PreparedStatementNames=[name, "nothing"], WorkGroup="primary")
    assert [found["QueryStatement"] for found in batch["PreparedStatements"]] == ["SELECT ?"]
    assert [found["StatementName"] for found in batch["UnprocessedPreparedStatementNames"]] == ["nothing"]


def test_a_work_group_is_updated_tagged_and_disabled(client: LocalClients, name: str) -> None:
    athena = client("athena")
    athena.create_work_group(Name=name, Configuration={"ResultConfiguration": {"OutputLocation": f"s3://{BUCKET}/w/"}})
    athena.update_work_group(
        WorkGroup=name,
        Description="by day",
        ConfigurationUpdates={"ResultConfigurationUpdates": {"OutputLocation": f"s3://{BUCKET}/other/"}},
    )
    found = athena.get_work_group(WorkGroup=name)["WorkGroup"]
    assert found["Configuration"]["ResultConfiguration"]["OutputLocation"] == f"s3://{BUCKET}/other/"
    removed = {"ResultConfigurationUpdates": {"RemoveOutputLocation": True}}
    athena.update_work_group(WorkGroup=name, State="DISABLED", ConfigurationUpdates=removed)
    with pytest.raises(athena.exceptions.InvalidRequestException, match="is disabled"):
        athena.start_query_execution(QueryString="SELECT 1", WorkGroup=name)
    arn = f"arn:aws:athena:us-east-1:123456789012:workgroup/{name}"
    athena.tag_resource(ResourceARN=arn, Tags=[{"Key": "team", "Value": "data"}])
    assert athena.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "team", "Value": "data"}]
    assert "Athena engine version 3" in [
        version["EffectiveEngineVersion"] for version in athena.list_engine_versions()["EngineVersions"]
    ]


def test_metadata_tells_comments_keys_and_files(client: LocalClients, ask: Ask, name: str) -> None:
    made = (
        f"CREATE EXTERNAL TABLE {name} (a int COMMENT 'first') COMMENT 'all' PARTITIONED BY (d date) STORED AS PARQUET "
        f"LOCATION 's3://{BUCKET}/shown/'"
    )
    assert ask(made).error == ""
    here = {"CatalogName": "AwsDataCatalog", "DatabaseName": DATABASE, "TableName": name}
    shown = client("athena").get_table_metadata(**here)["TableMetadata"]
    assert shown["Columns"] == [{"Name": "a", "Type": "int", "Comment": "first"}]
    assert shown["PartitionKeys"] == [{"Name": "d", "Type": "date"}]
    assert shown["Parameters"]["location"] == f"s3://{BUCKET}/shown"
    assert shown["Parameters"]["comment"] == "all"
    assert shown["Parameters"]["serde.serialization.lib"].endswith("ParquetHiveSerDe")


@pytest.mark.parametrize(
    ("operation", "request_", "message"),
    [
        ("get_work_group", {"WorkGroup": "nowhere"}, "WorkGroup nowhere is not found"),
        ("delete_work_group", {"WorkGroup": "nowhere"}, "WorkGroup nowhere is not found"),
        ("delete_work_group", {"WorkGroup": "primary"}, "cannot be deleted"),
        ("create_work_group", {"Name": "primary"}, "already created"),
        ("create_work_group", {"Name": "a b"}, "no name of a work group"),
        ("list_work_groups", {"NextToken": "x"}, "Invalid NextToken"),
        ("list_query_executions", {"WorkGroup": "nowhere"}, "WorkGroup nowhere is not found"),
        ("list_prepared_statements", {"WorkGroup": "nowhere"}, "WorkGroup nowhere is not found"),
        ("tag_resource", {"ResourceARN": "nothing", "Tags": [{"Key": "a", "Value": "b"}]}, "no ARN of a work group"),
        ("create_data_catalog", {"Name": "c", "Type": "LAMBDA"}, "CreateDataCatalog is not supported locally"),
        ("create_capacity_reservation", {"Name": "r", "TargetDpus": 24}, "is not supported locally"),
    ],
)
def test_an_operation_on_what_is_not_there_is_an_invalid_request(
    client: LocalClients, operation: str, request_: dict[str, Any], message: str
) -> None:
    with pytest.raises(client("athena").exceptions.InvalidRequestException, match=message):
        getattr(client("athena"), operation)(**request_)
