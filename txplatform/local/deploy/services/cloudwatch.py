"""CloudWatch: alarms."""

from txplatform.local.deploy.resource import Context, Created, Handler, Properties

_ALARM = (
    *("AlarmActions", "AlarmDescription", "AlarmName", "ComparisonOperator", "Dimensions", "EvaluationPeriods"),
    *("MetricName", "Metrics", "Namespace", "Period", "Statistic", "Threshold", "TreatMissingData"),
)


def create_alarm(context: Context, logical_id: str, properties: Properties) -> Created:
    alarm = properties.pick(*_ALARM)
    context.client("cloudwatch").put_metric_alarm(**alarm)
    return Created(alarm["AlarmName"], {"Arn": context.arn("cloudwatch", f"alarm:{alarm['AlarmName']}")})


HANDLERS: dict[str, Handler] = {"AWS::CloudWatch::Alarm": create_alarm}
