"""One pass through a queue that takes nothing away: each message is seen once, then visible again.

SQS shows messages in no order, and hides what it has shown for a while. A pass keeps what it has read hidden until it
ends, so that SQS shows it the rest, and then makes all of it visible again, which an error or Ctrl-C does too. Of a
process that is killed the messages come back by themselves, after HIDDEN_SECONDS at most. Dead-letter queues have no
redrive policy: that their messages are received often moves them nowhere.

A pass takes only what was in the queue when the command began. What comes later, such as a message that it has redriven
and that was refused again, is left for the next one: the pass ends however fast messages arrive.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from datetime import datetime
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from txplatform.aws import AwsClients
from txplatform.dead_letters.depth import read_depth
from txplatform.dead_letters.message import DeadLetter, read_message
from txplatform.dead_letters.queues import translated_errors
from txplatform.errors import AwsUnavailableError, QueueError
from txplatform.progress import Progress, silent

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import ChangeMessageVisibilityBatchRequestEntryTypeDef

T = TypeVar("T")
R = TypeVar("R")

MAX_ENTRIES = 10  # of one call
HIDDEN_SECONDS = 600
LONGEST_SECONDS = 480  # of reading: what was read first must still be hidden at the end
CALLS = 8  # at a time
WAIT_SECONDS = 1  # with a wait, SQS asks all of its servers, and an empty answer means that nothing is visible
IDLE_ROUNDS = 3  # in a row that show nothing new, while the queue's counts say that there is more


class Pass:
    """A pass through the queue at `url`; use it as a context manager, whose end makes its messages visible again.

    `as_of` is an earlier pass's beginning, by default now. After the end, `complete` says whether all that was visible
    has been seen, and `still_hidden` how many messages could not be made visible at once.
    """

    def __init__(
        self,
        clients: AwsClients,
        name: str,
        url: str,
        *,
        as_of: datetime | None = None,
        progress: Progress = silent,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clients = clients
        self._sqs = clients.client("sqs")
        self.name = name
        self.url = url
        self._progress = progress
        self._clock = clock
        self._pool = ThreadPoolExecutor(CALLS)
        self._calls = threading.Condition()
        self._running = 0
        self._ended = False
        self._held: dict[str, str] = {}
        self._seen: set[str] = set()
        self.depth = read_depth(clients, name, url)
        self.as_of = as_of or self.depth.at
        self.complete = False
        self.still_hidden = 0

    def __enter__(self) -> "Pass":
        return self

    def __exit__(self, *_: object) -> None:
        # A pool that is interrupted while it starts a thread does not wait for that thread.
        with self._calls:
            self._ended = True
            self._calls.wait_for(lambda: not self._running)
        self._pool.shutdown(cancel_futures=True)
        with ThreadPoolExecutor(CALLS) as pool:
            self.still_hidden = sum(pool.map(self._show, chunks(self._held.values(), MAX_ENTRIES)))

    def batches(self) -> Iterator[list[DeadLetter]]:
        """Yield the messages, each once, until all are seen or the time is up."""
        deadline = self._clock() + LONGEST_SECONDS
        found = idle = 0
        while self._clock() < deadline:
            messages = self._receive()
            if messages is None:
                return
            new = {message["MessageId"]: message for message in messages if message["MessageId"] not in self._seen}
            self._seen.update(new)
            batch = [read for read in map(read_message, new.values()) if read.entered_at <= self.as_of]
            yield batch
            found += len(batch)
            idle = 0 if new else idle + 1
            if idle >= IDLE_ROUNDS or (not batch and found >= self.depth.visible):
                self.complete = True
                return
            self._progress("messages", found, max(found, self.depth.visible))

    def forget(self, deleted: Iterable[DeadLetter]) -> None:
        """Do not make these visible again: they are not in the queue any more."""
        for message in deleted:
            self._held.pop(message.message_id, None)

    def in_parallel(self, function: Callable[[T], Any], items: Iterable[T]) -> list[Any]:
        """Call a function of each item, some at a time, and return what it returned, in order."""
        with translated_errors(self._clients, self.name):
            return list(self._pool.map(partial(self._call, function), items))

    def _call(self, function: Callable[[T], R], item: T) -> R:
        """Call a function of an item, unless the pass has ended, which waits for those that run."""
        with self._calls:
            if self._ended:
                raise CancelledError
            self._running += 1
        try:
            return function(item)
        finally:
            with self._calls:
                self._running -= 1
                self._calls.notify_all()

    def _receive(self) -> list[Any] | None:
        """What a round of calls shows; None when so much is hidden that SQS shows no more."""
        left = max(1, self.depth.visible - len(self._seen))
        calls = min(CALLS, -(-left // MAX_ENTRIES))
        with translated_errors(self._clients, self.name):
            try:
                shown = list(self._pool.map(partial(self._call, self._received), range(calls)))
            except self._sqs.exceptions.OverLimit:
                return None
        return [message for messages in shown for message in messages]

    def _received(self, _: int) -> list[Any]:
        """What one call shows. It is noted here, in a thread that no signal interrupts."""
        answer = self._sqs.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=MAX_ENTRIES,
            VisibilityTimeout=HIDDEN_SECONDS,
            WaitTimeSeconds=WAIT_SECONDS,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["SentTimestamp", "AWSTraceHeader"],
        )
        messages = list[Any](answer.get("Messages", ()))
        self._held.update({message["MessageId"]: message["ReceiptHandle"] for message in messages})
        return messages

    def _show(self, handles: Sequence[str]) -> int:
        """Make messages visible, and return how many stay hidden until their time is over."""
        entries: list[ChangeMessageVisibilityBatchRequestEntryTypeDef] = [
            {"Id": str(place), "ReceiptHandle": handle, "VisibilityTimeout": 0} for place, handle in enumerate(handles)
        ]
        try:
            with translated_errors(self._clients, self.name):
                answer = self._sqs.change_message_visibility_batch(QueueUrl=self.url, Entries=entries)
        except (QueueError, AwsUnavailableError):
            return len(entries)
        return len(answer.get("Failed", ()))


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Cut items into lists of at most `size`."""
    left = iter(items)
    while chunk := list(islice(left, size)):
        yield chunk
