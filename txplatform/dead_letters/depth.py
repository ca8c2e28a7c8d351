"""How many messages a queue has, and at which moment of SQS's own clock that was."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from txplatform.aws import AwsClients
from txplatform.clock import utc_now
from txplatform.dead_letters.queues import translated_errors

if TYPE_CHECKING:
    from mypy_boto3_sqs.literals import QueueAttributeNameType

_VISIBLE: "QueueAttributeNameType" = "ApproximateNumberOfMessages"
_HIDDEN: "QueueAttributeNameType" = "ApproximateNumberOfMessagesNotVisible"


@dataclass(frozen=True, slots=True)
class Depth:
    """How many messages a queue has, as SQS estimates it, and the moment of that: `hidden` ones cannot be read now."""

    visible: int
    hidden: int
    at: datetime


def read_depth(clients: AwsClients, name: str, url: str) -> Depth:
    """Ask SQS; raise QueueError."""
    with translated_errors(clients, name):
        answer = clients.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[_VISIBLE, _HIDDEN])
    counts = answer["Attributes"]
    return Depth(int(counts[_VISIBLE]), int(counts[_HIDDEN]), _moment(answer["ResponseMetadata"]))


def _moment(metadata: Mapping[str, Any]) -> datetime:
    """When SQS answered, by its own clock: that of this machine unless it differs by a second."""
    now = utc_now()
    try:
        answered = parsedate_to_datetime(metadata["HTTPHeaders"]["date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return now
    second = timedelta(seconds=1)
    return now if answered <= now < answered + 2 * second else answered + second
