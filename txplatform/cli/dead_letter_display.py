"""Dead letters on the screen and as JSON.

What a source has sent may be anything: characters that a terminal obeys instead of showing are escaped.
"""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from txplatform.cli.printable import printable
from txplatform.clock import timestamp_text
from txplatform.dead_letters.masking import shown_payload
from txplatform.dead_letters.message import DeadLetter
from txplatform.dead_letters.summary import Summary
from txplatform.wording import counted

if TYPE_CHECKING:
    from txplatform.dead_letters.queues import DeadLetterQueue

_MOST_RULES = 5  # on a line of a message


def summary_lines(queue: "DeadLetterQueue", summary: Summary) -> Iterator[str]:
    """A line for the queue, and one for each rule and field, the most frequent first."""
    total = summary.total
    count = counted(0 if total is None else total.count, "dead letter")
    span = "" if total is None else f", {_short(total.oldest)} to {_short(total.newest)}"
    yield f"{queue.short_name}: {count}{span}"
    groups = sorted(summary.groups.items(), key=lambda item: (-item[1].count, item[0]))
    for (rule, field), group in groups:
        span = f"{_short(group.oldest)} to {_short(group.newest)}"
        yield printable(f"  {group.count:>7,}  {rule:<18}  {field or '-':<18}  {span}")


def message_line(message: DeadLetter) -> str:
    """One message: when, its id, what it broke, its correlation id."""
    rules = list(dict.fromkeys(f"{reason.field or 'message'}:{reason.rule}" for reason in message.reasons))
    more = f" and {len(rules) - _MOST_RULES} more" if len(rules) > _MOST_RULES else ""
    why = f"{', '.join(rules[:_MOST_RULES])}{more}" if rules else message.kind.value
    return printable(f"{_short(message.set_aside_at)}  {message.message_id}  {why}  {message.correlation_id or '-'}")


def whole_lines(queue: "DeadLetterQueue", message: DeadLetter, *, personal: bool) -> Iterator[str]:
    """All of one message."""
    named = {
        "message": message.message_id,
        "queue": queue.name,
        "kind": message.kind.value,
        "entity": ", ".join(sorted(message.entities)) or (queue.contract.name if queue.contract else "-"),
        "correlation id": message.correlation_id or "-",
        "refused at" if message.reasons else "sent at": timestamp_text(message.set_aside_at),
        **{f"origin {name}": str(value) for name, value in message.origin.items()},
        **{
            f"envelope {place} {name}": str(value)
            for place, envelope in enumerate(message.envelopes, 1)
            for name, value in envelope.items()
        },
    }
    width = max(map(len, named))
    for name, value in named.items():
        yield printable(f"{name:<{width}}  {value}")
    for reason in message.reasons:
        place = f" ({reason.pointer})" if reason.pointer else ""
        yield printable(f"  {reason.field or 'message'}{place}: {reason.rule}: {reason.message}")
    if message.further_reasons:
        yield f"  and {counted(message.further_reasons, 'further reason')}"
    yield printable(shown_payload(message.payload, queue.contract, personal=personal))


def summary_document(summary: Summary) -> dict[str, Any]:
    """Counts as JSON-able values."""
    total = summary.total
    return {
        "dead_letters": 0 if total is None else total.count,
        "oldest": None if total is None else timestamp_text(total.oldest),
        "newest": None if total is None else timestamp_text(total.newest),
        "reasons": [
            {
                "rule": rule,
                "field": field,
                "count": group.count,
                "oldest": timestamp_text(group.oldest),
                "newest": timestamp_text(group.newest),
            }
            for (rule, field), group in sorted(summary.groups.items())
        ],
    }


def message_document(message: DeadLetter) -> dict[str, Any]:
    """A message as JSON-able values, without its payload."""
    return {
        "message_id": message.message_id,
        "kind": message.kind.value,
        "entities": sorted(message.entities),
        "correlation_id": message.correlation_id,
        "sent_at": timestamp_text(message.sent_at),
        "set_aside_at": timestamp_text(message.set_aside_at),
        "reasons": [asdict(reason) for reason in message.reasons],
        "further_reasons": message.further_reasons,
        "origin": dict(message.origin),
        "envelopes": [dict(envelope) for envelope in message.envelopes],
    }


def whole_document(queue: "DeadLetterQueue", message: DeadLetter, *, personal: bool) -> dict[str, Any]:
    """All of one message as JSON-able values; with `personal`, the payload is the text as it came."""
    payload = message.payload if personal else shown_payload(message.payload, queue.contract, personal=False)
    return {"queue": queue.name, **message_document(message), "payload": payload}


def _short(moment: datetime) -> str:
    return f"{timestamp_text(moment)[:19]}Z"
