"""An SQS in memory, as hard as the real one: no order, messages shown twice, calls that fail or end the process."""

import random
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from txplatform.clock import utc_now

DEAD, INBOUND = "https://sqs/dead", "https://sqs/inbound"


class OverLimitError(Exception):
    """Too many messages are hidden."""


class KilledError(BaseException):
    """The process ends."""


@dataclass
class Stored:
    """A message with the time at which it is visible again."""

    message: dict[str, Any]
    visible_at: float = 0.0


@dataclass
class Sqs:
    """Two queues. `kill` and `fail` are asked before each call, `kill_after` once it has taken effect."""

    seed: int = 1
    now: float = 0.0
    repeats: bool = False
    most_hidden: int = 120_000
    kill: Callable[[str], bool] = lambda _: False
    kill_after: Callable[[str], bool] = lambda _: False
    fail: Callable[[str, str], bool] = lambda *_: False
    calls: list[str] = field(default_factory=list)
    queues: dict[str, dict[str, Stored]] = field(default_factory=lambda: {DEAD: {}, INBOUND: {}})

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._lock = threading.RLock()
        self.exceptions = type("Exceptions", (), {"OverLimit": OverLimitError})

    def client(self, _service: str) -> Any:
        return self

    def translate_errors(self) -> Any:
        return nullcontext()

    def put(self, body: str, url: str = DEAD, sent: float | None = None, **attributes: str) -> str:
        """Add a message and return its id."""
        moment = utc_now().timestamp() - 60 if sent is None else sent
        with self._lock:
            message_id = f"m{sum(map(len, self.queues.values())) + len(self.calls)}-{self._random.random()}"
            self.queues[url][message_id] = Stored(
                {
                    "MessageId": message_id,
                    "Body": body,
                    "Attributes": {"SentTimestamp": str(int(moment * 1000)), "AWSTraceHeader": "Root=1-2-3"},
                    "MessageAttributes": {
                        name: {"DataType": "String", "StringValue": value, "StringListValues": []}
                        for name, value in attributes.items()
                    },
                }
            )
            return message_id

    def bodies(self, url: str) -> list[str]:
        return sorted(stored.message["Body"] for stored in self.queues[url].values())

    def hidden(self) -> int:
        return sum(stored.visible_at > self.now for stored in self.queues[DEAD].values())

    def get_queue_attributes(self, **_: Any) -> Any:
        hidden = self.hidden()
        counts = {
            "ApproximateNumberOfMessages": str(len(self.queues[DEAD]) - hidden),
            "ApproximateNumberOfMessagesNotVisible": str(hidden),
        }
        return {"Attributes": counts, "ResponseMetadata": {}}

    def receive_message(self, **call: Any) -> Any:
        with self._call("receive"):
            if self.hidden() >= self.most_hidden:
                raise OverLimitError
            stored = self.queues[call["QueueUrl"]].values()
            visible = [each for each in stored if each.visible_at <= self.now]
            shown = self._random.sample(visible, min(len(visible), call["MaxNumberOfMessages"] - self.repeats))
            for each in shown:
                each.visible_at = self.now + call["VisibilityTimeout"]
            if self.repeats and shown:
                shown = [*shown, self._random.choice(list(stored))]
            handle = len(self.calls)
            return {
                "Messages": [
                    each.message | {"ReceiptHandle": f"{each.message['MessageId']} {handle}"} for each in shown
                ]
            }

    def change_message_visibility_batch(self, **call: Any) -> Any:
        def show(entry: Mapping[str, Any]) -> None:
            stored = self.queues[call["QueueUrl"]].get(entry["ReceiptHandle"].partition(" ")[0])
            if stored is not None:
                stored.visible_at = self.now + entry["VisibilityTimeout"]

        return self._each("show", call["Entries"], show)

    def delete_message_batch(self, **call: Any) -> Any:
        def delete(entry: Mapping[str, Any]) -> None:
            self.queues[call["QueueUrl"]].pop(entry["ReceiptHandle"].partition(" ")[0], None)

        return self._each("delete", call["Entries"], delete)

    def send_message_batch(self, **call: Any) -> Any:
        assert sum(len(entry["MessageBody"].encode()) for entry in call["Entries"]) <= 1_048_576

        def send(entry: Mapping[str, Any]) -> None:
            attributes = {name: value["StringValue"] for name, value in entry.get("MessageAttributes", {}).items()}
            assert all("StringListValues" not in value for value in entry.get("MessageAttributes", {}).values())
            assert entry["MessageSystemAttributes"]["AWSTraceHeader"]["StringValue"] == "Root=1-2-3"
            self.put(entry["MessageBody"], call["QueueUrl"], **attributes)

        return self._each("send", call["Entries"], send)

    def _each(self, call: str, entries: Sequence[Mapping[str, Any]], do: Callable[[Mapping[str, Any]], None]) -> Any:
        assert 1 <= len(entries) <= 10
        with self._call(call):
            failed = [entry for entry in entries if self.fail(call, entry["Id"])]
            for entry in entries:
                if entry not in failed:
                    do(entry)
            if self.kill_after(call):
                raise KilledError
            return {"Failed": [{"Id": entry["Id"], "Code": "InternalError"} for entry in failed]}

    def _call(self, call: str) -> Any:
        with self._lock:
            self.calls.append(call)
            if self.kill(call):
                raise KilledError
        return self._lock
