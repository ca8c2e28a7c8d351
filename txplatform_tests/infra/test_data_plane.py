"""What the data plane promises of each entity, read from the committed template."""

from pathlib import Path
from typing import Any

import pytest

from infra import bundle
from infra.app import build_app
from infra.committed import ORCHESTRATION_STACK_NAME, STACK_NAME
from infra.constructs.function import Bundles
from infra.environments import PRODUCTION
from infra.image import STABLE_NAME, Image
from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.mapping.loader import load_systems
from txplatform.contracts.render.dynamodb import secondary_indexes
from txplatform_tests.infra.synthesis import LISTS, mapping_of, named, of_type, synthesise

ENTITIES = list(load_contracts())
SYSTEMS = load_systems(load_contracts())
HOUR, DAY = 60 * 60, 24 * 60 * 60


def function_of(template: dict[str, Any], function: names.Function) -> dict[str, Any]:
    return named(template, "AWS::Lambda::Function", "FunctionName", names.function_name(function))[1]


QUEUES = [(names.LANDING_QUEUE, names.LANDING_DEAD_LETTER_QUEUE, names.Function.LANDING)] + [
    (names.inbound_queue(entity), names.inbound_dead_letter_queue(entity), names.Function.SOURCE) for entity in ENTITIES
]
QUEUES += [(names.source_queue(name), names.source_dead_letter_queue(name), names.Function.SOURCE) for name in SYSTEMS]


@pytest.mark.parametrize(("queue_name", "dead_letters_name", "consumer"), QUEUES)
def test_a_message_survives_an_outage_of_half_a_day_and_then_a_week_as_a_dead_letter(
    template: dict[str, Any], queue_name: str, dead_letters_name: str, consumer: names.Function
) -> None:
    _, queue = named(template, "AWS::SQS::Queue", "QueueName", queue_name)
    dead_letters_id, dead_letters = named(template, "AWS::SQS::Queue", "QueueName", dead_letters_name)
    redrive = queue["RedrivePolicy"]
    assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": [dead_letters_id, "Arn"]}
    assert redrive["maxReceiveCount"] * queue["VisibilityTimeout"] >= 12 * HOUR
    assert redrive["maxReceiveCount"] <= 1000  # the most that SQS takes
    assert queue["VisibilityTimeout"] >= 6 * function_of(template, consumer)["Timeout"]
    # A message keeps its time of sending when it moves.
    assert dead_letters["MessageRetentionPeriod"] - queue["MessageRetentionPeriod"] >= 7 * DAY
    assert queue["MessageRetentionPeriod"] >= 7 * DAY


@pytest.mark.parametrize(("queue_name", "dead_letters_name", "consumer"), QUEUES)
def test_a_queue_feeds_its_function_at_a_bounded_concurrency(
    template: dict[str, Any], queue_name: str, dead_letters_name: str, consumer: names.Function
) -> None:
    mapping = mapping_of(template, named(template, "AWS::SQS::Queue", "QueueName", queue_name)[0])
    function = template["Resources"][mapping["FunctionName"]["Ref"]]["Properties"]
    assert function == function_of(template, consumer)
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": PRODUCTION.queue_concurrency}
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


@pytest.mark.parametrize(("queue_name", "dead_letters_name", "consumer"), QUEUES)
def test_a_backlog_raises_its_alarm_before_its_messages_stop_counting(
    template: dict[str, Any], queue_name: str, dead_letters_name: str, consumer: names.Function
) -> None:
    _, queue = named(template, "AWS::SQS::Queue", "QueueName", queue_name)
    _, alarm = named(template, "AWS::CloudWatch::Alarm", "AlarmName", f"{queue_name}-age")
    assert alarm["MetricName"] == "ApproximateAgeOfOldestMessage"
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": queue_name}]
    # The third receive takes a message out of the metric.
    assert 60 <= alarm["Threshold"] < 2 * queue["VisibilityTimeout"]


def test_the_source_function_outlasts_the_api_that_it_calls(template: dict[str, Any]) -> None:
    source, data_api = (function_of(template, name) for name in (names.Function.SOURCE, names.Function.DATA_API))
    assert source["Timeout"] > data_api["Timeout"]


def test_a_deleted_record_stays_dead_for_as_long_as_a_dead_letter_can_come_back(template: dict[str, Any]) -> None:
    days = int(function_of(template, names.Function.DATA_API)["Environment"]["Variables"]["TXP_TOMBSTONE_DAYS"])
    retention = max(queue["MessageRetentionPeriod"] for queue in of_type(template, "AWS::SQS::Queue").values())
    assert days * DAY > retention


@pytest.mark.parametrize("entity", ENTITIES)
def test_an_entity_table_streams_both_images_and_keeps_what_its_stream_abandoned(
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
    assert mapping["MaximumRetryAttempts"] == -1  # an outage must not abandon records
    assert 20 * HOUR <= mapping["MaximumRecordAgeInSeconds"] < 24 * HOUR  # before the stream trims what is left
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    kept_in = template["Resources"][mapping["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]]
    assert kept_in["Type"] == "AWS::S3::Bucket"  # a queue would keep metadata only


def test_scopes_are_to_read_to_write_and_to_see_the_personal_fields_of_an_entity(template: dict[str, Any]) -> None:
    (server,) = of_type(template, "AWS::Cognito::UserPoolResourceServer").values()
    scopes = {scope["ScopeName"] for scope in server["Scopes"]}
    assert scopes == {f"{entity}.{verb}" for entity in ENTITIES for verb in ("read", "write", "personal")}


def test_landed_objects_of_both_lanes_are_announced(template: dict[str, Any]) -> None:
    queue, _ = named(template, "AWS::SQS::Queue", "QueueName", names.LANDING_QUEUE)
    (bucket,) = [item for item in of_type(template, "AWS::S3::Bucket").values() if "NotificationConfiguration" in item]
    announced = bucket["NotificationConfiguration"]["QueueConfigurations"]
    prefixes = {item["Filter"]["S3Key"]["Rules"][0]["Value"] for item in announced}
    assert prefixes == {f"{prefix}/" for prefix in names.LANE_PREFIXES.values()}
    assert all(item["Queue"] == {"Fn::GetAtt": [queue, "Arn"]} for item in announced)


# Tables are protected from deletion, so a failed first deployment must not try to delete them.
HOLDS_DATA = {
    "AWS::DynamoDB::Table": "Retain",
    "AWS::S3::Bucket": "RetainExceptOnCreate",
    "AWS::SQS::Queue": "RetainExceptOnCreate",
    "AWS::Glue::Database": "RetainExceptOnCreate",
    "AWS::Cognito::UserPool": "RetainExceptOnCreate",
    "AWS::Logs::LogGroup": "RetainExceptOnCreate",
}


def test_production_keeps_its_data_whatever_becomes_of_the_stack(template: dict[str, Any]) -> None:
    holders = [item for item in template["Resources"].values() if item["Type"] in HOLDS_DATA]
    assert {(item["Type"], item["DeletionPolicy"]) for item in holders} == set(HOLDS_DATA.items())
    assert {item["UpdateReplacePolicy"] for item in holders} == {"Retain"}
    tables = of_type(template, "AWS::DynamoDB::Table").values()
    assert all(table["DeletionProtectionEnabled"] is True for table in tables)


def test_the_stack_itself_is_protected_in_production(tmp_path: Path) -> None:
    bundles, image = Bundles(tmp_path, bundle.asset_hash), Image(tmp_path, STABLE_NAME, own_contracts=False)
    assembly = build_app(PRODUCTION, tmp_path / "assembly", bundles, image).synth()
    for name in (STACK_NAME, ORCHESTRATION_STACK_NAME):
        stack = assembly.get_stack_by_name(name)
        assert stack.termination_protection is True
        assert stack.tags == {"application": "txplatform", "environment": "prod", "installation": "txplatform"}
    (before,) = [item.id for item in stack.dependencies if item.id == STACK_NAME]
    assert before == STACK_NAME


def test_a_new_entity_replaces_nothing(tmp_path: Path) -> None:
    before = synthesise(["payments"], tmp_path / "before")
    after = synthesise(["accounts", "payments"], tmp_path / "after")
    assert before.keys() < after.keys()
    changed = [key for key, resource in before.items() if resource["Type"] not in LISTS and after[key] != resource]
    assert changed == []


@pytest.mark.parametrize(
    ("before", "after"),
    [(names.Function.CDC, names.Function.DATA_API), (names.Function.AUTHORIZER, names.Function.SOURCE)],
    ids=["who reads items, who writes them", "who lets clients in, who is a client"],
)
def test_an_update_reaches_one_function_before_another(
    template: dict[str, Any], before: names.Function, after: names.Function
) -> None:
    functions = {
        item["Properties"]["FunctionName"]: (name, item)
        for name, item in template["Resources"].items()
        if item["Type"] == "AWS::Lambda::Function"
    }
    first, _ = functions[names.function_name(before)]
    _, second = functions[names.function_name(after)]
    assert first in second["DependsOn"]


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_table_has_the_indexes_of_its_contract_and_they_hold_whole_items(
    template: dict[str, Any], entity: str
) -> None:
    _, table = named(template, "AWS::DynamoDB::Table", "TableName", names.entity_table(entity))
    expected = {
        index.name: ({"HASH": index.partition_key, "RANGE": index.sort_key}, {"ProjectionType": "ALL"})
        for index in secondary_indexes(load_contracts()[entity])
    }
    assert expected
    assert {
        index["IndexName"]: (
            {part["KeyType"]: part["AttributeName"] for part in index["KeySchema"]},
            index["Projection"],
        )
        for index in table["GlobalSecondaryIndexes"]
    } == expected


def test_every_function_is_traced(template: dict[str, Any]) -> None:
    functions = of_type(template, "AWS::Lambda::Function").values()
    assert {item["TracingConfig"]["Mode"] for item in functions} == {"Active"}
