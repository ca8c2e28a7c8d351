"""CloudWatch Logs: log groups, and the metrics made of them."""

from typing import Any

from txplatform.local.deploy.resource import Context, Created, Handler, Properties


def create_log_group(context: Context, logical_id: str, properties: Properties) -> Created:
    name = properties.require("LogGroupName")
    client = context.client("logs")
    client.create_log_group(logGroupName=name)
    client.put_retention_policy(logGroupName=name, retentionInDays=properties.require("RetentionInDays"))
    return Created(name, {"Arn": context.arn("logs", f"log-group:{name}:*")})


def create_metric_filter(context: Context, logical_id: str, properties: Properties) -> Created:
    transformations = [_transformation(part) for part in properties.parts("MetricTransformations")]
    context.client("logs").put_metric_filter(
        logGroupName=properties.require("LogGroupName"),
        filterName=logical_id,
        filterPattern=properties.require("FilterPattern"),
        metricTransformations=transformations,
    )
    return Created(logical_id)


def _transformation(part: Properties) -> dict[str, Any]:
    dimensions = {item["Key"]: item["Value"] for item in part.take("Dimensions", [])}
    made = {
        "metricName": part.require("MetricName"),
        "metricNamespace": part.require("MetricNamespace"),
        "metricValue": part.require("MetricValue"),
        "unit": part.take("Unit", "None"),
        "dimensions": dimensions,
    }
    part.finish()
    return made


HANDLERS: dict[str, Handler] = {
    "AWS::Logs::LogGroup": create_log_group,
    "AWS::Logs::MetricFilter": create_metric_filter,
}
