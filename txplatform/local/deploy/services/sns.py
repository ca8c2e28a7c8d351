"""SNS: topics and their policies."""

import json

from txplatform.local.deploy.resource import Context, Created, Handler, Properties


def create_topic(context: Context, logical_id: str, properties: Properties) -> Created:
    name = properties.require("TopicName")
    arn = context.client("sns").create_topic(Name=name, Attributes=properties.pick("DisplayName"))["TopicArn"]
    return Created(arn, {"TopicArn": arn, "TopicName": name})


def create_topic_policy(context: Context, logical_id: str, properties: Properties) -> Created:
    policy = json.dumps(properties.require("PolicyDocument"))
    for arn in properties.require("Topics"):
        context.client("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
    return Created(logical_id)


HANDLERS: dict[str, Handler] = {"AWS::SNS::Topic": create_topic, "AWS::SNS::TopicPolicy": create_topic_policy}
