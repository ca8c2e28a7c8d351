"""What becomes of the messages of a source system, without AWS: their records, their reasons, and what is said of them.

A message is one payload or many, and a payload is records of any entity. What is refused of it goes to the system's
dead-letter queue as one dead letter with the whole message; once that is moved back, what was good changes nothing, as
it is stored, and what has been corrected arrives.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace

from lambdas.shared.alignment import align
from lambdas.shared.errors import InvalidJsonError, UnknownEntityError, Violation
from lambdas.shared.jsonio import dumps, loads
from lambdas.shared.mapping.document import SystemMapping
from lambdas.shared.mapping.engine import MappedRecord, map_payload
from lambdas.shared.mapping.envelopes import LIMITS, Ids, unwrap
from lambdas.shared.mapping.refusals import Refusal
from lambdas.shared.schema import EntitySchema
from lambdas.shared.validation import check_delete, check_upsert
from lambdas.source.core import (
    MAX_IDS_IN_ALERT,
    MAX_REASONS_IN_ALERT,
    MAX_REASONS_IN_DEAD_LETTER,
    UNKNOWN_FIELD,
    Accepted,
    Message,
    erased_fields,
    held_by_dead_letter,
    text_for_sqs,
)

NOTHING = "no_records"  # the reason under which a message is ignored that holds nothing to map

_DEAD_LETTER = frozenset((
    *("system", "reasons", "further_reasons", "payload", "origin", "envelopes", "refused_at", "mapping_version"),
))  # fmt: skip

Schemas = Callable[[str], EntitySchema]
"""The schema of an entity; raises UnknownEntityError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedRecord(Accepted):
    """A record that fits its contract, as the operation to post, with how it was mapped, and from which payload."""

    mapped: MappedRecord
    position: int

    def refusal(self, violation: Violation) -> Refusal:
        """The reason why the API rejects the record."""
        return _refusal(self.mapped, violation, self.position)


@dataclass(slots=True)
class Outcome:
    """What one message yields. Of the accepted, the API may have rejected some, for reasons not all of them named."""

    message: Message
    ids: Ids = ()
    accepted: list[AcceptedRecord] = field(default_factory=list["AcceptedRecord"])
    refusals: list[Refusal] = field(default_factory=list[Refusal])
    ignored: list[str] = field(default_factory=list[str])
    rejected: int = 0
    further: int = 0


def read_message(mapping: SystemMapping, schemas: Schemas, message: Message) -> Outcome:
    """Unwrap, map, align and validate one message. Of a dead letter that was moved back, the payload is read."""
    outcome = Outcome(_held(message) or message)
    unwrapped = unwrap(outcome.message.body, mapping.envelopes)
    outcome.ids = unwrapped.ids
    outcome.refusals += unwrapped.refusals
    for position, payload in enumerate(unwrapped.payloads):
        mapped = map_payload(mapping, payload.value, is_known=message.source == mapping.system)
        outcome.refusals += (replace(refusal, payload=position) for refusal in mapped.refusals)
        if mapped.ignored is not None:
            outcome.ignored.append(mapped.ignored)
        for record in mapped.records:
            _validate(record, schemas, position, outcome)
    if not (outcome.accepted or outcome.refusals or outcome.ignored):
        outcome.ignored.append(NOTHING)
    return outcome


def _held(message: Message) -> Message | None:
    """The message that a dead letter holds; None for any other message, of which most are not parsed for it."""
    if '"mapping_version"' not in message.body:
        return None
    try:
        return held_by_dead_letter(message, loads(message.body, LIMITS), _DEAD_LETTER, "system")
    except InvalidJsonError:
        return None


def _validate(record: MappedRecord, schemas: Schemas, position: int, outcome: Outcome) -> None:
    refusals = [replace(refusal, payload=position) for refusal in record.refused]
    try:
        schema = schemas(record.rule.entity)
    except UnknownEntityError as error:
        outcome.refusals += [*refusals, _refusal(record, Violation("", error.code, str(error)), position)]
        return
    check = check_delete if record.operation == "delete" else check_upsert
    checked = check(schema, align(schema, dict(record.fields)))
    named = {refusal.field for refusal in refusals}
    refusals += (_refusal(record, item, position) for item in checked.violations if item.field not in named)
    outcome.refusals += refusals
    if not refusals:
        erased = erased_fields(schema, record.operation, checked.record)
        accepted = AcceptedRecord(
            outcome.message, record.operation, checked.record, erased, mapped=record, position=position
        )
        outcome.accepted.append(accepted)


def _refusal(record: MappedRecord, violation: Violation, position: int) -> Refusal:
    rule, name = record.rule, violation.field
    pointer = record.pointer(name)
    return Refusal(violation.rule, violation.message, rule.name, rule.entity, name, pointer, position)


def dead_letter(outcome: Outcome, system: str, refused_at: str, mapping_version: str) -> str:
    """The body of the dead-letter message: the reasons, the message verbatim, and where it came from."""
    message = outcome.message
    body = {
        "system": system,
        "reasons": [refusal.as_dict() for refusal in outcome.refusals[:MAX_REASONS_IN_DEAD_LETTER]],
        "further_reasons": max(0, len(outcome.refusals) - MAX_REASONS_IN_DEAD_LETTER) + outcome.further,
        "payload": message.body,
        "origin": asdict(message.origin),
        "envelopes": [item.as_dict() for item in outcome.ids],
        "refused_at": refused_at,
        "mapping_version": mapping_version,
    }
    return text_for_sqs(body)


def alert(system: str, refused: Sequence[Outcome], queue: str, dead_letter_queue: str) -> tuple[str, str]:
    """Subject and text of the one alert of a batch: counts by record, field and rule, no value of any payload."""
    counts = Counter(
        (reason.record, UNKNOWN_FIELD if reason.rule == "unknown_field" else reason.field, reason.rule)
        for outcome in refused
        for reason in outcome.refusals
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
