"""Partial updates whose record is not there yet: they stay in their queue for a bounded time, then are refused.

The API answers them with `not_found`, until their record arrives. Each is received again after a pause of
its own, short at first, as the record is often only a moment behind.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from lambdas.shared.errors import Violation
from lambdas.source.core import Accepted, Message, Refused

_FIRST_PAUSE = 5  # seconds
_PAUSES = 6  # that double; after them a message comes back when the queue's own visibility timeout has passed


def without_record(call: Sequence[Accepted], results: Sequence[Mapping[str, Any]]) -> list[Refused]:
    """The partial updates of a call that found no record, with the API's reason."""
    return [
        Refused(
            call[int(result["index"])].message,
            tuple(Violation(item["field"], item["rule"], item["message"]) for item in result["errors"]),
        )
        for result in results
        if result["status"] == "not_found"
    ]


def divide(found: Sequence[Refused], now: datetime, longest: timedelta) -> tuple[list[Message], list[Refused]]:
    """The messages that go on waiting, and those that have waited in their queue for as long as they may."""
    waiting = [item.message for item in found if now - item.message.delivery.sent_at < longest]
    return waiting, [item for item in found if now - item.message.delivery.sent_at >= longest]


def pause(message: Message) -> int | None:
    """The seconds until a waiting message is to be received again; None for the queue's own timeout."""
    received = message.delivery.receive_count
    return _FIRST_PAUSE * 2 ** (received - 1) if 0 < received <= _PAUSES else None
