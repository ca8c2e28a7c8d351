"""SQS: queues and their policies."""

import json

from txplatform.local.deploy.resource import Context, Created, Handler, Properties

_ATTRIBUTES = (
    *("DelaySeconds", "MaximumMessageSize", "MessageRetentionPeriod", "ReceiveMessageWaitTimeSeconds"),
    *("SqsManagedSseEnabled", "VisibilityTimeout"),
)


def create_queue(context: Context, logical_id: str, properties: Properties) -> Created:
    name = properties.require("QueueName")
    attributes = {key: _text(value) for key, value in properties.pick(*_ATTRIBUTES).items()}
    redrive = properties.take("RedrivePolicy")
    if redrive:
        attributes["RedrivePolicy"] = json.dumps(redrive)
    url = context.client("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return Created(url, {"Arn": context.arn("sqs", name), "QueueName": name, "QueueUrl": url})


def create_queue_policy(context: Context, logical_id: str, properties: Properties) -> Created:
    policy = json.dumps(properties.require("PolicyDocument"))
    for url in properties.require("Queues"):
        context.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    return Created(logical_id)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


HANDLERS: dict[str, Handler] = {"AWS::SQS::Queue": create_queue, "AWS::SQS::QueuePolicy": create_queue_policy}
