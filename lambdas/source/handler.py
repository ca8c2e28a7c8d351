"""Composition root of `source`: an SQS event in, the messages to retry out.

Every message of an entity's queue ends in the API, in the entity's dead-letter queue with its reasons, or back in the
inbound queue. What is refused is sent before anything is posted, and posting ends in time to report which messages to
retry. `system_queues` handles the messages of source systems.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.shared.aws import client
from lambdas.shared.initialization import made_at_init
from lambdas.shared.logging import logger
from lambdas.shared.mapping_registry import MappingRegistry
from lambdas.shared.metrics import Metrics
from lambdas.shared.places import general_place
from lambdas.shared.registry import CurrentSchema, SchemaRegistry
from lambdas.shared.settings import for_entity, load
from lambdas.shared.timestamps import timestamp_text
from lambdas.source.adapters import (
    MAX_BATCH_BYTES,
    Alerts,
    DeadLetter,
    DeadLetterQueues,
    InboundQueues,
    machine_credentials,
)
from lambdas.source.api import DataApi, Deadline, MachineTokens, pool
from lambdas.source.core import (
    MAX_RULES_IN_LINE,
    Accepted,
    Message,
    Refused,
    alert,
    dead_letter,
    parse_event,
    validate,
)
from lambdas.source.posting import Poster, traced
from lambdas.source.settings import Settings
from lambdas.source.system_queues import SystemQueues
from lambdas.source.waiting import PAUSE, Retries

RESERVED_SECONDS = 8.0  # of an invocation, for dead letters and alerts after the last call; an alert takes 3

log = logger("source")


class Source:
    """The function with all it is wired to."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._registry = SchemaRegistry(client("dynamodb"), settings.registry_table)
        self._dead_letters = DeadLetterQueues(client("sqs"))
        self._alerts = Alerts(client("sns"), settings.alerts_topic_arn)
        self._metrics = Metrics(settings.metric_namespace, "Entity")
        http = pool()
        credentials = partial(machine_credentials, client("secretsmanager"), settings.client_secret_arn)
        api = DataApi(http, settings.api_url, MachineTokens(http, settings.token_url, credentials))
        self._inbound = InboundQueues(client("sqs"), settings.dead_letter_queue_url)
        record_wait = timedelta(seconds=settings.record_wait_seconds)
        self._poster = Poster(api, settings.scope, record_wait)
        mappings = MappingRegistry(client("dynamodb"), settings.registry_table)
        self._systems = SystemQueues(settings, mappings, self._registry, self._poster, self._dead_letters, self._alerts)

    def process(self, event: Mapping[str, Any], call_id: str, deadline: Deadline) -> dict[str, Any]:
        """Handle an SQS event; raise when nothing of it could be validated. `call_id` names the invocation to the API.

        What was counted before an error is counted all the same.
        """
        retries = Retries()
        received = parse_event(event, self._settings.inbound_queue, self._settings.source_queue)
        with self._metrics.counting() as counts:
            for entity, messages in received.by_entity.items():
                counts[entity] = Counter()
                retries.add(*self._process(entity, messages, counts[entity], call_id, deadline))
            for system, messages in received.by_system.items():
                retries.add(*self._systems.process(system, messages, call_id, deadline))
            self._postpone(retries.waiting.values(), deadline)
            log.info("batch", extra={"counts": counts, "retried": len(retries.ids)})
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in sorted(retries.ids)]}

    def _postpone(self, waiting: Iterable[Message], deadline: Deadline) -> None:
        """Let messages come back when their records may be there; those without time left, when their queue says."""
        for message in waiting:
            if not deadline.has_time:
                return
            delivery = message.delivery
            self._inbound.postpone(delivery.queue, delivery.receipt_handle, int(PAUSE.total_seconds()))

    def _process(
        self, entity: str, messages: Sequence[Message], counts: Counter[str], call_id: str, deadline: Deadline
    ) -> tuple[set[str], Mapping[str, Message]]:
        """Handle the messages of one entity, and count them.

        Return the ids of those to be retried, and those of them that wait for a record.
        """
        current = CurrentSchema(self._registry, entity)
        accepted, refused = _validate_all(current, messages)
        version = current.schema.version
        alerted, unsent = self._refuse(entity, refused, version)
        counts.update(MessagesRefused=len(refused) - len(unsent))
        posted = self._poster.post(current.schema, accepted, call_id, deadline)
        rejected = [Refused(item.accepted.message, item.reasons, item.further) for item in posted.rejected]
        unanswered = {item.message.message_id for item in posted.unanswered}
        counts.update(
            MessagesAccepted=len(accepted) - len(rejected) - len(unanswered), MessagesSuperseded=len(posted.superseded)
        )
        ignored = sum(item.ignored for item in accepted)
        if ignored:
            counts.update(UnknownFieldsIgnored=ignored)
        deprecated = sum(len(current.schema.deprecated & item.record.keys()) for item in accepted)
        if deprecated:
            counts.update(DeprecatedFields=deprecated)
        alerted_too, unsent_too = self._refuse(entity, rejected, version)
        counts.update(MessagesRefused=len(rejected) - len(unsent_too))
        self._alert(entity, alerted + alerted_too)
        return unanswered | unsent | unsent_too, posted.waiting

    def _refuse(self, entity: str, refused: list[Refused], version: str) -> tuple[list[Refused], set[str]]:
        """Send the refused to the dead-letter queue.

        Return what the alert reports, and the ids of what could not be sent. The alert also reports what is too large
        to be sent.
        """
        now = timestamp_text(datetime.now(UTC))
        dead_letters = [
            DeadLetter(item.message.message_id, dead_letter(item, now, version), item.message.correlation_id)
            for item in refused
        ]
        for item in refused:
            rules = sorted({f"{general_place(reason.field)}:{reason.rule}" for reason in item.reasons})
            further = max(0, len(rules) - MAX_RULES_IN_LINE) + item.further
            named = {"rules": rules[:MAX_RULES_IN_LINE], "further_rules": further}
            log.warning("refused", extra={**traced(item.message), "entity": entity, **named})
        too_large = {item.message_id for item in dead_letters if item.size > MAX_BATCH_BYTES}
        url = for_entity(self._settings.dead_letter_queue_url, entity)
        unsent = self._dead_letters.send(url, [item for item in dead_letters if item.message_id not in too_large])
        return [item for item in refused if item.message.message_id not in unsent], unsent | too_large

    def _alert(self, entity: str, refused: list[Refused]) -> None:
        if refused:
            queue = for_entity(self._settings.inbound_queue, entity)
            dead_letter_queue = for_entity(self._settings.dead_letter_queue_url, entity)
            self._alerts.publish(*alert(entity, refused, queue, dead_letter_queue))


def _validate_all(current: CurrentSchema, messages: Sequence[Message]) -> tuple[list[Accepted], list[Refused]]:
    """Validate all messages by one schema, and return what passes and what does not."""
    schema = current.schema
    outcomes = [validate(schema, message) for message in messages]
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    if refused and current.newer_than(schema) is not None:
        return _validate_all(current, messages)
    return [outcome for outcome in outcomes if isinstance(outcome, Accepted)], refused


@made_at_init
@cache
def _source() -> Source:
    return Source(load(Settings))


@log.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The entry point that Lambda calls."""
    deadline = Deadline(context.get_remaining_time_in_millis() / 1000 - RESERVED_SECONDS)
    return _source().process(event, context.aws_request_id, deadline)
