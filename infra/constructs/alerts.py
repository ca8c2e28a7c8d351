"""The alerts topic, and the alarms that publish to it."""

from dataclasses import dataclass

from aws_cdk import Aws, Duration, aws_cloudwatch, aws_iam, aws_lambda, aws_sns
from constructs import Construct

from infra.constructs.permissions import service
from txplatform.contracts import names


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric with one dimension, and how a period of it becomes a number."""

    namespace: str
    name: str
    dimension: tuple[str, str]
    statistic: str
    period: Duration


class AlertsConstruct(Construct):
    """One topic for everything a person should look at. Its messages name things and hold no personal value."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.topic = aws_sns.Topic(self, "Topic", topic_name=names.ALERTS_TOPIC, enforce_ssl=True)
        # A topic policy of our own replaces the default one, which would have let the account's alarms publish.
        self.topic.add_to_resource_policy(
            aws_iam.PolicyStatement(
                sid="AlarmsOfThisAccount",
                principals=[service("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )

    def on_any(self, alarm_name: str, metric: Metric, description: str) -> None:
        """Raise an alarm as soon as one period of the metric comes to 1 or more; no data is no alarm."""
        name, value = metric.dimension
        aws_cloudwatch.CfnAlarm(
            self,
            alarm_name,
            alarm_name=alarm_name,
            alarm_description=description,
            alarm_actions=[self.topic.topic_arn],
            namespace=metric.namespace,
            metric_name=metric.name,
            dimensions=[aws_cloudwatch.CfnAlarm.DimensionProperty(name=name, value=value)],
            statistic=metric.statistic,
            period=metric.period.to_seconds(),
            evaluation_periods=1,
            threshold=1,
            comparison_operator="GreaterThanOrEqualToThreshold",
            treat_missing_data="notBreaching",
        )

    def on_dead_letters(self, queue_name: str) -> None:
        """Raise an alarm while messages wait in a dead-letter queue."""
        depth = Metric(
            "AWS/SQS", "ApproximateNumberOfMessagesVisible", ("QueueName", queue_name), "Maximum", Duration.minutes(1)
        )
        self.on_any(f"{queue_name}-depth", depth, f"Messages wait in {queue_name}.")

    def on_refused_messages(self, entity: str) -> None:
        """Raise an alarm when the source function refused a message of the entity."""
        refused = Metric(names.METRIC_NAMESPACE, "MessagesRefused", ("Entity", entity), "Sum", Duration.minutes(5))
        self.on_any(f"{names.PREFIX}-{entity}-refused", refused, f"Messages of {entity} did not match the contract.")

    def on_unrecognised_objects(self, prefix: str) -> None:
        """Raise an alarm when an object landed under a prefix of the bucket where nothing will ever read it."""
        landed = Metric(names.METRIC_NAMESPACE, "ObjectsUnrecognised", ("Prefix", prefix), "Sum", Duration.minutes(5))
        self.on_any(
            f"{names.PREFIX}-{prefix}-unrecognised", landed, f"Objects under {prefix}/ have no place in the lake."
        )

    def on_failed_changes(self, entity: str, mapping: aws_lambda.CfnEventSourceMapping) -> None:
        """Raise an alarm when a batch of the entity's stream was given up and written to the lake bucket."""
        given_up = Metric(
            "AWS/Lambda",
            "OnFailureDestinationDeliveredEventCount",
            ("EventSourceMappingUUID", mapping.attr_id),
            "Sum",
            Duration.minutes(1),
        )
        self.on_any(f"{names.PREFIX}-{entity}-changes-failed", given_up, f"Changes of {entity} did not reach the lake.")
