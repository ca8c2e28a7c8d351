"""Partial updates whose record is not there yet: they stay in their queue for a bounded time, then are refused.

The API answers them with `not_found`, until their record arrives. Each is received again after a pause of
its own, short at first, as the record is often only a moment behind.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from lambdas.source.core import Message
from lambdas.source.results import Rejected

_FIRST_PAUSE = 5  # seconds
_PAUSES = 6  # that double; after them a message comes back when the queue's own visibility timeout has passed


def divide(found: Sequence[Rejected], now: datetime, longest: timedelta) -> tuple[list[Rejected], list[Rejected]]:
    """Those that go on waiting, and those whose messages have been in their queue for as long as they may."""
    waiting = [item for item in found if now - item.accepted.message.delivery.sent_at < longest]
    return waiting, [item for item in found if now - item.accepted.message.delivery.sent_at >= longest]


def pause(message: Message) -> int | None:
    """The seconds until a waiting message is to be received again; None for the queue's own timeout."""
    received = message.delivery.receive_count
    return _FIRST_PAUSE * 2 ** (received - 1) if 0 < received <= _PAUSES else None
