"""What the deployer refuses: whatever it would have to skip or lose in silence."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra import bundle
from txplatform.contracts.names import Function
from txplatform.local.deploy import deploy
from txplatform.local.errors import LocalStackError

Client = Callable[[str], Any]
TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "alerts"}}


def template(**resources: Any) -> dict[str, Any]:
    return {"Resources": resources}


def function_template(key: str) -> dict[str, Any]:
    properties = {"FunctionName": "f", "Code": {"S3Bucket": "assets", "S3Key": key}}
    return template(F={"Type": "AWS::Lambda::Function", "Properties": properties})


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (template(A={"Type": "AWS::MSK::Cluster"}), r"A \(AWS::MSK::Cluster\): the deployer has no handler"),
        (template(A=TOPIC | {"Condition": "Wanted"}), r"A \(AWS::SNS::Topic\): the deployer does not handle Condition"),
        (template(A=TOPIC) | {"Conditions": {}}, "the template: the deployer does not handle Conditions"),
        (
            template(A={"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t", "KmsMasterKeyId": "k"}}),
            r"A \(AWS::SNS::Topic\): the deployer does not handle KmsMasterKeyId",
        ),
        (template(A={"Type": "AWS::SNS::Topic"}), r"A \(AWS::SNS::Topic\): property TopicName is missing"),
        (
            template(
                A={
                    "Type": "AWS::S3::Bucket",
                    "Properties": {
                        "BucketName": "lake",
                        "LifecycleConfiguration": {"Rules": [{"Id": "r", "Status": "Enabled", "Transitions": []}]},
                    },
                }
            ),
            r"LifecycleConfiguration\.Rules\[0\]: the deployer does not handle Transitions",
        ),
        (
            template(
                A={
                    "Type": "AWS::ApiGatewayV2::Stage",
                    "Properties": {"ApiId": "a", "StageName": "s", "DefaultRouteSettings": {"LoggingLevel": "INFO"}},
                }
            ),
            r"DefaultRouteSettings: the deployer does not handle LoggingLevel",
        ),
        (
            template(
                A={
                    "Type": "AWS::Lambda::EventSourceMapping",
                    "Properties": {"FunctionName": "f", "ScalingConfig": {"MinimumConcurrency": 1}},
                }
            ),
            r"ScalingConfig: the deployer does not handle MinimumConcurrency",
        ),
        (
            template(
                A={"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "not a valid name", "VisibilityTimeout": 1}}
            ),
            r"A \(AWS::SQS::Queue\): .*InvalidParameterValue",
        ),
    ],
)
def test_what_cannot_be_created_in_full_is_refused(
    client: Client, code_root: Path, document: dict[str, Any], message: str
) -> None:
    with pytest.raises(LocalStackError, match=message):
        deploy(document, {}, client, {}, code_root)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"ApiUrl": "http://127.0.0.1"}, "the overrides: the deployer does not handle ApiUrl"),
        ({"TopicArn": "{PoolId}"}, "the override {PoolId}: the deployer does not handle PoolId"),
        ({"TopicArn": "{TopicArn}/x"}, "the override {TopicArn}/x: the deployer does not handle TopicArn"),
    ],
)
def test_an_override_that_fits_no_output_is_refused(
    client: Client, code_root: Path, overrides: dict[str, str], message: str
) -> None:
    document = template(A=TOPIC) | {"Outputs": {"TopicArn": {"Value": {"Ref": "A"}}}}
    with pytest.raises(LocalStackError, match=re.escape(message)):
        deploy(document, {}, client, overrides, code_root)


def test_an_asset_that_the_manifest_does_not_know_is_refused(client: Client, code_root: Path) -> None:
    with pytest.raises(LocalStackError, match=r"does not know 0123\.zip\. Remedy: make synth"):
        deploy(function_template("0123.zip"), {}, client, {}, code_root)


def test_sources_changed_since_the_synthesis_are_refused(
    client: Client, code_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = bundle.asset_hash(Function.CDC)
    monkeypatch.setattr(bundle, "asset_hash", lambda function: f"changed-{function}")
    with pytest.raises(LocalStackError, match=r"other sources of function cdc\. Remedy: make synth"):
        deploy(function_template(f"{stale}.zip"), {stale: "cdc"}, client, {}, code_root)
