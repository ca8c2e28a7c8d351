"""Partial updates whose record is not there yet: they stay in their queue for a bounded time, then are refused.

The API answers them with `not_found`, until their record arrives. Each is received again after a pause: the same for
all, so that of two that wait for one record the later does not overtake the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lambdas.source.core import Message
from lambdas.source.results import Rejected

PAUSE = timedelta(seconds=30)  # half of the times that SQS gives a message to its consumer make an hour


@dataclass(slots=True)
class Retries:
    """The ids of the messages that stay in their queue, and those of them that wait for a record, by id."""

    ids: set[str] = field(default_factory=set[str])
    waiting: dict[str, Message] = field(default_factory=dict[str, Message])

    def add(self, ids: set[str], waiting: Mapping[str, Message]) -> None:
        """Retry these, too."""
        self.ids |= ids
        self.waiting |= waiting


def divide(found: Sequence[Rejected], now: datetime, longest: timedelta) -> tuple[list[Rejected], list[Rejected]]:
    """Those that go on waiting, and those that have waited for as long as they may.

    These have been in their queue for that time, and were received as often as in that time a message is that waits:
    while nothing is received, as in an outage, no record can be waited for.
    """
    overdue = [_is_overdue(item.accepted.message, now, longest) for item in found]
    waiting = [item for item, is_over in zip(found, overdue, strict=True) if not is_over]
    return waiting, [item for item, is_over in zip(found, overdue, strict=True) if is_over]


def _is_overdue(message: Message, now: datetime, longest: timedelta) -> bool:
    delivery = message.delivery
    return now - delivery.sent_at >= longest and delivery.receive_count > longest / PAUSE
