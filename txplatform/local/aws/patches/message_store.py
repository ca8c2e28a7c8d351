"""Messages of one SQS standard queue, with operations that do not depend on the backlog."""

import base64
import copy
import heapq
import itertools
import threading
import time
import uuid
from collections.abc import Callable

from moto.sqs.exceptions import ReceiptHandleIsInvalid
from moto.sqs.models import Message


def now_ms() -> float:
    return time.time() * 1000


def _new_handle(message: Message) -> str:
    return base64.urlsafe_b64encode(f"{message.id}:{uuid.uuid4()}".encode()).decode()


def _message_id(handle: str) -> str:
    try:
        message_id, _, nonce = base64.urlsafe_b64decode(handle).decode().partition(":")
        uuid.UUID(nonce)
    except ValueError as error:
        raise ReceiptHandleIsInvalid from error
    return message_id


class MessageStore:
    """Visible messages in order of arrival, hidden ones by the moment they come back: O(log n) at most.

    A receipt handle names its message, so a second delete, or one with an earlier receipt, succeeds as on AWS.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._messages: dict[str, Message] = {}
        self._visible: dict[str, None] = {}
        self._returning: list[tuple[float, int, str]] = []  # of deleted ones too, until their moment has come
        self._delayed: set[str] = set()
        self._order = itertools.count()

    def add(self, message: Message) -> None:
        with self._changed:
            self._messages[message.id] = message
            if message.delayed_until > now_ms():
                self._delayed.add(message.id)
            self._place(message, message.delayed_until)

    def delete(self, handle: str) -> None:
        with self._changed:
            message_id = _message_id(handle)
            self._messages.pop(message_id, None)
            self._visible.pop(message_id, None)
            self._delayed.discard(message_id)

    def hide(self, handle: str, seconds: int) -> None:
        """Change the visibility timeout of a received message."""
        with self._changed:
            message = self._messages.get(_message_id(handle))
            if message is None:
                raise ReceiptHandleIsInvalid
            self._visible.pop(message.id, None)
            message.visible_at = now_ms() + seconds * 1000 if seconds else 0
            self._place(message, message.visible_at)

    def receive(
        self, count: int, wait_s: float, visibility_s: int, retention_s: int, dead_letter: Callable[[Message], bool]
    ) -> list[Message]:
        """Take up to `count` visible messages, waiting up to `wait_s` for the first.

        `dead_letter` may take a message for itself (the dead-letter queue); it is then gone from here.
        Copies are returned.
        """
        deadline = time.monotonic() + wait_s
        with self._changed:
            while True:
                self._reappear()
                received = self._take(count, visibility_s, retention_s, dead_letter)
                left = deadline - time.monotonic()
                if received or left <= 0:
                    return received
                if self._returning:
                    left = min(left, max(0.001, (self._returning[0][0] - now_ms()) / 1000))
                self._changed.wait(left)

    def counts(self) -> tuple[int, int, int]:
        """Return the numbers of visible, in-flight and delayed messages."""
        with self._changed:
            self._reappear()
            visible, delayed = len(self._visible), len(self._delayed)
            return visible, len(self._messages) - visible - delayed, delayed

    def purge(self) -> None:
        with self._changed:
            self._messages.clear()
            self._visible.clear()
            self._returning.clear()
            self._delayed.clear()

    def _place(self, message: Message, visible_at: float) -> None:
        if visible_at > now_ms():
            heapq.heappush(self._returning, (visible_at, next(self._order), message.id))
        else:
            self._visible[message.id] = None
        self._changed.notify()

    def _reappear(self) -> None:
        now = now_ms()
        while self._returning and self._returning[0][0] <= now:
            message_id = heapq.heappop(self._returning)[2]
            message = self._messages.get(message_id)
            if message is not None and max(message.visible_at, message.delayed_until) <= now:
                self._visible[message.id] = None
                self._delayed.discard(message_id)

    def _take(
        self, count: int, visibility_s: int, retention_s: int, dead_letter: Callable[[Message], bool]
    ) -> list[Message]:
        received: list[Message] = []
        while self._visible and len(received) < count:
            message = self._messages[next(iter(self._visible))]
            del self._visible[message.id]
            if message.sent_timestamp is not None and message.sent_timestamp + retention_s * 1000 <= now_ms():
                del self._messages[message.id]
                continue
            if dead_letter(message):
                del self._messages[message.id]
                continue
            message.mark_received(visibility_timeout=visibility_s)
            message.receipt_handle = _new_handle(message)
            taken = copy.copy(message)
            taken.message_attributes = dict(message.message_attributes)
            received.append(taken)
            if not visibility_s:
                message.visible_at = 0
        now = now_ms()
        for taken in received:
            message = self._messages[taken.id]
            if message.visible_at > now:
                heapq.heappush(self._returning, (message.visible_at, next(self._order), message.id))
            else:
                self._visible[message.id] = None
        if received:
            self._changed.notify_all()  # all who wait know when the messages come back
        return received
