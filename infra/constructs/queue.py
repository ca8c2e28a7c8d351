"""A queue with its dead-letter queue, and the alarm that says something is in there."""

from aws_cdk import Duration, aws_sqs
from constructs import Construct

from infra.constructs.acknowledge import acknowledge
from infra.constructs.alerts import AlertsConstruct

MAX_RECEIVE_COUNT = 5


class QueueConstruct(Construct):
    """Two encrypted queues that take TLS only; a message received five times in vain moves to the second."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        queue_name: str,
        dead_letter_queue_name: str,
        consumer_timeout: Duration,
        alerts: AlertsConstruct,
    ) -> None:
        super().__init__(scope, construct_id)
        self.dead_letters = aws_sqs.Queue(
            self,
            "DeadLetters",
            queue_name=dead_letter_queue_name,
            retention_period=Duration.days(14),
            encryption=aws_sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
        )
        acknowledge(self.dead_letters, "SQS3", "This queue is itself the dead-letter queue of another.")
        self.queue = aws_sqs.Queue(
            self,
            "Queue",
            queue_name=queue_name,
            retention_period=Duration.days(14),
            # AWS asks for six times the function's timeout, so that throttled retries do not use up the receive count.
            visibility_timeout=Duration.seconds(6 * consumer_timeout.to_seconds()),
            encryption=aws_sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            dead_letter_queue=aws_sqs.DeadLetterQueue(max_receive_count=MAX_RECEIVE_COUNT, queue=self.dead_letters),
        )
        alerts.on_dead_letters(dead_letter_queue_name)
