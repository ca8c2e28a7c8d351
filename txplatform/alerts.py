"""Alerts to the operators' SNS topic. They name counts, rules and objects, never a value of a record."""

import logging
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from txplatform.aws import AwsClients
from txplatform.wording import counted

_SUBJECT_LIMIT = 100  # of SNS
_SHOWN = 20
_TIMEOUT_SECONDS = 5
_log = logging.getLogger(__name__)


class Alerts:
    """Publishes to one topic."""

    def __init__(self, clients: AwsClients, topic_arn: str) -> None:
        self._clients = clients
        self._topic_arn = topic_arn

    @property
    def sns(self) -> Any:
        """The client that publishes: it makes one attempt, of a few seconds."""
        return self._clients.client("sns", retries=False, read_timeout=_TIMEOUT_SECONDS)

    def publish(self, subject: str, lines: Sequence[str]) -> bool:
        """Publish one alert and return whether that worked.

        A failure is logged: the work that the alert reports on must not fail too, nor wait for a topic that does not
        answer.
        """
        message = "\n".join(lines) or subject
        try:
            self.sns.publish(TopicArn=self._topic_arn, Subject=subject[:_SUBJECT_LIMIT], Message=message)
        except (BotoCoreError, ClientError):
            _log.exception("alert not published: %s\n%s", subject, message)
            return False
        return True

    def publish_objects(self, entity: str, objects: Sequence[str], outcome: str, why: str) -> bool:
        """Publish one alert on what happens to landed objects (URIs), none where there are none; False if it failed."""
        return not objects or self.publish(
            f"{entity}: {counted(len(objects), 'object')} {outcome}", [why, "", *object_lines(objects)]
        )


def object_lines(objects: Sequence[str]) -> list[str]:
    """The lines of an alert that name objects: the first few, and how many more there are."""
    lines = ["Objects:", *(f"  {uri}" for uri in objects[:_SHOWN])]
    return [*lines, f"  and {len(objects) - _SHOWN} more"] if len(objects) > _SHOWN else lines
