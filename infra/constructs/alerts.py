"""The alerts topic, and the alarms that publish to it."""

from aws_cdk import Aws, Duration, aws_cloudwatch, aws_cloudwatch_actions, aws_iam, aws_lambda, aws_sns
from constructs import Construct

from txplatform.contracts import names


class AlertsConstruct(Construct):
    """One topic for everything a person should look at. Its messages name things and hold no personal value."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.topic = aws_sns.Topic(self, "Topic", topic_name=names.ALERTS_TOPIC, enforce_ssl=True)
        # A topic policy of our own replaces the default one, which would have let the account's alarms publish.
        self.topic.add_to_resource_policy(
            aws_iam.PolicyStatement(
                sid="AlarmsOfThisAccount",
                principals=[aws_iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )

    def on_any(self, alarm_name: str, metric: aws_cloudwatch.IMetric, description: str) -> None:
        """Raise an alarm as soon as the metric of one period is 1 or more; no data is no alarm."""
        alarm = aws_cloudwatch.Alarm(
            self,
            alarm_name,
            alarm_name=alarm_name,
            alarm_description=description,
            metric=metric,
            threshold=1,
            evaluation_periods=1,
            comparison_operator=aws_cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=aws_cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(aws_cloudwatch_actions.SnsAction(self.topic))

    def on_refused_messages(self, entity: str) -> None:
        """Raise an alarm when the source function refused a message of the entity."""
        metric = aws_cloudwatch.Metric(
            namespace=names.METRIC_NAMESPACE,
            metric_name="MessagesRefused",
            dimensions_map={"Entity": entity},
            statistic="Sum",
            period=Duration.minutes(5),
        )
        self.on_any(f"{names.PREFIX}-{entity}-refused", metric, f"Messages of {entity} did not match the contract.")

    def on_failed_changes(self, entity: str, mapping: aws_lambda.CfnEventSourceMapping) -> None:
        """Raise an alarm when a batch of the entity's stream was given up and written to the lake bucket."""
        metric = aws_cloudwatch.Metric(
            namespace="AWS/Lambda",
            metric_name="OnFailureDestinationDeliveredEventCount",
            dimensions_map={"EventSourceMappingUUID": mapping.attr_id},
            statistic="Sum",
            period=Duration.minutes(1),
        )
        self.on_any(f"{names.PREFIX}-{entity}-changes-failed", metric, f"Changes of {entity} did not reach the lake.")
