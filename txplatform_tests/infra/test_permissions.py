"""Least privilege: each function has a role of its own that names what it may do, and to what; who else may call in."""

import json
from typing import Any

import pytest

from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.mapping.loader import load_systems
from txplatform.contracts.names import Function, function_name
from txplatform_tests.infra.grants import Grant, grants, in_words, pairs

ENTITIES = list(load_contracts())
SYSTEMS = load_systems(load_contracts())
POSTING = [name for name, system in SYSTEMS.items() if system.webhook is not None]
INBOUND = [
    *(f"Queue {names.inbound_queue(entity)}" for entity in ENTITIES),
    *(f"Queue {names.source_queue(system)}" for system in SYSTEMS),
]
DEAD_LETTERS = [
    *(f"Queue {names.inbound_dead_letter_queue(entity)}" for entity in ENTITIES),
    *(f"Queue {names.source_dead_letter_queue(system)}" for system in SYSTEMS),
]
TABLES = [f"Table {names.entity_table(entity)}" for entity in ENTITIES]
REGISTRY = f"Table {names.REGISTRY_TABLE}"
LAKE = f"Bucket {names.lake_bucket('<account>', '<region>')}"

CONSUME = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
READ_STREAM = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams")

ALLOWED: dict[Function, set[Grant]] = {
    Function.SOURCE: {
        *pairs(("sqs:ChangeMessageVisibility",), INBOUND),
        *pairs(CONSUME, INBOUND),
        *pairs(["sqs:SendMessage"], DEAD_LETTERS),
        ("dynamodb:GetItem", REGISTRY),
        ("sns:Publish", f"Topic {names.ALERTS_TOPIC}"),
        ("secretsmanager:GetSecretValue", f"Secret {names.PREFIX}/source-client"),
    },
    Function.DATA_API: {
        *pairs(("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Scan"), TABLES),
        *pairs(("dynamodb:GetItem", "dynamodb:PutItem"), [f"Table {names.IDEMPOTENCY_TABLE}"]),
        *pairs(["dynamodb:Query"], [f"{table}/index/*" for table in TABLES]),
        ("dynamodb:GetItem", REGISTRY),
    },
    Function.AUTHORIZER: set(),
    Function.CDC: {
        *pairs(READ_STREAM, [f"{table} StreamArn" for table in TABLES]),
        ("dynamodb:GetItem", REGISTRY),
        *pairs(["s3:PutObject"], [f"{LAKE}/{names.CDC_PREFIX}/*", f"{LAKE}/aws/lambda/*"]),
        ("s3:ListBucket", LAKE),
    },
    Function.LANDING: {
        *pairs(CONSUME, [f"Queue {names.LANDING_QUEUE}"]),
        ("dynamodb:PutItem", f"Table {names.LEDGER_TABLE}"),
    },
    Function.WEBHOOK: {
        *pairs(["sqs:SendMessage"], [f"Queue {names.source_queue(system)}" for system in POSTING]),
        *pairs(["secretsmanager:GetSecretValue"], [f"Secret {names.webhook_secret(system)}" for system in POSTING]),
    },
}


def statements(template: dict[str, Any], function: Function) -> list[dict[str, Any]]:
    resources = template["Resources"]
    for resource in resources.values():
        if resource["Properties"].get("FunctionName") == function_name(function):
            role = resources[resource["Properties"]["Role"]["Fn::GetAtt"][0]]
            assert "ManagedPolicyArns" not in role["Properties"]
            return [item for policy in role["Properties"]["Policies"] for item in policy["PolicyDocument"]["Statement"]]
    raise AssertionError(f"the template has no function {function_name(function)}")


def properties(template: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [item["Properties"] for item in template["Resources"].values() if item["Type"] == kind]


@pytest.mark.parametrize("function", Function)
def test_a_function_may_do_what_it_needs_and_nothing_else(template: dict[str, Any], function: Function) -> None:
    log = f"LogGroup /aws/lambda/{function_name(function)}"
    logging = pairs(("logs:CreateLogStream", "logs:PutLogEvents"), [log])
    tracing = pairs(("xray:PutTraceSegments", "xray:PutTelemetryRecords"), ["*"])
    assert grants(template, statements(template, function)) == ALLOWED[function] | logging | tracing


def test_functions_do_not_share_roles(template: dict[str, Any]) -> None:
    roles = [item["Role"]["Fn::GetAtt"][0] for item in properties(template, "AWS::Lambda::Function")]
    assert len(set(roles)) == len(roles) == len(Function)


def test_the_api_may_call_its_three_functions_and_nobody_else_any(template: dict[str, Any]) -> None:
    permissions = properties(template, "AWS::Lambda::Permission")
    callers = {
        (item["Principal"], in_words(template, item["FunctionName"]), in_words(template, item["SourceArn"]))
        for item in permissions
    }
    api = "arn:aws:execute-api:<region>:<account>:Api txplatform"
    assert callers == {
        ("apigateway.amazonaws.com", "Function txplatform-data-api", f"{api}/*/*/*"),
        ("apigateway.amazonaws.com", "Function txplatform-webhook", f"{api}/*/*/webhooks/*"),
        (
            "apigateway.amazonaws.com",
            "Function txplatform-authorizer",
            f"{api}/authorizers/Authorizer txplatform-authorizer",
        ),
    }
    assert {item["Action"] for item in permissions} == {"lambda:InvokeFunction"}


def test_alarms_of_this_account_may_publish_alerts(template: dict[str, Any]) -> None:
    (policy,) = properties(template, "AWS::SNS::TopicPolicy")
    (allowed,) = [item for item in policy["PolicyDocument"]["Statement"] if item["Effect"] == "Allow"]
    assert grants(template, [allowed]) == {("sns:Publish", f"Topic {names.ALERTS_TOPIC}")}
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


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
