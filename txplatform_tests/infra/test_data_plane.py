"""What the data plane promises of each entity, read from the committed template."""

from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App

from infra.app import SingleStackSynthesizer
from infra.environments import PRODUCTION
from infra.stacks.data_plane import DataPlaneStack
from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts

ENTITIES = list(load_contracts())


def of_type(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {
        logical_id: resource["Properties"]
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == kind
    }


def named(template: dict[str, Any], kind: str, key: str, name: str) -> tuple[str, dict[str, Any]]:
    (found,) = [item for item in of_type(template, kind).items() if item[1].get(key) == name]
    return found


def mapping_of(template: dict[str, Any], source: str) -> dict[str, Any]:
    mappings = of_type(template, "AWS::Lambda::EventSourceMapping").values()
    (found,) = [item for item in mappings if item["EventSourceArn"]["Fn::GetAtt"][0] == source]
    return found


@pytest.mark.parametrize("entity", ENTITIES)
def test_an_inbound_queue_gives_up_after_five_receives_and_outlives_its_function(
    template: dict[str, Any], entity: str
) -> None:
    inbound, queue = named(template, "AWS::SQS::Queue", "QueueName", names.inbound_queue(entity))
    dead_letters, _ = named(template, "AWS::SQS::Queue", "QueueName", names.inbound_dead_letter_queue(entity))
    assert queue["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": [dead_letters, "Arn"]},
        "maxReceiveCount": 5,
    }
    mapping = mapping_of(template, inbound)
    function = template["Resources"][mapping["FunctionName"]["Ref"]]["Properties"]
    assert function["FunctionName"] == names.function_name(names.Function.SOURCE)
    assert queue["VisibilityTimeout"] >= 6 * function["Timeout"]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


@pytest.mark.parametrize("entity", ENTITIES)
def test_an_entity_table_streams_both_images_and_keeps_what_its_stream_gave_up(
    template: dict[str, Any], entity: str
) -> None:
    table_id, table = named(template, "AWS::DynamoDB::Table", "TableName", names.entity_table(entity))
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "_expires_at", "Enabled": True}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    mapping = mapping_of(template, table_id)
    assert mapping["EventSourceArn"] == {"Fn::GetAtt": [table_id, "StreamArn"]}
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    kept_in = template["Resources"][mapping["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]]
    assert kept_in["Type"] == "AWS::S3::Bucket"  # a queue would keep metadata only


@pytest.mark.parametrize("entity", ENTITIES)
def test_every_route_of_an_entity_is_behind_the_authorizer(template: dict[str, Any], entity: str) -> None:
    routes = {item["RouteKey"]: item for item in of_type(template, "AWS::ApiGatewayV2::Route").values()}
    path = f"/v1/{entity}"
    expected = {
        *(f"GET {path}", f"POST {path}", f"POST {path}/batch"),
        *(f"GET {path}/{{key}}", f"PUT {path}/{{key}}", f"DELETE {path}/{{key}}"),
    }
    assert {key for key in routes if key.split()[1].startswith(path)} == expected
    authorizers = of_type(template, "AWS::ApiGatewayV2::Authorizer")
    for key in expected:
        assert routes[key]["AuthorizationType"] == "CUSTOM"
        assert routes[key]["AuthorizerId"]["Ref"] in authorizers


def test_a_cached_authorizer_answer_holds_for_one_route_only(template: dict[str, Any]) -> None:
    (authorizer,) = of_type(template, "AWS::ApiGatewayV2::Authorizer").values()
    assert authorizer["IdentitySource"] == ["$request.header.Authorization", "$context.routeKey"]
    assert authorizer["AuthorizerResultTtlInSeconds"] == 300
    assert authorizer["EnableSimpleResponses"] is True


@pytest.mark.parametrize("entity", ENTITIES)
def test_dead_letters_refusals_and_abandoned_changes_raise_alarms(template: dict[str, Any], entity: str) -> None:
    alarms = {item["AlarmName"]: item for item in of_type(template, "AWS::CloudWatch::Alarm").values()}
    topic, _ = named(template, "AWS::SNS::Topic", "TopicName", names.ALERTS_TOPIC)
    for name in (
        f"{names.inbound_dead_letter_queue(entity)}-depth",
        f"txplatform-{entity}-refused",
        f"txplatform-{entity}-changes-failed",
    ):
        assert alarms[name]["AlarmActions"] == [{"Ref": topic}]
    refused = alarms[f"txplatform-{entity}-refused"]
    assert refused["Namespace"] == names.METRIC_NAMESPACE
    assert refused["Dimensions"] == [{"Name": "Entity", "Value": entity}]


@pytest.mark.parametrize("prefix", names.LANE_PREFIXES.values())
def test_objects_without_a_place_raise_an_alarm(template: dict[str, Any], prefix: str) -> None:
    alarms = {item["AlarmName"]: item for item in of_type(template, "AWS::CloudWatch::Alarm").values()}
    alarm = alarms[f"txplatform-{prefix}-unrecognised"]
    assert (alarm["Namespace"], alarm["MetricName"]) == (names.METRIC_NAMESPACE, "ObjectsUnrecognised")
    assert alarm["Dimensions"] == [{"Name": "Prefix", "Value": prefix}]


def test_scopes_are_one_to_read_and_one_to_write_an_entity(template: dict[str, Any]) -> None:
    (server,) = of_type(template, "AWS::Cognito::UserPoolResourceServer").values()
    scopes = {scope["ScopeName"] for scope in server["Scopes"]}
    assert scopes == {scope for entity in ENTITIES for scope in (names.read_scope(entity), names.write_scope(entity))}


def test_landed_objects_of_both_lanes_are_announced(template: dict[str, Any]) -> None:
    queue, _ = named(template, "AWS::SQS::Queue", "QueueName", names.LANDING_QUEUE)
    (bucket,) = [item for item in of_type(template, "AWS::S3::Bucket").values() if "NotificationConfiguration" in item]
    announced = bucket["NotificationConfiguration"]["QueueConfigurations"]
    prefixes = {item["Filter"]["S3Key"]["Rules"][0]["Value"] for item in announced}
    assert prefixes == {f"{prefix}/" for prefix in names.LANE_PREFIXES.values()}
    assert all(item["Queue"] == {"Fn::GetAtt": [queue, "Arn"]} for item in announced)


def synthesise(entities: list[str], outdir: Path) -> dict[str, Any]:
    app = App(outdir=str(outdir), analytics_reporting=False)
    DataPlaneStack(
        app,
        "stack",
        environment=PRODUCTION,
        entities=entities,
        bundles=outdir,
        synthesizer=SingleStackSynthesizer(),
    )
    return app.synth().get_stack_by_name("stack").template["Resources"]


# These list entities, and are updated in place.
LISTS = (
    "AWS::IAM::Role",
    "AWS::Cognito::UserPoolClient",
    "AWS::Cognito::UserPoolResourceServer",
    "AWS::Lambda::Function",
)


def test_a_new_entity_replaces_nothing(tmp_path: Path) -> None:
    before = synthesise(["payments"], tmp_path / "before")
    after = synthesise(["accounts", "payments"], tmp_path / "after")
    assert before.keys() < after.keys()
    changed = [key for key, resource in before.items() if resource["Type"] not in LISTS and after[key] != resource]
    assert changed == []
