"""What becomes of the messages of a source system, without AWS: their records, their reasons, and what is said of them.

A message is one payload or many, and a payload is records of any entity. What is refused of it goes to the system's
dead-letter queue as one dead letter with the whole message; once that is moved back, what was good changes nothing, as
it is stored, and what has been corrected arrives.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from lambdas.shared.errors import InvalidJsonError
from lambdas.shared.jsonio import dumps, loads
from lambdas.shared.mapping.document import SystemMapping
from lambdas.shared.mapping.envelopes import LIMITS
from lambdas.shared.mapping.messages import ReadMessage, ReadRecord, Schemas, read_messages
from lambdas.source.core import (
    MAX_IDS_IN_ALERT,
    MAX_REASONS_IN_ALERT,
    MAX_REASONS_IN_DEAD_LETTER,
    Accepted,
    Message,
    alerted_field,
    held_by_dead_letter,
    text_for_sqs,
)

_DEAD_LETTER = frozenset((
    *("system", "reasons", "further_reasons", "payload", "origin", "envelopes", "refused_at", "mapping_version"),
))  # fmt: skip


@dataclass(slots=True, kw_only=True)
class AcceptedRecord(Accepted):
    """A record of a message, as the operation to post."""

    read: ReadRecord


@dataclass(slots=True)
class Outcome:
    """What one message yields. Of its records, the API may have rejected some.

    There are `further` reasons beside those that the function kept, or the API named.
    """

    message: Message
    read: ReadMessage
    rejected: int = 0
    further: int = 0

    @property
    def accepted(self) -> list[AcceptedRecord]:
        """The records as operations to post."""
        return [
            AcceptedRecord(self.message, item.operation, item.record, item.removed, read=item)
            for item in self.read.records
        ]


def read(mapping: SystemMapping, schemas: Schemas, messages: Sequence[Message]) -> list[Outcome]:
    """Read messages, in their order. Of a dead letter that was moved back, the payload is read."""
    messages = [_held(message) or message for message in messages]
    found = read_messages(mapping, schemas, [(each.body, each.source == mapping.system) for each in messages])
    return [Outcome(message, read, further=read.further) for message, read in zip(messages, found, strict=True)]


def _held(message: Message) -> Message | None:
    """The message that a dead letter holds; None for any other message, of which most are not parsed for it."""
    if '"mapping_version"' not in message.body:
        return None
    try:
        return held_by_dead_letter(message, loads(message.body, LIMITS), _DEAD_LETTER, "system")
    except InvalidJsonError:
        return None


def dead_letter(outcome: Outcome, system: str, refused_at: str, mapping_version: str) -> str:
    """The body of the dead-letter message: the reasons, the message verbatim, and where it came from."""
    message = outcome.message
    body = {
        "system": system,
        "reasons": [refusal.as_dict() for refusal in outcome.read.refusals[:MAX_REASONS_IN_DEAD_LETTER]],
        "further_reasons": max(0, len(outcome.read.refusals) - MAX_REASONS_IN_DEAD_LETTER) + outcome.further,
        "payload": message.body,
        "origin": asdict(message.origin),
        "envelopes": [item.as_dict() for item in outcome.read.ids],
        "refused_at": refused_at,
        "mapping_version": mapping_version,
    }
    return text_for_sqs(body)


def alert(system: str, refused: Sequence[Outcome], queue: str, dead_letter_queue: str) -> tuple[str, str]:
    """Subject and text of the one alert of a batch: counts by record, field and rule, no value of any payload."""
    counts = Counter(
        (reason.record, alerted_field(reason.field, reason.rule), reason.rule)
        for outcome in refused
        for reason in outcome.read.refusals
    )
    ids = list(dict.fromkeys(outcome.message.correlation_id for outcome in refused))
    text = {
        "system": system,
        "refused": len(refused),
        "reasons": [
            {"record": record, "field": name, "rule": rule, "count": count}
            for (record, name, rule), count in counts.most_common(MAX_REASONS_IN_ALERT)
        ],
        "further_reasons": max(0, len(counts) - MAX_REASONS_IN_ALERT),
        "correlation_ids": ids[:MAX_IDS_IN_ALERT],
        "further_correlation_ids": max(0, len(ids) - MAX_IDS_IN_ALERT),
        "queue": queue,
        "dead_letter_queue": dead_letter_queue,
    }
    plural = "" if len(refused) == 1 else "s"
    return f"{len(refused)} {system} message{plural} refused", dumps(text)
