"""Functions are invoked through the AWS API, and heartbeats come through every entity's stream."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.names import Function
from txplatform.local.stack import LocalStack

CDC = names.function_name(Function.CDC)


def test_a_function_is_invoked_and_answers(stack: LocalStack) -> None:
    awslambda = stack.client("lambda")
    answer = awslambda.invoke(FunctionName=CDC, Payload=json.dumps({"Records": []}))
    assert "FunctionError" not in answer
    assert json.loads(answer["Payload"].read()) == {"batchItemFailures": []}
    arn = awslambda.get_function_configuration(FunctionName=CDC)["FunctionArn"]
    failed = awslambda.invoke(FunctionName=arn, Payload=b'{"x": "\xc3\xa4"}')
    assert failed["FunctionError"] == "Unhandled"
    assert json.loads(failed["Payload"].read())["errorType"] == "MalformedEventError"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"FunctionName": "nobody"}, "ResourceNotFoundException"),
        ({"FunctionName": CDC, "Payload": b"{"}, "InvalidRequestContentException"),
        ({"FunctionName": CDC, "InvocationType": "Event"}, "InvalidParameterValueException"),
    ],
    ids=["unknown", "no_json", "asynchronous"],
)
def test_what_cannot_be_invoked_is_refused(stack: LocalStack, arguments: dict[str, Any], code: str) -> None:
    with pytest.raises(ClientError) as caught:
        stack.client("lambda").invoke(**arguments)
    assert caught.value.response["Error"]["Code"] == code


def test_a_heartbeat_comes_through_the_stream_of_every_entity(
    stack: LocalStack, wait_until: Callable[..., Any]
) -> None:
    cloudwatch = stack.client("cloudwatch")

    def beaten(entity: str) -> float:
        points = cloudwatch.get_metric_statistics(
            Namespace=names.METRIC_NAMESPACE,
            MetricName="Heartbeats",
            Dimensions=[{"Name": "Entity", "Value": entity}],
            StartTime=datetime.now(UTC) - timedelta(hours=1),
            EndTime=datetime.now(UTC) + timedelta(hours=1),
            Period=86_400,
            Statistics=["Sum"],
        )["Datapoints"]
        return sum(point["Sum"] for point in points)

    for entity in load_contracts():
        wait_until(lambda entity=entity: beaten(entity) >= 1, message=f"a heartbeat of {entity}")
        item = stack.client("dynamodb").get_item(
            TableName=names.entity_table(entity), Key={"pk": {"S": names.HEARTBEAT_KEY}}
        )
        assert item["Item"]["_deleted"] == {"BOOL": True}
