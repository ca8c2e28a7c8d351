"""CloudWatch Logs: log groups."""

from txplatform.local.deploy.resource import Context, Created, Handler, Properties


def create_log_group(context: Context, logical_id: str, properties: Properties) -> Created:
    name = properties.require("LogGroupName")
    client = context.client("logs")
    client.create_log_group(logGroupName=name)
    client.put_retention_policy(logGroupName=name, retentionInDays=properties.require("RetentionInDays"))
    return Created(name, {"Arn": context.arn("logs", f"log-group:{name}:*")})


HANDLERS: dict[str, Handler] = {"AWS::Logs::LogGroup": create_log_group}
