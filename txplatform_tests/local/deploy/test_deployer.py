"""What the deployer refuses: whatever it would have to skip or lose in silence."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from txplatform.local.deploy import deploy
from txplatform.local.errors import LocalStackError
from txplatform.local_platform import read_bundle
from txplatform_tests.local.deploy.conftest import ADDRESSES

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
        deploy("stack", document, read_bundle, client, ADDRESSES, code_root)


def test_a_bundle_that_the_application_does_not_know_is_refused(client: Client, code_root: Path) -> None:
    document = function_template("0123.zip")
    with pytest.raises(LocalStackError, match=r"bundle 0123\.zip, which belongs to no function\. Remedy: make synth"):
        deploy("stack", document, read_bundle, client, ADDRESSES, code_root)
