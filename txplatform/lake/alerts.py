"""Alerts to the operators' SNS topic. They name counts, rules and objects, never a record's values."""

# pyright: reportMissingTypeStubs=false

import logging
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from txplatform.aws import AwsClients
from txplatform.contracts import names
from txplatform.lake.quarantine import Refused, count_reasons

_SUBJECT_LIMIT = 100  # of SNS
_SHOWN = 20
_TIMEOUT_SECONDS = 5
_log = logging.getLogger(__name__)


def topics(clients: AwsClients) -> Any:
    """The client that publishes alerts: one attempt, of a few seconds."""
    return clients.client("sns", retries=False, read_timeout=_TIMEOUT_SECONDS)


def alert(clients: AwsClients, subject: str, lines: Sequence[str]) -> bool:
    """Publish one alert; say whether that worked.

    A failure is logged: the work that it tells of must not fail too, nor wait for a topic that does not answer.
    """
    message = "\n".join(lines) or subject
    topic = clients.settings.alerts_topic_arn
    try:
        topics(clients).publish(TopicArn=topic, Subject=subject[:_SUBJECT_LIMIT], Message=message)
    except (BotoCoreError, ClientError):
        _log.exception("alert not published: %s\n%s", subject, message)
        return False
    return True


def alert_objects(clients: AwsClients, entity: str, objects: Sequence[str], outcome: str, why: str) -> bool:
    """One alert for all landed objects (by URI) that something becomes of; none where there are none.

    Say whether people know.
    """
    return not objects or alert(clients, f"{entity}: {len(objects)} objects {outcome}", [why, "", *_listed(objects)])


def alert_refused(clients: AwsClients, entity: str, lane: str, refused: Sequence[Refused]) -> None:
    """One alert for all rows that a commit had refused; none where it had none."""
    frames = [frame for _, _, frame in refused]
    rows = sum(frame.height for frame in frames)
    if not rows:
        return
    lines = [f"{rows} rows of {entity} ({lane}) are in table {names.quarantine_table(entity)}.", "", "Reasons:"]
    lines += [f"  {name}: {count}" for name, count in list(count_reasons(frames).items())[:_SHOWN]]
    objects = [item.uri for item, _, _ in refused]
    alert(clients, f"{entity}: {rows} rows refused ({lane})", [*lines, "", *_listed(objects)])


def _listed(objects: Sequence[str]) -> list[str]:
    lines = ["Objects:", *(f"  {uri}" for uri in objects[:_SHOWN])]
    return [*lines, f"  and {len(objects) - _SHOWN} more"] if len(objects) > _SHOWN else lines
