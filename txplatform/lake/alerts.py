"""Alerts to the operators' SNS topic. They name counts, rules and objects, never a record's values."""

# pyright: reportMissingTypeStubs=false

import logging
from collections.abc import Mapping, Sequence

from botocore.exceptions import BotoCoreError, ClientError

from txplatform.aws import AwsClients
from txplatform.contracts import names

_SUBJECT_LIMIT = 100  # of SNS
_SHOWN = 20
_log = logging.getLogger(__name__)


def alert(clients: AwsClients, subject: str, lines: Sequence[str]) -> bool:
    """Publish one alert; say whether that worked. A failure is logged: the work that it tells of must not fail too."""
    message = "\n".join(lines) or subject
    topic = clients.settings.alerts_topic_arn
    try:
        clients.client("sns").publish(TopicArn=topic, Subject=subject[:_SUBJECT_LIMIT], Message=message)
    except (BotoCoreError, ClientError):
        _log.exception("alert not published: %s\n%s", subject, message)
        return False
    return True


def alert_refused(
    clients: AwsClients, entity: str, lane: str, reasons: Mapping[str, int], refused: int, objects: Sequence[str]
) -> None:
    """One alert for all rows that a batch had refused; none where it had none. `reasons` counts under `field:rule`."""
    if not refused:
        return
    lines = [f"{refused} rows of {entity} ({lane}) are in table {names.quarantine_table(entity)}.", "", "Reasons:"]
    lines += [f"  {name}: {rows}" for name, rows in list(reasons.items())[:_SHOWN]]
    lines += ["", "Objects:", *(f"  {uri}" for uri in objects[:_SHOWN])]
    if len(objects) > _SHOWN:
        lines.append(f"  and {len(objects) - _SHOWN} more")
    alert(clients, f"{entity}: {refused} rows refused ({lane})", lines)
