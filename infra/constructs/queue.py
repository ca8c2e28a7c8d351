"""A queue with its dead-letter queue, and the alarms that say messages wait in either."""

import math

from aws_cdk import Duration, aws_sqs
from constructs import Construct

from infra.constructs.acknowledge import acknowledge
from infra.constructs.alerts import AlertsConstruct
from infra.environments import Environment

# What a consumer refuses it sets aside itself, with reasons: receiving in vain means that something behind it is down.
OUTAGE_SURVIVED = Duration.hours(12)
# A message keeps its time of sending when SQS moves it, so the dead-letter queue must keep messages for longer:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
RETENTION = Duration.days(7)
DEAD_LETTER_RETENTION = Duration.days(14)


class QueueConstruct(Construct):
    """Two encrypted queues that take TLS only; a message received in vain for half a day moves to the second."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        queue_name: str,
        dead_letter_queue_name: str,
        consumer_timeout: Duration,
        environment: Environment,
        alerts: AlertsConstruct,
    ) -> None:
        super().__init__(scope, construct_id)
        # AWS asks for six times the function's timeout, so that throttled retries do not use up the receive count.
        visibility_timeout = Duration.seconds(6 * consumer_timeout.to_seconds())
        receives = math.ceil(OUTAGE_SURVIVED.to_seconds() / visibility_timeout.to_seconds())
        self.dead_letters = aws_sqs.Queue(
            self,
            "DeadLetters",
            queue_name=dead_letter_queue_name,
            retention_period=DEAD_LETTER_RETENTION,
            encryption=aws_sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            removal_policy=environment.removal_policy,
        )
        acknowledge(self.dead_letters, "SQS3", "This queue is itself the dead-letter queue of another.")
        self.queue = aws_sqs.Queue(
            self,
            "Queue",
            queue_name=queue_name,
            retention_period=RETENTION,
            visibility_timeout=visibility_timeout,
            encryption=aws_sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            removal_policy=environment.removal_policy,
            dead_letter_queue=aws_sqs.DeadLetterQueue(max_receive_count=receives, queue=self.dead_letters),
        )
        alerts.on_dead_letters(dead_letter_queue_name)
        alerts.on_backlog(queue_name)
