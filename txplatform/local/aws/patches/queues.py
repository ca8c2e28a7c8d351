"""moto's SQS scans the whole queue in every call, and loses or repeats messages under concurrent consumers.

Standard queues get a store of their own (`message_store`); FIFO queues stay as they are.
"""

import weakref
from typing import Any

from moto.sqs import models
from moto.sqs.exceptions import InvalidParameterValue
from moto.sqs.models import Message, Queue, SQSBackend

from txplatform.local.aws.patches.message_store import MessageStore, now_ms

MAXIMUM_VISIBILITY_S = 43_200

_stores: "weakref.WeakKeyDictionary[Queue, MessageStore]" = weakref.WeakKeyDictionary()


def _store(queue: Queue) -> MessageStore:
    return _stores.setdefault(queue, MessageStore())


def _receive(
    backend: SQSBackend, queue: Queue, count: int, wait_s: int, visibility_s: int, names: list[str] | None
) -> list[Message]:
    def dead_letter(message: Message) -> bool:
        target, policy = queue.dead_letter_queue, queue.redrive_policy  # type: ignore[attr-defined]
        if target is None or not policy or message.approximate_receive_count < int(policy["maxReceiveCount"]):
            return False
        message.visible_at = message.delayed_until = 0.0
        target.add_message(message)
        return True

    retention_s = int(queue.message_retention_period)  # type: ignore[attr-defined]
    received = _store(queue).receive(count, wait_s or 0, int(visibility_s or 0), retention_s, dead_letter)
    for message in received:
        models._filter_message_attributes(message, names or [])
    return received


def _hide(queue: Queue, handle: str, seconds: int) -> None:
    if not 0 <= int(seconds) <= MAXIMUM_VISIBILITY_S:
        raise InvalidParameterValue(f"Value {seconds} for parameter VisibilityTimeout is invalid.")
    _store(queue).hide(handle, int(seconds))


def apply() -> None:
    add, delete = Queue.add_message, Queue.delete_message
    receive, hide, purge = SQSBackend.receive_message, SQSBackend.change_message_visibility, SQSBackend.purge_queue
    counts = [getattr(Queue, f"approximate_number_of_messages{kind}").fget for kind in ("", "_not_visible", "_delayed")]

    def add_message(queue: Queue, message: Message) -> None:
        add(queue, message) if queue.fifo_queue else _store(queue).add(message)

    def delete_message(queue: Queue, receipt_handle: str) -> None:
        delete(queue, receipt_handle) if queue.fifo_queue else _store(queue).delete(receipt_handle)

    def receive_message(
        backend: SQSBackend,
        queue_name: str,
        count: int,
        wait_seconds_timeout: int,
        visibility_timeout: int,
        message_attribute_names: list[str] | None = None,
    ) -> list[Message]:
        queue = backend.get_queue(queue_name)
        method: Any = receive if queue.fifo_queue else _receive
        place: Any = queue_name if queue.fifo_queue else queue
        return method(backend, place, count, wait_seconds_timeout, visibility_timeout, message_attribute_names)

    def change_message_visibility(
        backend: SQSBackend, queue_name: str, receipt_handle: str, visibility_timeout: int
    ) -> None:
        queue = backend.get_queue(queue_name)
        if queue.fifo_queue:
            hide(backend, queue_name, receipt_handle, visibility_timeout)
        else:
            _hide(queue, receipt_handle, visibility_timeout)

    def purge_queue(backend: SQSBackend, queue_name: str) -> None:
        purge(backend, queue_name)
        _store(backend.get_queue(queue_name)).purge()

    def count(index: int) -> property:
        return property(lambda queue: counts[index](queue) if queue.fifo_queue else _store(queue).counts()[index])

    Queue.add_message = add_message  # type: ignore[method-assign]
    Queue.delete_message = delete_message  # type: ignore[method-assign]
    SQSBackend.receive_message = receive_message  # type: ignore[method-assign]
    SQSBackend.change_message_visibility = change_message_visibility  # type: ignore[method-assign]
    SQSBackend.purge_queue = purge_queue  # type: ignore[method-assign]
    Queue.approximate_number_of_messages = count(0)  # type: ignore[assignment]
    Queue.approximate_number_of_messages_not_visible = count(1)  # type: ignore[assignment]
    Queue.approximate_number_of_messages_delayed = count(2)  # type: ignore[assignment]
    models.unix_time_millis = lambda dt=None: now_ms()  # type: ignore[assignment]
