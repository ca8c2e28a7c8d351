"""AWS as `source` uses it: the dead-letter queues, the alerts topic and the machine client's secret."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lambdas.shared import correlation
from lambdas.shared.aws import AWS_ERRORS, error_code
from lambdas.shared.errors import InvalidJsonError, TokenUnavailableError
from lambdas.shared.jsonio import loads
from lambdas.shared.logging import logger
from lambdas.shared.message_text import SOURCE_ATTRIBUTE
from lambdas.source.packing import pack

MAX_ENTRIES = 10  # of one SendMessageBatch
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
MAX_BATCH_BYTES = 1_048_576  # of all its entries together, and so of one dead letter

_STRING = "String"

log = logger("source")


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A body on its way to a dead-letter queue; all else is as the refused message has it."""

    message_id: str
    body: str
    correlation_id: str
    source: str | None = None

    @property
    def size(self) -> int:
        """The size in bytes as SQS counts it: the body, and its attributes' names, types and values."""
        attributes = [text for name, value in self._attributes.items() for text in (name, _STRING, value)]
        return sum(len(text.encode()) for text in (self.body, *attributes))

    def as_entry(self, entry_id: str) -> dict[str, Any]:
        """The dead letter as an entry of SendMessageBatch."""
        return {
            "Id": entry_id,
            "MessageBody": self.body,
            "MessageAttributes": {
                name: {"DataType": _STRING, "StringValue": value} for name, value in self._attributes.items()
            },
        }

    @property
    def _attributes(self) -> dict[str, str]:
        named = {} if self.source is None else {SOURCE_ATTRIBUTE: self.source}
        return {correlation.MESSAGE_ATTRIBUTE: self.correlation_id, **named}


class DeadLetterQueues:
    """Sends refused messages; what it could not send, the caller leaves in the inbound queue.

    A dead letter is larger than its payload, and may exceed what a queue takes. Its payload is not cut: the message
    stays in the inbound queue, whose own redrive moves it to the dead-letter queue as it came. Until then, each time
    that it is received, the alert says why it was refused.
    """

    def __init__(self, sqs: Any) -> None:
        self._sqs = sqs

    def send(self, url: str, dead_letters: Sequence[DeadLetter]) -> set[str]:
        """Send dead letters of at most MAX_BATCH_BYTES, and return the message ids of those that SQS did not take."""
        unsent: set[str] = set()
        for chunk in pack(dead_letters, lambda item: item.size, MAX_ENTRIES, MAX_BATCH_BYTES):
            entries = [item.as_entry(str(index)) for index, item in enumerate(chunk)]
            try:
                answer = self._sqs.send_message_batch(QueueUrl=url, Entries=entries)
            except AWS_ERRORS as error:
                log.error("dead letters not sent", extra={"reason": error_code(error), "count": len(chunk)})
                unsent.update(item.message_id for item in chunk)
            else:
                unsent.update(chunk[int(failed["Id"])].message_id for failed in answer.get("Failed", ()))
        return unsent


class InboundQueues:
    """Lets messages that stay in their queue come back sooner than its visibility timeout says.

    `url` is that of a queue of the same account and region.
    """

    def __init__(self, sqs: Any, url: str) -> None:
        self._sqs = sqs
        self._host = url.rpartition("/")[0]

    def postpone(self, queue: str, receipt_handle: str, seconds: int) -> None:
        """Let the message come back after these seconds; where SQS does not answer, after the queue's own time."""
        url = f"{self._host}/{queue}"
        try:
            self._sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds)
        except AWS_ERRORS as error:
            log.warning("message not postponed", extra={"queue": queue, "reason": error_code(error)})


class Alerts:
    """The alerts topic. An alert that cannot be sent is logged: the alarm on MessagesRefused reports the same."""

    def __init__(self, sns: Any, topic_arn: str) -> None:
        self._sns = sns
        self._topic_arn = topic_arn

    def publish(self, subject: str, text: str) -> None:
        """Publish one alert, in one brief attempt."""
        try:
            self._sns.publish(TopicArn=self._topic_arn, Subject=subject, Message=text)
        except AWS_ERRORS as error:
            log.error("alert not sent", extra={"reason": error_code(error), "subject": subject})


def machine_credentials(secrets: Any, arn: str) -> tuple[str, str]:
    """Client id and secret of the machine client, as they are now; raise TokenUnavailableError."""
    try:
        secret = loads(secrets.get_secret_value(SecretId=arn)["SecretString"])
        return secret["client_id"], secret["client_secret"]
    except AWS_ERRORS as error:
        raise TokenUnavailableError(f"the machine client's secret cannot be read: {error_code(error)}") from error
    except (InvalidJsonError, KeyError, TypeError) as error:
        raise TokenUnavailableError("the machine client's secret has another form") from error
