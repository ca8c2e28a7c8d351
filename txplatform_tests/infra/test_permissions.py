"""Least privilege: each function has a role of its own that names what it may do, and to what."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from txplatform.contracts import names
from txplatform.contracts.names import Function, function_name

# Every resource with a wildcard, by its end, and why it cannot be narrower.
WILDCARDS = {
    "*": "PutMetricData knows no resources; a condition limits the namespace",
    f"/{names.CDC_PREFIX}/*": "object names hold sequence numbers",
    "/aws/lambda/*": "Lambda names what a stream mapping gave up",
}

ALLOWED = {
    Function.SOURCE: {
        *("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:SendMessage"),
        *("dynamodb:GetItem", "sns:Publish", "secretsmanager:GetSecretValue", "cloudwatch:PutMetricData"),
    },
    Function.DATA_API: {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Scan"},
    Function.AUTHORIZER: set(),
    Function.CDC: {
        *("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"),
        *("dynamodb:GetItem", "s3:PutObject", "s3:ListBucket"),
    },
    Function.LANDING: {
        *("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "dynamodb:PutItem"),
        "cloudwatch:PutMetricData",
    },
}
LOGGING = {"logs:CreateLogStream", "logs:PutLogEvents"}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements(template: dict[str, Any], function: Function) -> list[dict[str, Any]]:
    resources = template["Resources"]
    for resource in resources.values():
        if resource["Properties"].get("FunctionName") == function_name(function):
            role = resources[resource["Properties"]["Role"]["Fn::GetAtt"][0]]
            assert "ManagedPolicyArns" not in role["Properties"]
            return [item for policy in role["Properties"]["Policies"] for item in policy["PolicyDocument"]["Statement"]]
    raise AssertionError(f"the template has no function {function_name(function)}")


def all_statements(template: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for function in Function:
        yield from statements(template, function)


def tail(resource: Any) -> str:
    """The literal end of a resource expression."""
    while not isinstance(resource, str):
        if "Fn::Join" not in resource:
            return ""
        resource = resource["Fn::Join"][1][-1]
    return resource


@pytest.mark.parametrize("function", Function)
def test_a_function_may_do_what_it_needs_and_nothing_else(template: dict[str, Any], function: Function) -> None:
    actions = {action for item in statements(template, function) for action in as_list(item["Action"])}
    assert actions == ALLOWED[function] | LOGGING


def test_functions_do_not_share_roles(template: dict[str, Any]) -> None:
    functions = [item for item in template["Resources"].values() if item["Type"] == "AWS::Lambda::Function"]
    roles = [item["Properties"]["Role"]["Fn::GetAtt"][0] for item in functions]
    assert len(set(roles)) == len(functions) == len(Function)


def test_no_action_has_a_wildcard(template: dict[str, Any]) -> None:
    actions = [action for item in all_statements(template) for action in as_list(item["Action"])]
    assert actions
    assert [action for action in actions if "*" in action] == []


def test_every_wildcard_resource_is_a_known_one(template: dict[str, Any]) -> None:
    found = {tail(resource) for item in all_statements(template) for resource in as_list(item["Resource"])}
    assert {text for text in found if "*" in text} == WILDCARDS.keys()


def test_metrics_may_be_put_into_our_namespace_only(template: dict[str, Any]) -> None:
    found = [item for item in all_statements(template) if item["Action"] == "cloudwatch:PutMetricData"]
    ours = {"StringEquals": {"cloudwatch:namespace": names.METRIC_NAMESPACE}}
    assert [item["Condition"] for item in found] == [ours, ours]


def test_only_cdc_reads_streams_and_only_data_api_writes_entities(template: dict[str, Any]) -> None:
    tables = {
        logical_id
        for logical_id, item in template["Resources"].items()
        if item["Type"] == "AWS::DynamoDB::Table" and "StreamSpecification" in item["Properties"]
    }
    writers = {
        function
        for function in Function
        for item in statements(template, function)
        if "dynamodb:PutItem" in as_list(item["Action"]) and any(table in json.dumps(item) for table in tables)
    }
    assert writers == {Function.DATA_API}


def test_every_queue_and_bucket_refuses_plain_http(template: dict[str, Any]) -> None:
    resources = template["Resources"]
    policies = json.dumps([item for item in resources.values() if item["Type"].endswith("Policy")])
    guarded = [item for item in resources.items() if item[1]["Type"] in ("AWS::SQS::Queue", "AWS::S3::Bucket")]
    assert len(guarded) >= 4
    for logical_id, _ in guarded:
        assert logical_id in policies
    denials = policies.count('"aws:SecureTransport": "false"')
    topics = sum(item["Type"] == "AWS::SNS::Topic" for item in resources.values())
    assert denials == len(guarded) + topics
