"""The messages of source systems from queue to API: what is refused of a message is sent once the rest is answered for.

A message is done when each of its records is in the API, or in the dead letter with its reasons; else it is retried
whole, which is harmless. So a dead letter may come twice, under the same id of its origin, and never not at all.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from lambdas.shared.logging import logger
from lambdas.shared.mapping_registry import MappingRegistry
from lambdas.shared.metrics import Counts, Metrics
from lambdas.shared.places import general_place
from lambdas.shared.registry import CurrentSchema, SchemaRegistry
from lambdas.shared.schema import EntitySchema
from lambdas.shared.settings import for_system
from lambdas.shared.timestamps import timestamp_text
from lambdas.source.adapters import MAX_BATCH_BYTES, Alerts, DeadLetter, DeadLetterQueues
from lambdas.source.api import Deadline
from lambdas.source.core import MAX_RULES_IN_LINE, Message
from lambdas.source.posting import Poster, traced
from lambdas.source.settings import Settings
from lambdas.source.systems import AcceptedRecord, Outcome, alert, dead_letter, read

log = logger("source")


class _Schemas:
    """The schemas of one invocation, each read when a record of its entity comes."""

    def __init__(self, registry: SchemaRegistry) -> None:
        self._registry = registry
        self._current: dict[str, CurrentSchema] = {}

    def __call__(self, entity: str) -> EntitySchema:
        if entity not in self._current:
            self._current[entity] = CurrentSchema(self._registry, entity)
        return self._current[entity].schema

    def are_newer(self) -> bool:
        """Read what is published at this moment, once, and say whether anything else is current now."""
        newer = [current.newer_than(current.schema) for current in self._current.values()]
        return any(schema is not None for schema in newer)


class SystemQueues:
    """The queues of all source systems."""

    def __init__(
        self,
        settings: Settings,
        mappings: MappingRegistry,
        schemas: SchemaRegistry,
        poster: Poster,
        dead_letters: DeadLetterQueues,
        alerts: Alerts,
    ) -> None:
        self._settings = settings
        self._mappings = mappings
        self._schemas = schemas
        self._poster = poster
        self._dead_letters = dead_letters
        self._alerts = alerts
        self._metrics = Metrics(settings.metric_namespace, "System")
        self._reasons = Metrics(settings.metric_namespace, "System", "Reason")

    def process(
        self, system: str, messages: Sequence[Message], call_id: str, deadline: Deadline
    ) -> tuple[set[str], Mapping[str, Message]]:
        """Handle the messages of one system, and count them.

        Return the ids of those to be retried, and those of them that wait for a record.
        """
        with self._metrics.counting() as counts, self._reasons.counting() as reasons:
            counts[system] = Counter(MessagesReceived=len(messages))
            schemas = _Schemas(self._schemas)
            version, outcomes = self._read(system, schemas, messages)
            retry, waiting, superseded = self._post(schemas, outcomes, call_id, deadline)
            answered = [item for item in outcomes if item.message.message_id not in retry]
            retry |= self._refuse(system, [item for item in answered if item.read.refusals], version)
            done = [item for item in answered if item.message.message_id not in retry]
            _count(system, done, counts, reasons)
            sent = {message.message_id: message.origin.sent_at for message in messages}
            ended = [item.message.message_id for item in done]
            counts[system]["RecordsSuperseded"] = sum(superseded[message_id] for message_id in ended)
            counts[system]["LatencyMilliseconds"] = _latency(min((sent[each] for each in ended), default=None))
        return retry, waiting

    def _read(self, system: str, schemas: _Schemas, messages: Sequence[Message]) -> tuple[str, list[Outcome]]:
        """Read all messages by one mapping, of which the version is returned too.

        Where something is refused, they are read again if anything newer is published.
        """
        current = self._mappings.current(system)
        while True:
            mapping = current.value
            outcomes = read(mapping, schemas, messages)
            if not any(outcome.read.refusals for outcome in outcomes):
                break
            newer = current.newer_than(mapping)
            if not schemas.are_newer() and newer is None:
                break
        return mapping.version, outcomes

    def _post(
        self, schemas: _Schemas, outcomes: Sequence[Outcome], call_id: str, deadline: Deadline
    ) -> tuple[set[str], Mapping[str, Message], Counter[str]]:
        """Post what was accepted, entity by entity, and add to the outcomes what the API rejects.

        Return the ids of the messages that the API did not answer for in full, those of them that wait for a record,
        and how many records of each message were superseded.
        """
        by_entity: dict[str, list[AcceptedRecord]] = {}
        by_message = {outcome.message.message_id: outcome for outcome in outcomes}
        for outcome in outcomes:
            for item in outcome.accepted:
                by_entity.setdefault(item.read.entity, []).append(item)
        unanswered: set[str] = set()
        waiting: dict[str, Message] = {}
        superseded = Counter[str]()
        for entity, items in by_entity.items():
            posted = self._poster.post(schemas(entity), items, call_id, deadline)
            unanswered |= {item.message.message_id for item in posted.unanswered}
            waiting |= posted.waiting
            superseded.update(message.message_id for message in posted.superseded)
            for item in posted.rejected:
                record = item.accepted
                assert isinstance(record, AcceptedRecord)
                outcome = by_message[record.message.message_id]
                outcome.rejected += 1
                outcome.read.refusals += map(record.read.refusal, item.reasons)
                outcome.further += item.further
        return unanswered, waiting, superseded

    def _refuse(self, system: str, refused: Sequence[Outcome], version: str) -> set[str]:
        """Send dead letters and the alert; return the ids of what could not be sent."""
        if not refused:
            return set()
        now = timestamp_text(datetime.now(UTC))
        for outcome in refused:
            log.warning("refused", extra={**traced(outcome.message), "system": system, **_rules(outcome)})
        dead_letters = [
            DeadLetter(
                item.message.message_id,
                dead_letter(item, system, now, version),
                item.message.correlation_id,
                item.message.source,
            )
            for item in refused
        ]
        too_large = {item.message_id for item in dead_letters if item.size > MAX_BATCH_BYTES}
        url = for_system(self._settings.source_dead_letter_queue_url, system)
        unsent = self._dead_letters.send(url, [item for item in dead_letters if item.message_id not in too_large])
        alerted = [item for item in refused if item.message.message_id not in unsent]
        if alerted:
            queue = for_system(self._settings.source_queue, system)
            self._alerts.publish(*alert(system, alerted, queue, url))
        return unsent | too_large


def _rules(outcome: Outcome) -> Mapping[str, object]:
    rules = sorted({f"{reason.record}.{general_place(reason.field)}:{reason.rule}" for reason in outcome.read.refusals})
    further = max(0, len(rules) - MAX_RULES_IN_LINE) + outcome.further
    return {"rules": rules[:MAX_RULES_IN_LINE], "further_rules": further}


def _count(system: str, done: Sequence[Outcome], counts: Counts, reasons: Counts) -> None:
    """Count messages by what became of them, and each reason of a message once."""
    counted = counts[system]
    counted.update(MessagesAccepted=0, MessagesIgnored=0, MessagesRefused=0, RecordsAccepted=0)
    for outcome in done:
        counted["RecordsAccepted"] += len(outcome.read.records) - outcome.rejected
        kind = "Refused" if outcome.read.refusals else "Accepted" if outcome.read.records else "Ignored"
        counted[f"Messages{kind}"] += 1
        for name in {refusal.rule for refusal in outcome.read.refusals}:
            reasons.setdefault(f"{system}/{name}", Counter())["Refused"] += 1
        for name in set(outcome.read.ignored):
            reasons.setdefault(f"{system}/{name}", Counter())["Ignored"] += 1


def _latency(sent_at: str | None) -> int:
    """How long the oldest of the messages took from its sender to here, in milliseconds; 0 without one."""
    if sent_at is None:
        return 0
    return max(0, round((datetime.now(UTC) - datetime.fromisoformat(sent_at)).total_seconds() * 1000))
