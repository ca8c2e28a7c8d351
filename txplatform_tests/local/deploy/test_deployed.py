"""The deployed data plane, read back from AWS: everything the template says is there."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

import pytest

from infra import bundle, committed
from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.names import Function, function_name
from txplatform.local.deploy import Deployment
from txplatform.local.errors import LocalStackError

ENTITIES = list(load_contracts())
ACCOUNT = "123456789012"
Client = Callable[[str], Any]


def test_outputs_are_resolved_to_local_addresses(deployment: Deployment) -> None:
    outputs = deployment.outputs
    assert outputs.keys() == committed.load_template()["Outputs"].keys()
    assert outputs["LakeBucket"] == names.lake_bucket(ACCOUNT, "us-east-1")
    assert outputs["ApiUrl"] == "http://127.0.0.1:8080"
    assert outputs["JwksUrl"] == f"http://127.0.0.1:5000/{outputs['UserPoolId']}/.well-known/jwks.json"
    assert outputs["Issuer"] == f"https://cognito-idp.us-east-1.amazonaws.com/{outputs['UserPoolId']}"


def test_function_environments_are_resolved_to_local_addresses(deployment: Deployment) -> None:
    source = deployment.functions[function_name(Function.SOURCE)].environment
    assert source["TXP_API_URL"] == "http://127.0.0.1:8080"
    assert source["TXP_TOKEN_URL"] == "http://127.0.0.1:8080/oauth2/token"
    assert ":secret:txplatform/source-client" in source["TXP_CLIENT_SECRET_ARN"]
    assert source["TXP_DEAD_LETTER_QUEUE_URL"].endswith(f"/{ACCOUNT}/txplatform-{{entity}}-inbound-dlq")
    authorizer = deployment.functions[function_name(Function.AUTHORIZER)].environment
    [pool] = json.loads(authorizer["TXP_ISSUERS"])
    assert (pool["jwks_url"], pool["issuer"]) == (deployment.outputs["JwksUrl"], deployment.outputs["Issuer"])
    assert deployment.outputs["MachineClientId"] in pool["client_ids"]
    assert authorizer["TXP_FURTHER_ISSUERS"] == "[]"


@pytest.mark.parametrize("function", Function)
def test_functions_run_from_their_unpacked_assets(deployment: Deployment, function: Function) -> None:
    spec = deployment.functions[function_name(function)]
    assert spec.handler == bundle.handler_path(function)
    assert spec.timeout > 0
    assert spec.memory_mb >= 128
    unpacked = {path.relative_to(spec.code_dir).as_posix() for path in spec.code_dir.rglob("*") if path.is_file()}
    assert unpacked == set(bundle.asset_files(function))
    for name, path in bundle.asset_files(function).items():
        assert (spec.code_dir / name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("entity", ENTITIES)
def test_an_inbound_queue_redrives_to_its_dead_letter_queue(
    deployment: Deployment, client: Client, entity: str
) -> None:
    sqs = client("sqs")
    url = sqs.get_queue_url(QueueName=names.inbound_queue(entity))["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    redrive = json.loads(attributes["RedrivePolicy"])
    assert redrive["maxReceiveCount"] == 240
    assert redrive["deadLetterTargetArn"].endswith(f":{names.inbound_dead_letter_queue(entity)}")
    assert attributes["VisibilityTimeout"] == "180"
    assert attributes["MessageRetentionPeriod"] == "604800"
    assert "aws:SecureTransport" in attributes["Policy"]


@pytest.mark.parametrize("entity", ENTITIES)
def test_an_entity_table_has_stream_expiry_and_recovery(deployment: Deployment, client: Client, entity: str) -> None:
    dynamodb, name = client("dynamodb"), names.entity_table(entity)
    table = dynamodb.describe_table(TableName=name)["Table"]
    assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    expiry = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    assert (expiry["TimeToLiveStatus"], expiry["AttributeName"]) == ("ENABLED", "_expires_at")
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


def test_the_ledger_has_its_index_of_pending_rows(deployment: Deployment, client: Client) -> None:
    table = client("dynamodb").describe_table(TableName=deployment.outputs["LedgerTable"])["Table"]
    (index,) = table["GlobalSecondaryIndexes"]
    assert index["IndexName"] == names.LEDGER_PENDING_INDEX
    assert [key["AttributeName"] for key in index["KeySchema"]] == ["pending", "landed_at"]


def test_the_lake_bucket_has_every_property_of_the_template(deployment: Deployment, client: Client) -> None:
    s3, bucket = client("s3"), deployment.outputs["LakeBucket"]
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    encryption = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert encryption["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    rules = {rule["ID"]: rule for rule in s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]}
    assert rules["expire-query-results"]["Expiration"] == {"Days": 7}
    assert rules["expire-query-results"]["Filter"] == {"Prefix": "athena-results/"}
    assert rules["expire-superseded-versions"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 90}
    assert s3.get_bucket_logging(Bucket=bucket)["LoggingEnabled"]["TargetPrefix"] == "lake/"
    inventories = s3.list_bucket_inventory_configurations(Bucket=bucket)["InventoryConfigurationList"]
    assert {item["Id"]: item["Filter"]["Prefix"] for item in inventories} == {"raw": "raw/", "cdc": "cdc/"}


def test_objects_that_land_in_either_lane_are_announced(deployment: Deployment, client: Client) -> None:
    sqs, queue = client("sqs"), deployment.outputs["LandingQueueUrl"]
    landed = {f"{prefix}/payments/dt=2026-11-23/a.csv" for prefix in names.LANE_PREFIXES.values()}
    for key in (*landed, "warehouse/payments_files/a.parquet"):
        client("s3").put_object(Bucket=deployment.outputs["LakeBucket"], Key=key, Body=b"x")
    messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    events = [json.loads(message["Body"]) for message in messages]
    keys = [unquote_plus(event["Records"][0]["s3"]["object"]["key"]) for event in events if "Records" in event]
    assert len(keys) == len(landed)
    assert set(keys) == landed


@pytest.mark.parametrize("entity", ENTITIES)
def test_stream_mappings_keep_every_property(deployment: Deployment, client: Client, entity: str) -> None:
    stream = client("dynamodb").describe_table(TableName=names.entity_table(entity))["Table"]["LatestStreamArn"]
    (mapping,) = client("lambda").list_event_source_mappings(EventSourceArn=stream)["EventSourceMappings"]
    assert mapping["FunctionArn"].endswith(f":{function_name(Function.CDC)}")
    expected = {
        "BatchSize": 100,
        "BisectBatchOnFunctionError": True,
        "DestinationConfig": {"OnFailure": {"Destination": f"arn:aws:s3:::{deployment.outputs['LakeBucket']}"}},
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "MaximumBatchingWindowInSeconds": 1,
        "MaximumRecordAgeInSeconds": 23 * 60 * 60,
        "MaximumRetryAttempts": -1,
        "StartingPosition": "TRIM_HORIZON",
    }
    assert {key: mapping[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("queue", "function"),
    [(names.LANDING_QUEUE, Function.LANDING)] + [(names.inbound_queue(entity), Function.SOURCE) for entity in ENTITIES],
)
def test_queue_mappings_feed_their_function(
    deployment: Deployment, client: Client, queue: str, function: Function
) -> None:
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:{queue}"
    (mapping,) = client("lambda").list_event_source_mappings(EventSourceArn=arn)["EventSourceMappings"]
    assert mapping["FunctionArn"].endswith(f":{function_name(function)}")
    assert (mapping["BatchSize"], mapping["FunctionResponseTypes"]) == (10, ["ReportBatchItemFailures"])
    assert mapping["ScalingConfig"]["MaximumConcurrency"] == 10


def test_routes_lead_through_the_authorizer_to_the_data_api(deployment: Deployment, client: Client) -> None:
    api, gateway = deployment.outputs["ApiId"], client("apigatewayv2")
    routes = gateway.get_routes(ApiId=api)["Items"]
    guarded = [route for route in routes if route["AuthorizationType"] == "CUSTOM"]
    assert len(guarded) == 8 * len(ENTITIES)  # seven of records, and that of their schema
    door = f"ANY {names.WEBHOOK_PATH}"
    opened = {"GET /health", "GET /v1/openapi.json", door}
    assert {route["RouteKey"] for route in routes if route not in guarded} == opened
    (authorizer_id,) = {route["AuthorizerId"] for route in guarded}
    authorizer = gateway.get_authorizer(ApiId=api, AuthorizerId=authorizer_id)
    assert function_name(Function.AUTHORIZER) in authorizer["AuthorizerUri"]
    assert authorizer["IdentitySource"] == ["$request.header.Authorization", "$context.routeKey"]
    assert authorizer["AuthorizerResultTtlInSeconds"] == 300
    (target,) = {route["Target"] for route in routes if route["RouteKey"] != door}
    integration = gateway.get_integration(ApiId=api, IntegrationId=target.removeprefix("integrations/"))
    assert integration["IntegrationUri"] == deployment.functions[function_name(Function.DATA_API)].arn
    assert integration["PayloadFormatVersion"] == "2.0"


def test_the_stage_keeps_its_throttles(deployment: Deployment, client: Client) -> None:
    (stage,) = client("apigatewayv2").get_stages(ApiId=deployment.outputs["ApiId"])["Items"]
    settings = {"DetailedMetricsEnabled": True, "ThrottlingBurstLimit": 1000, "ThrottlingRateLimit": 500}
    assert stage["DefaultRouteSettings"] == settings


def test_the_platform_policy_is_there_with_its_statements(deployment: Deployment, client: Client) -> None:
    iam, arn = client("iam"), deployment.outputs["PlatformPolicyArn"]
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    table = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/{names.LEDGER_TABLE}"
    assert [table, f"{table}/index/pending"] in [statement["Resource"] for statement in document["Statement"]]


def test_the_secret_holds_the_machine_client(deployment: Deployment, client: Client) -> None:
    outputs = deployment.outputs
    text = client("secretsmanager").get_secret_value(SecretId=outputs["MachineClientSecretArn"])["SecretString"]
    machine = client("cognito-idp").describe_user_pool_client(
        UserPoolId=outputs["UserPoolId"], ClientId=outputs["MachineClientId"]
    )["UserPoolClient"]
    assert json.loads(text) == {"client_id": machine["ClientId"], "client_secret": machine["ClientSecret"]}
    scopes = {f"{names.RESOURCE_SERVER}/{scope}" for entity in ENTITIES for scope in names.scopes(entity)}
    assert set(machine["AllowedOAuthScopes"]) == scopes
    assert machine["AllowedOAuthFlows"] == ["client_credentials"]


def test_the_function_source_may_write_and_no_more(deployment: Deployment, client: Client) -> None:
    arn = deployment.functions[function_name(Function.SOURCE)].environment["TXP_CLIENT_SECRET_ARN"]
    credentials = json.loads(client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])
    found = client("cognito-idp").describe_user_pool_client(
        UserPoolId=deployment.outputs["UserPoolId"], ClientId=credentials["client_id"]
    )["UserPoolClient"]
    assert set(found["AllowedOAuthScopes"]) == {
        f"{names.RESOURCE_SERVER}/{names.write_scope(entity)}" for entity in ENTITIES
    }


def test_requests_are_counted_by_client(deployment: Deployment, client: Client) -> None:
    found = client("logs").describe_metric_filters(logGroupName=f"/aws/apigateway/{names.PREFIX}")["metricFilters"]
    made = {change["metricName"]: change["dimensions"] for item in found for change in item["metricTransformations"]}
    assert made[names.CLIENT_REQUESTS_METRIC] == made[names.CLIENT_REFUSALS_METRIC] == {"Client": "$.meter"}
    assert made[names.THROTTLED_REQUESTS_METRIC] == {"Route": "$.route"}


def test_alarms_publish_to_the_alerts_topic(deployment: Deployment, client: Client) -> None:
    alarms = client("cloudwatch").describe_alarms()["MetricAlarms"]
    defined = [
        item for item in committed.load_template()["Resources"].values() if item["Type"] == "AWS::CloudWatch::Alarm"
    ]
    assert {alarm["AlarmName"] for alarm in alarms} == {item["Properties"]["AlarmName"] for item in defined}
    assert {action for alarm in alarms for action in alarm["AlarmActions"]} == {deployment.outputs["AlertsTopicArn"]}


def test_catalog_and_workgroup_are_there(deployment: Deployment, client: Client) -> None:
    assert client("glue").get_database(Name=deployment.outputs["DatabaseName"])["Database"]["Name"] == names.DATABASE
    workgroup = client("athena").get_work_group(WorkGroup=deployment.outputs["WorkGroup"])["WorkGroup"]
    location = workgroup["Configuration"]["ResultConfiguration"]["OutputLocation"]
    assert location == f"s3://{deployment.outputs['LakeBucket']}/{names.ATHENA_RESULTS_PREFIX}/"


def test_every_resource_has_a_physical_id(deployment: Deployment) -> None:
    assert deployment.physical_ids.keys() == committed.load_template()["Resources"].keys()
    assert all(deployment.physical_ids.values())


def test_the_api_and_the_pool_are_found_by_their_types(deployment: Deployment) -> None:
    assert deployment.the_only("AWS::ApiGatewayV2::Api") == deployment.outputs["ApiId"]
    assert deployment.the_only("AWS::Cognito::UserPool") == deployment.outputs["UserPoolId"]
    assert deployment.the_only("AWS::MSK::Cluster") is None
    with pytest.raises(LocalStackError, match=r"has 6 resources AWS::Lambda::Function"):
        deployment.the_only("AWS::Lambda::Function")


def test_a_deployment_survives_being_handed_over_as_text(deployment: Deployment) -> None:
    assert Deployment.from_json(deployment.to_json()) == deployment
