"""What `source` decides, without AWS: which messages pass, which are refused and why, and what is said about them."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, cast

from lambdas.shared import correlation
from lambdas.shared.errors import InvalidJsonError, MalformedEventError, Violation
from lambdas.shared.jsonio import Limits, dumps, loads
from lambdas.shared.message_text import SOURCE_ATTRIBUTE, escaped, is_text_of_sqs
from lambdas.shared.operations import OPERATIONS, Operation, check_operation
from lambdas.shared.places import general_place
from lambdas.shared.schema import EntitySchema, Record
from lambdas.shared.settings import entity_in, system_in
from lambdas.shared.timestamps import timestamp_text

MAX_REASONS_IN_DEAD_LETTER = 100
MAX_REASONS_IN_ALERT = 20
MAX_IDS_IN_ALERT = 20
MAX_RULES_IN_LINE = 20  # of the log
LIMITS = Limits(depth=64)  # of a record: the objects of a contract are four deep, and a JSON value 32
UNKNOWN_FIELD = "(unknown field)"

_DEAD_LETTER = frozenset(("entity", "reasons", "further_reasons", "payload", "origin", "refused_at", "schema_version"))


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a payload first came from; a dead letter carries it along."""

    queue: str
    message_id: str
    sent_at: str
    receive_count: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a message reached the function: its queue, since when it is there, how often it came, and its receipt."""

    queue: str
    sent_at: datetime
    receive_count: int
    receipt_handle: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the inbound queue of `owner`, an entity or a source system.

    `source` is its attribute of that name, by which a sender says which system a payload is of. Its origin is that of a
    dead letter that it holds, its delivery its own.
    """

    owner: str
    message_id: str
    body: str
    origin: Origin
    correlation_id: str
    delivery: Delivery
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """The messages of an event, in order, by the entity or the source system whose queue brought them."""

    by_entity: Mapping[str, Sequence[Message]]
    by_system: Mapping[str, Sequence[Message]]


@dataclass(slots=True)  # one of each message: a frozen one takes four times as long to make
class Accepted:
    """A message that fits its contract, as the operation to post. Of a dead letter it is the message that it holds.

    `removed` are the fields that a patch removes, and the personal fields that a whole record does not have; `ignored`
    is how many of its names the contract does not have and ignores.
    """

    message: Message
    op: Operation
    record: Record
    removed: frozenset[str] = field(default=frozenset(), compare=False)  # which follows from the record, or the body
    ignored: int = field(default=0, compare=False)

    @property
    def operation(self) -> dict[str, Any]:
        """The operation as the API's batch route takes it; the messages of one batch have different ids.

        A message holds the whole record. So that a personal value can go, null says of each that it is not there: the
        API refuses to lose one in silence to a client that may not read it, as this one.
        """
        record = {**dict.fromkeys(self.removed), **self.record}
        return {"op": self.op, "record": record, "correlation_id": self.message.correlation_id}


@dataclass(frozen=True, slots=True)
class Refused:
    """A message that breaks its contract, with its reasons. Of a dead letter it is the message that it holds."""

    message: Message
    reasons: tuple[Violation, ...]
    further: int = 0  # reasons that the API did not name


def parse_event(event: Mapping[str, Any], entity_queues: str, system_queues: str) -> Received:
    """The messages of an SQS event of the queues that the two patterns name; raise MalformedEventError for another."""
    by_entity: dict[str, list[Message]] = {}
    by_system: dict[str, list[Message]] = {}
    try:
        for item in event["Records"]:
            queue = str(item["eventSourceARN"]).rpartition(":")[2]
            entity = entity_in(entity_queues, queue)
            owner = system_in(system_queues, queue) if entity is None else entity
            if owner is None:
                raise MalformedEventError(f"queue {queue!r} is not an inbound queue")
            sent_at = datetime.fromtimestamp(int(item["attributes"]["SentTimestamp"]) / 1000, UTC)
            received = int(item["attributes"]["ApproximateReceiveCount"])
            origin = Origin(queue, item["messageId"], timestamp_text(sent_at), received)
            delivery = Delivery(queue, sent_at, received, item["receiptHandle"])
            source = _text_attribute(item, SOURCE_ATTRIBUTE)
            correlation_id = correlation.of_message(item)
            message = Message(owner, item["messageId"], item["body"], origin, correlation_id, delivery, source)
            (by_entity if entity else by_system).setdefault(owner, []).append(message)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MalformedEventError("the event is not an SQS event") from error
    return Received(by_entity, by_system)


def _text_attribute(item: Mapping[str, Any], name: str) -> str | None:
    """A message attribute of an SQS event that is a text; None where there is none."""
    attributes: Mapping[str, Mapping[str, Any]] = item.get("messageAttributes") or {}
    return attributes.get(name, {}).get("stringValue")


def validate(schema: EntitySchema, message: Message) -> Accepted | Refused:
    """Align and validate one message; its body is a record, or {"op": "upsert" | "patch" | "delete", "record": {…}}.

    Of a dead letter that was moved back to its inbound queue, the payload is validated.
    """
    try:
        body = loads(message.body, LIMITS)
        held = held_by_dead_letter(message, body, _DEAD_LETTER, "entity")
        if held is not None:
            message = held
            body = loads(message.body, LIMITS)
    except InvalidJsonError as error:
        return Refused(message, (Violation("", error.code, str(error)),))
    op: Any = "upsert"
    if isinstance(body, dict) and "op" in body and "record" in body:
        envelope = cast("dict[str, Any]", body)
        op, body = envelope["op"], envelope["record"]
        if not isinstance(op, str) or op not in OPERATIONS:
            return Refused(message, (Violation("op", "enum", "must be upsert, patch or delete"),))
    checked = check_operation(schema, cast("Operation", op), cast("object", body))
    if checked.violations:
        return Refused(message, checked.violations)
    return Accepted(message, cast("Operation", op), checked.record, checked.removed, checked.ignored)


def held_by_dead_letter(message: Message, body: Any, keys: Set[str], owner: str) -> Message | None:
    """The message as it was before a dead letter of these keys wrapped it, of which `owner` names its owner.

    None when the body is not exactly such a dead letter.
    """
    try:
        if body.keys() != keys or body[owner] != message.owner:
            return None
        origin = Origin(**body["origin"])
    except (AttributeError, TypeError):
        return None
    texts = (body["payload"], origin.queue, origin.message_id, origin.sent_at)
    if type(origin.receive_count) is not int or not all(map(_is_text_of_sqs, texts)):
        return None
    return replace(message, body=body["payload"], origin=origin)


def _is_text_of_sqs(value: Any) -> bool:
    """Whether the value is a text that a message can have brought."""
    return isinstance(value, str) and is_text_of_sqs(value)


def dead_letter(refused: Refused, refused_at: str, schema_version: str) -> str:
    """The body of the dead-letter message: the reasons, the payload verbatim, and where it came from.

    Once it is moved back to its inbound queue as it is, its payload is validated again. Characters that SQS does not
    take, for which it would refuse the whole batch of dead letters, are escaped.
    """
    message = refused.message
    body = {
        "entity": message.owner,
        "reasons": [reason.as_dict() for reason in refused.reasons[:MAX_REASONS_IN_DEAD_LETTER]],
        "further_reasons": max(0, len(refused.reasons) - MAX_REASONS_IN_DEAD_LETTER) + refused.further,
        "payload": message.body,
        "origin": asdict(message.origin),
        "refused_at": refused_at,
        "schema_version": schema_version,
    }
    return text_for_sqs(body)


def text_for_sqs(body: Mapping[str, Any]) -> str:
    """One line of JSON, in which characters are escaped that SQS does not take."""
    return escaped(dumps(body, ascii_only=False))


def alerted_field(field: str, rule: str) -> str:
    """A field as an alert names it: without positions, and without words that are the source's own."""
    return UNKNOWN_FIELD if rule == "unknown_field" else general_place(field)


def alert(entity: str, refused: Sequence[Refused], queue: str, dead_letter_queue: str) -> tuple[str, str]:
    """Subject and text of the one alert of a batch: counts by field and rule, no value of any record.

    Names that the contract does not know are a source's own words, and may be anything: only the dead letters hold
    them. The correlation ids are those of the refused messages, in order, up to a number.
    """
    counts = Counter(
        (alerted_field(reason.field, reason.rule), reason.rule) for item in refused for reason in item.reasons
    )
    ids = list(dict.fromkeys(item.message.correlation_id for item in refused))
    text = {
        "entity": entity,
        "refused": len(refused),
        "reasons": [
            {"field": field, "rule": rule, "count": count}
            for (field, rule), count in counts.most_common(MAX_REASONS_IN_ALERT)
        ],
        "further_reasons": max(0, len(counts) - MAX_REASONS_IN_ALERT),
        "correlation_ids": ids[:MAX_IDS_IN_ALERT],
        "further_correlation_ids": max(0, len(ids) - MAX_IDS_IN_ALERT),
        "queue": queue,
        "dead_letter_queue": dead_letter_queue,
    }
    plural = "" if len(refused) == 1 else "s"
    return f"{len(refused)} {entity} message{plural} refused", dumps(text)
