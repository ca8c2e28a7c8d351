"""A message of a dead-letter queue, as what it is: refused with reasons, undelivered, or no JSON at all.

Anyone who may send to a queue may imitate a dead letter, so nothing is taken from a body but values of the expected
types; a body of any other form is `undelivered`, and is redriven as it is like all others.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast

from txplatform.clock import parse_timestamp

_CORRELATION_ID = "correlation_id"


class Kind(StrEnum):
    """Why a message is in a dead-letter queue."""

    REFUSED = "refused"  # by the function `source`, which wrote the reasons
    UNDELIVERED = "undelivered"  # received in vain until SQS itself moved it
    UNREADABLE = "unreadable"  # as undelivered, and no JSON


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that a payload broke; `field` is empty where it is the whole payload.

    Of a source system's payload, `entity` is what it was mapped to and `pointer` the place in it, where there is one.
    """

    field: str
    rule: str
    message: str
    entity: str = ""
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One message of a dead-letter queue.

    `body`, `attributes` and `trace` (X-Ray's header) are what is sent back, as they are. `payload` is the text that
    the source sent: the body itself unless the message is refused. `entities` are those that a refused payload is of,
    `envelopes` the outer ids of what it came in. `sent_at` is when the source sent it, `set_aside_at`
    when it was refused, and `entered_at` the time of sending as SQS has it: of a message that SQS itself moved, which
    keeps that time, it stands for the others.
    """

    message_id: str
    receipt_handle: str
    body: str
    attributes: Mapping[str, Any]
    trace: str | None
    kind: Kind
    payload: str
    reasons: tuple[Reason, ...]
    further_reasons: int
    entities: frozenset[str]
    origin: Mapping[str, Any]
    envelopes: tuple[Mapping[str, Any], ...]
    entered_at: datetime
    sent_at: datetime
    set_aside_at: datetime

    @property
    def correlation_id(self) -> str | None:
        """The id that follows the record, where its message has one."""
        value = self.attributes.get(_CORRELATION_ID, {}).get("StringValue")
        return value if isinstance(value, str) else None

    @property
    def ids(self) -> frozenset[str]:
        """Every id by which a person may know the message: its own, its origin's and envelopes', the correlation id."""
        outer = (value for envelope in self.envelopes for value in envelope.values())
        known = (self.message_id, self.correlation_id, *self.origin.values(), *outer)
        return frozenset(value for value in known if isinstance(value, str))


def read_message(message: Mapping[str, Any]) -> DeadLetter:
    """Make a DeadLetter of a message as ReceiveMessage returns it, whatever its body is."""
    body = message["Body"]
    system = message.get("Attributes", {})
    entered_at = datetime.fromtimestamp(int(system["SentTimestamp"]) / 1000, UTC)
    kind, document = _document(body)
    origin = document.get("origin", {})
    reasons = tuple(_reasons(document.get("reasons", ())))
    envelopes = document.get("envelopes")
    further = document.get("further_reasons")
    return DeadLetter(
        message_id=message["MessageId"],
        receipt_handle=message["ReceiptHandle"],
        body=body,
        attributes=message.get("MessageAttributes", {}),
        trace=system.get("AWSTraceHeader"),
        kind=kind,
        payload=document.get("payload", body),
        reasons=reasons,
        further_reasons=further if type(further) is int else 0,
        entities=frozenset(_texts([document.get("entity"), *(reason.entity for reason in reasons)])),
        origin=origin,
        envelopes=tuple(_objects(envelopes)),
        entered_at=entered_at,
        sent_at=_moment(origin.get("sent_at")) or entered_at,
        set_aside_at=_moment(document.get("refused_at")) or entered_at,
    )


def _document(body: str) -> tuple[Kind, Mapping[str, Any]]:
    """What the body is, and the dead letter that it holds, empty unless it is refused."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return Kind.UNREADABLE, {}
    if not isinstance(document, dict):
        return Kind.UNDELIVERED, {}
    made = cast("dict[str, Any]", document)
    reasons = made.get("reasons")
    complete = isinstance(made.get("payload"), str) and isinstance(made.get("origin"), dict)
    if complete and isinstance(reasons, list) and all(map(_is_reason, cast("list[Any]", reasons))):
        return Kind.REFUSED, made
    return Kind.UNDELIVERED, {}


def _is_reason(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(cast("dict[str, Any]", value).get("rule"), str)


def _reasons(reasons: Any) -> Iterator[Reason]:
    for item in reasons:
        field, message, entity, pointer = (
            str(item.get(name, "")) for name in ("field", "message", "entity", "pointer")
        )
        yield Reason(field, item["rule"], message, entity, pointer)


def _texts(values: Iterable[Any]) -> Iterator[str]:
    return (value for value in values if isinstance(value, str) and value)


def _objects(values: Any) -> Iterator[Mapping[str, Any]]:
    listed = cast("list[Any]", values) if isinstance(values, list) else ()
    return (cast("dict[str, Any]", value) for value in listed if isinstance(value, dict))


def _moment(value: Any) -> datetime | None:
    try:
        return parse_timestamp(value)
    except (TypeError, ValueError, OverflowError):
        return None
