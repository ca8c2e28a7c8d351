"""The alerts topic, and the alarms that publish to it."""

from dataclasses import dataclass
from typing import Any

from aws_cdk import Aws, Duration, aws_apigatewayv2, aws_cloudwatch, aws_iam, aws_lambda, aws_sns
from constructs import Construct

from infra.constructs.permissions import service
from txplatform.contracts import names

# A message received three times no longer counts for the age of a queue's oldest, so the alarm must come before:
# within two visibility timeouts.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
BACKLOG_AGE = Duration.minutes(5)
STREAM_LAG = Duration.hours(1)
UNVERIFIED = 10  # webhooks in five minutes: anyone may send one
SILENCE = Duration.minutes(5)  # and as long again, since one heartbeat may be late
OUTDATED = Duration.hours(1)
FEWEST_OUTDATED = 10  # messages of that time


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
        # This topic policy replaces the default one, which would have let the account's alarms publish.
        self.topic.add_to_resource_policy(
            aws_iam.PolicyStatement(
                sid="AlarmsOfThisAccount",
                principals=[service("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )

    def on_any(self, alarm_name: str, metric: Metric, description: str, threshold: float = 1) -> None:
        """Raise an alarm as soon as one period of the metric reaches the threshold; missing data raises none."""
        self._alarm(
            alarm_name,
            metric,
            description,
            evaluation_periods=1,
            threshold=threshold,
            comparison_operator="GreaterThanOrEqualToThreshold",
            treat_missing_data="notBreaching",
        )

    def on_silence(self, entity: str) -> None:
        """Raise an alarm when no heartbeat of the entity comes through its stream, so no change does either."""
        heartbeats = Metric(names.METRIC_NAMESPACE, "Heartbeats", ("Entity", entity), "Sum", SILENCE)
        description = (
            f"Nothing of the stream of {entity} reaches the lake. Look whether its event-source mapping is enabled and "
            f"what {names.function_name(names.Function.CDC)} logs. A stream keeps 24 hours: after a longer silence "
            f"changes are lost, and `txplatform bootstrap {entity}` brings the lake up to date."
        )
        self._alarm(
            f"{names.PREFIX}-{entity}-silent",
            heartbeats,
            description,
            evaluation_periods=2,
            threshold=1,
            comparison_operator="LessThanThreshold",
            treat_missing_data="breaching",
        )

    def _alarm(self, alarm_name: str, metric: Metric, description: str, **evaluation: Any) -> None:
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
            **evaluation,
        )

    def on_dead_letters(self, queue_name: str) -> None:
        """Raise an alarm while messages wait in a dead-letter queue."""
        depth = Metric(
            "AWS/SQS", "ApproximateNumberOfMessagesVisible", ("QueueName", queue_name), "Maximum", Duration.minutes(1)
        )
        self.on_any(f"{queue_name}-depth", depth, f"Messages wait in {queue_name}.")

    def on_backlog(self, queue_name: str) -> None:
        """Raise an alarm when a message waits in a queue for too long: what its function calls is down."""
        age = Metric(
            "AWS/SQS", "ApproximateAgeOfOldestMessage", ("QueueName", queue_name), "Maximum", Duration.minutes(1)
        )
        self.on_any(f"{queue_name}-age", age, f"Messages of {queue_name} are not consumed.", BACKLOG_AGE.to_seconds())

    def on_function(self, function_name: str) -> None:
        """Raise an alarm when a function fails or is throttled."""
        for name, happens in (("Errors", "fails"), ("Throttles", "is throttled")):
            metric = Metric("AWS/Lambda", name, ("FunctionName", function_name), "Sum", Duration.minutes(5))
            self.on_any(f"{function_name}-{name.lower()}", metric, f"The function {function_name} {happens}.")

    def on_stream_lag(self, function_name: str) -> None:
        """Raise an alarm when a function falls behind the streams that feed it, long before they trim a record."""
        age = Metric("AWS/Lambda", "IteratorAge", ("FunctionName", function_name), "Maximum", Duration.minutes(5))
        lag_ms = STREAM_LAG.to_milliseconds()
        self.on_any(f"{function_name}-lag", age, f"The function {function_name} is behind its streams.", lag_ms)

    def on_server_errors(self, api: aws_apigatewayv2.CfnApi) -> None:
        """Raise an alarm when the API answers with a 5xx status."""
        answers = Metric("AWS/ApiGateway", "5xx", ("ApiId", api.ref), "Sum", Duration.minutes(5))
        self.on_any(f"{names.PREFIX}-api-5xx", answers, "The API answers with server errors.")

    def on_unread_key_sets(self) -> None:
        """Raise an alarm when the authorizer cannot read an issuer's keys, while it still knows them."""
        function = names.Function.AUTHORIZER.value
        unread = Metric(names.METRIC_NAMESPACE, "KeySetsUnread", ("Function", function), "Sum", Duration.minutes(5))
        description = (
            f"The key set of an identity provider cannot be read; {names.function_name(names.Function.AUTHORIZER)} "
            f"logs whose. Keys that are known go on for 24 hours, then its clients get a 500."
        )
        self.on_any(f"{names.PREFIX}-key-sets-unread", unread, description)

    def on_refused_messages(self, entity: str) -> None:
        """Raise an alarm when the source function refused a message of the entity."""
        refused = Metric(
            names.METRIC_NAMESPACE, names.REFUSED_MESSAGES_METRIC, ("Entity", entity), "Sum", Duration.minutes(5)
        )
        self.on_any(f"{names.PREFIX}-{entity}-refused", refused, f"Messages of {entity} did not match the contract.")

    def on_refused_payloads(self, system: str) -> None:
        """Raise an alarm when the source function refused a payload of the source system, or a part of it."""
        refused = Metric(
            names.METRIC_NAMESPACE,
            names.REFUSED_MESSAGES_METRIC,
            (names.SYSTEM_DIMENSION, system),
            "Sum",
            Duration.minutes(5),
        )
        description = f"Payloads of {system} did not map; `txplatform dlq list source-{system}` says why."
        self.on_any(f"{names.PREFIX}-source-{system}-refused", refused, description)

    def on_unverified_webhooks(self, system: str) -> None:
        """Raise an alarm when requests to a system's webhook door keep failing its signature."""
        name = "WebhooksUnverified"
        unverified = Metric(names.METRIC_NAMESPACE, name, (names.SYSTEM_DIMENSION, system), "Sum", Duration.minutes(5))
        description = (
            f"Requests that {system} did not sign, or not with the secret {names.webhook_secret(system)}: after a "
            f"rotation that secret must list the new one. {names.function_name(names.Function.WEBHOOK)} logs why."
        )
        self.on_any(f"{names.PREFIX}-source-{system}-unverified", unverified, description, UNVERIFIED)

    def on_superseded_messages(self, entity: str) -> None:
        """Raise an alarm when all messages of an entity's queue in an hour were superseded."""
        self._on_superseded(f"{names.PREFIX}-{entity}-superseded", ("Entity", entity), "Messages", entity)

    def on_superseded_records(self, system: str) -> None:
        """Raise an alarm when all records that a source system's messages yielded in an hour were superseded."""
        alarm_name = f"{names.PREFIX}-source-{system}-superseded"
        self._on_superseded(alarm_name, (names.SYSTEM_DIMENSION, system), "Records", system)

    def _on_superseded(self, alarm_name: str, dimension: tuple[str, str], counted: str, owner: str) -> None:
        """Raise an alarm when all that was accepted in an hour was superseded: the source sends what is old.

        A late message or a redelivery is superseded now and then, hence the hour and the least number. `counted` is
        what the metrics count, messages or records.
        """
        name, value = dimension
        sums = {
            key: aws_cloudwatch.CfnAlarm.MetricDataQueryProperty(
                id=key,
                return_data=False,
                metric_stat=aws_cloudwatch.CfnAlarm.MetricStatProperty(
                    metric=aws_cloudwatch.CfnAlarm.MetricProperty(
                        namespace=names.METRIC_NAMESPACE,
                        metric_name=metric_name,
                        dimensions=[aws_cloudwatch.CfnAlarm.DimensionProperty(name=name, value=value)],
                    ),
                    stat="Sum",
                    period=OUTDATED.to_seconds(),
                ),
            )
            for key, metric_name in (("accepted", f"{counted}Accepted"), ("superseded", f"{counted}Superseded"))
        }
        share = aws_cloudwatch.CfnAlarm.MetricDataQueryProperty(
            id="share",
            label=f"share of the accepted {counted.lower()} that were superseded",
            expression=f"IF(accepted >= {FEWEST_OUTDATED}, superseded / accepted, 0)",
            return_data=True,
        )
        description = (
            f"All {counted.lower()} of {owner} in an hour, {FEWEST_OUTDATED} at least, were older than what is stored, "
            f"and changed nothing. {names.function_name(names.Function.SOURCE)} logs each as `superseded`. Look "
            "whether the source sends old versions, or something else has stored versions from the future."
        )
        aws_cloudwatch.CfnAlarm(
            self,
            alarm_name,
            alarm_name=alarm_name,
            alarm_description=description,
            alarm_actions=[self.topic.topic_arn],
            metrics=[share, *sums.values()],
            evaluation_periods=1,
            threshold=1,
            comparison_operator="GreaterThanOrEqualToThreshold",
            treat_missing_data="notBreaching",
        )

    def on_unrecognised_objects(self, prefix: str) -> None:
        """Raise an alarm when an object landed under a prefix of the bucket where nothing will ever read it."""
        landed = Metric(names.METRIC_NAMESPACE, "ObjectsUnrecognised", ("Prefix", prefix), "Sum", Duration.minutes(5))
        description = f"Objects under {prefix}/ have no place in the lake; `txplatform ledger list` names them."
        self.on_any(f"{names.PREFIX}-{prefix}-unrecognised", landed, description)

    def on_failed_changes(self, entity: str, mapping: aws_lambda.CfnEventSourceMapping) -> None:
        """Raise an alarm when changes of the entity's stream were abandoned: written to the lake bucket, or dropped."""
        for metric_name, suffix, happened, remedy in (
            (
                "OnFailureDestinationDeliveredEventCount",
                "failed",
                "did not reach the lake",
                f"`txplatform changes list {entity}` shows them, `txplatform changes redrive {entity}` lands them",
            ),
            (
                "DroppedEventCount",
                "dropped",
                "were dropped",
                f"`txplatform bootstrap {entity}` brings the lake up to date",
            ),
        ):
            abandoned = Metric(
                "AWS/Lambda", metric_name, ("EventSourceMappingUUID", mapping.attr_id), "Sum", Duration.minutes(1)
            )
            description = f"Changes of {entity} {happened}; {remedy}."
            self.on_any(f"{names.PREFIX}-{entity}-changes-{suffix}", abandoned, description)
