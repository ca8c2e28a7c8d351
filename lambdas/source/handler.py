"""Composition root of `source`: an SQS event in, the messages to retry out.

Every message ends in the API, in its entity's dead-letter queue with its reasons, or back in the inbound queue. What
is refused is sent before anything is posted, and posting ends in time to tell which messages to retry.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any, Protocol

from lambdas.shared.aws import client
from lambdas.shared.errors import DependencyError
from lambdas.shared.logging import logger
from lambdas.shared.metrics import Metrics
from lambdas.shared.registry import CurrentSchema, SchemaRegistry
from lambdas.shared.settings import for_entity, load
from lambdas.shared.timestamps import timestamp_text
from lambdas.source.adapters import (
    MAX_BATCH_BYTES,
    Alerts,
    DeadLetterQueues,
    Letter,
    machine_credentials,
)
from lambdas.source.api import DataApi, Deadline, MachineTokens, pool
from lambdas.source.core import (
    Accepted,
    Message,
    Refused,
    alert,
    calls,
    dead_letter,
    judge,
    parse_event,
    rejections,
)
from lambdas.source.settings import Settings

RESERVED_SECONDS = 8.0  # of an invocation, for letters, alert and metrics after the last call; the last two take 6

log = logger("source")


class Context(Protocol):
    """What the handler asks of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int: ...


class Source:
    """The function with all it is wired to."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._registry = SchemaRegistry(client("dynamodb"), settings.registry_table)
        self._dead_letters = DeadLetterQueues(client("sqs"))
        self._alerts = Alerts(client("sns"), settings.alerts_topic_arn)
        self._metrics = Metrics(client("cloudwatch"), settings.metric_namespace, "Entity", log)
        http = pool()
        credentials = partial(machine_credentials, client("secretsmanager"), settings.client_secret_arn)
        self._api = DataApi(http, settings.api_url, MachineTokens(http, settings.token_url, credentials))

    def process(self, event: Mapping[str, Any], deadline: Deadline) -> dict[str, Any]:
        """Handle an SQS event; raise when nothing of it could be judged."""
        retry: set[str] = set()
        counts: dict[str, dict[str, int]] = {}
        for entity, messages in parse_event(event, self._settings.inbound_queue).items():
            current = CurrentSchema(self._registry, entity)
            accepted, refused = _judge_all(current, messages)
            version = current.schema.version
            told, unsent = self._refuse(entity, refused, version)
            rejected, unanswered = self._post(entity, accepted, deadline)
            told_too, unsent_too = self._refuse(entity, rejected, version)
            self._alert(entity, told + told_too)
            retry |= unanswered | unsent | unsent_too
            posted = len(accepted) - len(rejected) - len(unanswered)
            sent = len(refused) + len(rejected) - len(unsent) - len(unsent_too)
            counts[entity] = {"MessagesAccepted": posted, "MessagesRefused": sent}
        self._metrics.put(counts)
        log.info("batch", extra={"counts": counts, "retried": len(retry)})
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in sorted(retry)]}

    def _post(self, entity: str, accepted: list[Accepted], deadline: Deadline) -> tuple[list[Refused], set[str]]:
        """Post what was accepted; return what the API rejected, and the ids of what it did not answer."""
        rejected: list[Refused] = []
        unanswered: set[str] = set()
        scope = for_entity(self._settings.scope, entity)
        for call in calls(accepted):
            try:
                results = self._api.post_batch(entity, scope, [item.operation for item in call], deadline)
            except DependencyError as error:
                log.warning("call to be retried", extra={"code": error.code, "reason": str(error), "count": len(call)})
                unanswered |= {item.message.message_id for item in call}
            else:
                rejected += rejections(call, results)
        return rejected, unanswered

    def _refuse(self, entity: str, refused: list[Refused], version: str) -> tuple[list[Refused], set[str]]:
        """Send the refused to the dead-letter queue.

        Return what the alert tells of, and the ids of what could not be sent. What is too large to be sent is told of.
        """
        now = timestamp_text(datetime.now(UTC))
        letters = [Letter(item.message.message_id, dead_letter(item, now, version)) for item in refused]
        too_large = {letter.message_id for letter in letters if letter.size > MAX_BATCH_BYTES}
        url = for_entity(self._settings.dead_letter_queue_url, entity)
        unsent = self._dead_letters.send(url, [letter for letter in letters if letter.message_id not in too_large])
        return [item for item in refused if item.message.message_id not in unsent], unsent | too_large

    def _alert(self, entity: str, refused: list[Refused]) -> None:
        if refused:
            queue = for_entity(self._settings.inbound_queue, entity)
            dead_letter_queue = for_entity(self._settings.dead_letter_queue_url, entity)
            self._alerts.publish(*alert(entity, refused, queue, dead_letter_queue))


def _judge_all(current: CurrentSchema, messages: Sequence[Message]) -> tuple[list[Accepted], list[Refused]]:
    """What passes and what does not, all of it by one schema."""
    schema = current.schema
    verdicts = [judge(schema, message) for message in messages]
    refused = [verdict for verdict in verdicts if isinstance(verdict, Refused)]
    if refused and current.newer_than(schema) is not None:
        return _judge_all(current, messages)
    return [verdict for verdict in verdicts if isinstance(verdict, Accepted)], refused


@cache
def _source() -> Source:
    return Source(load(Settings))


def handler(event: dict[str, Any], context: Context) -> dict[str, Any]:
    """The entry point that Lambda calls."""
    deadline = Deadline(context.get_remaining_time_in_millis() / 1000 - RESERVED_SECONDS)
    return _source().process(event, deadline)
