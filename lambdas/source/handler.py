"""Composition root of `source`: an SQS event in, the messages to retry out.

Every message ends in the API, in its entity's dead-letter queue with all reasons, or back in the inbound queue.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

from lambdas.shared.aws import client
from lambdas.shared.errors import DependencyError
from lambdas.shared.logging import logger
from lambdas.shared.registry import SchemaRegistry
from lambdas.shared.settings import for_entity, load
from lambdas.shared.timestamps import timestamp_text
from lambdas.source.adapters import Alerts, DeadLetterQueues, Letter, Metrics, machine_credentials
from lambdas.source.api import DataApi, MachineTokens, pool
from lambdas.source.core import Accepted, Refused, alert, calls, dead_letter, judge, parse_event, rejections
from lambdas.source.settings import Settings

log = logger("source")


class Source:
    """The function with all it is wired to."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._registry = SchemaRegistry(client("dynamodb"), settings.registry_table)
        self._dead_letters = DeadLetterQueues(client("sqs"))
        self._alerts = Alerts(client("sns"), settings.alerts_topic_arn)
        self._metrics = Metrics(client("cloudwatch"), settings.metric_namespace)
        http = pool()
        credentials = partial(machine_credentials, client("secretsmanager"), settings.client_secret_arn)
        self._api = DataApi(http, settings.api_url, MachineTokens(http, settings.token_url, credentials))

    def process(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Handle an SQS event; raise when nothing of it could be judged."""
        retry: set[str] = set()
        counts: dict[str, dict[str, int]] = {}
        for entity, messages in parse_event(event, self._settings.inbound_queue).items():
            schema = self._registry.schema(entity)
            verdicts = [judge(schema, message) for message in messages]
            refused = [verdict for verdict in verdicts if isinstance(verdict, Refused)]
            accepted = [verdict for verdict in verdicts if isinstance(verdict, Accepted)]
            rejected, unanswered = self._post(entity, accepted)
            refused += rejected
            unsent = self._refuse(entity, refused, schema.version)
            retry |= unanswered | unsent
            posted = len(accepted) - len(rejected) - len(unanswered)
            counts[entity] = {"MessagesAccepted": posted, "MessagesRefused": len(refused) - len(unsent)}
        self._metrics.put(counts)
        log.info("batch", extra={"counts": counts, "retried": len(retry)})
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in sorted(retry)]}

    def _post(self, entity: str, accepted: list[Accepted]) -> tuple[list[Refused], set[str]]:
        """Post what was accepted; return what the API rejected, and the ids of what it did not answer."""
        rejected: list[Refused] = []
        unanswered: set[str] = set()
        scope = for_entity(self._settings.scope, entity)
        for call in calls(accepted):
            try:
                results = self._api.post_batch(entity, scope, [item.operation for item in call])
            except DependencyError as error:
                log.warning("call to be retried", extra={"code": error.code, "reason": str(error), "count": len(call)})
                unanswered |= {item.message.message_id for item in call}
            else:
                rejected += rejections(call, results)
        return rejected, unanswered

    def _refuse(self, entity: str, refused: list[Refused], schema_version: str) -> set[str]:
        """Send the refused to the dead-letter queue and say so once; return the ids of what could not be sent."""
        if not refused:
            return set()
        url = for_entity(self._settings.dead_letter_queue_url, entity)
        now = timestamp_text(datetime.now(UTC))
        letters = [Letter(item.message.message_id, dead_letter(item, now, schema_version)) for item in refused]
        unsent = self._dead_letters.send(url, letters)
        sent = [item for item in refused if item.message.message_id not in unsent]
        if sent:
            self._alerts.publish(*alert(entity, sent, url))
        return unsent


@cache
def _source() -> Source:
    return Source(load(Settings))


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """The entry point that Lambda calls."""
    return _source().process(event)
