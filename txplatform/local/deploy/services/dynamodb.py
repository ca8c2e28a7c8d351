"""DynamoDB: tables with streams, secondary indexes, time to live and point-in-time recovery."""

from txplatform.local.deploy.resource import Context, Created, Handler, Properties

_SCHEMA = ("AttributeDefinitions", "BillingMode", "DeletionProtectionEnabled", "GlobalSecondaryIndexes", "KeySchema")


def create_table(context: Context, logical_id: str, properties: Properties) -> Created:
    client = context.client("dynamodb")
    name = properties.require("TableName")
    schema = properties.pick(*_SCHEMA)
    stream = properties.take("StreamSpecification")
    if stream:
        schema["StreamSpecification"] = {"StreamEnabled": True, **stream}
    table = client.create_table(TableName=name, **schema)["TableDescription"]
    expiry = properties.take("TimeToLiveSpecification")
    if expiry:
        client.update_time_to_live(TableName=name, TimeToLiveSpecification=expiry)
    recovery = properties.take("PointInTimeRecoverySpecification")
    if recovery:
        client.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery)
    streams = {"StreamArn": table["LatestStreamArn"]} if stream else {}
    return Created(name, {"Arn": table["TableArn"], **streams})


HANDLERS: dict[str, Handler] = {"AWS::DynamoDB::Table": create_table}
