"""Error handling of stream batches: checkpoint, bisecting, retries, age, destination."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from txplatform.local.functions import Outcome
from txplatform.local.pump import delivery
from txplatform.local.pump.delivery import StreamDelivery
from txplatform.local.pump.mappings import EventSourceMapping
from txplatform.local.pump.stopping import Stopping

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
ERROR = {"errorType": "E", "errorMessage": "m"}


class Abandoned:
    """An on-failure destination that remembers."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, list[str], int]] = []

    def send(self, condition: str, records: list[dict[str, Any]], invocations: int, outcome: Outcome) -> None:
        self.sent.append((condition, numbers(records), invocations))


def record(number: int, created: float | None = None) -> dict[str, Any]:
    created = time.time() if created is None else created
    return {"dynamodb": {"SequenceNumber": str(number), "ApproximateCreationDateTime": created}}


def numbers(records: list[dict[str, Any]]) -> list[str]:
    return [item["dynamodb"]["SequenceNumber"] for item in records]


def deliver(
    handler: Callable[[list[str]], Outcome], records: list[dict[str, Any]], **options: Any
) -> tuple[list[list[str]], Abandoned]:
    """Deliver with a handler of sequence numbers; return the batches it saw and what was abandoned."""
    seen: list[list[str]] = []

    def invoke(arn: str, event: Any) -> Outcome:
        assert arn == FUNCTION
        seen.append(numbers(event["Records"]))
        return handler(seen[-1])

    mapping = EventSourceMapping("id", "arn:aws:dynamodb:us-east-1:1:table/t/stream/1", FUNCTION, 100, **options)
    abandoned = Abandoned()
    StreamDelivery(mapping, invoke, abandoned, Stopping()).deliver(records)  # pyright: ignore[reportArgumentType]
    return seen, abandoned


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "_FIRST_PAUSE_SECONDS", 0.0)


def report(*failed: str) -> Outcome:
    return Outcome({"batchItemFailures": [{"itemIdentifier": number} for number in failed]})


def test_success_is_delivered_once() -> None:
    seen, abandoned = deliver(lambda _: Outcome(), [record(n) for n in range(3)])
    assert seen == [["0", "1", "2"]]
    assert abandoned.sent == []


def test_a_partial_response_moves_the_checkpoint_to_the_lowest_failure() -> None:
    def handler(batch: list[str]) -> Outcome:
        return report("3", "2") if batch[0] == "0" else Outcome()

    seen, abandoned = deliver(handler, [record(n) for n in range(5)], partial_responses=True)
    assert seen == [["0", "1", "2", "3", "4"], ["2", "3", "4"]]
    assert abandoned.sent == []


def test_bisecting_isolates_the_poison_record_and_keeps_the_order() -> None:
    def handler(batch: list[str]) -> Outcome:
        return Outcome(error=ERROR) if "5" in batch else Outcome()

    seen, abandoned = deliver(handler, [record(n) for n in range(8)], bisect=True, max_attempts=2)
    assert abandoned.sent == [("RetryAttemptsExhausted", ["5"], 3)]
    delivered = [number for batch in seen if "5" not in batch for number in batch]
    assert delivered == ["0", "1", "2", "3", "4", "6", "7"]
    assert [batch for batch in seen if batch == ["5"]] == [["5"]] * 3


def test_a_first_record_that_is_always_reported_is_isolated_too() -> None:
    def handler(batch: list[str]) -> Outcome:
        return report("0") if "0" in batch else Outcome()

    options = {"partial_responses": True, "bisect": True, "max_attempts": 1}
    seen, abandoned = deliver(handler, [record(n) for n in range(4)], **options)
    assert abandoned.sent == [("RetryAttemptsExhausted", ["0"], 2)]
    assert [number for batch in seen if "0" not in batch for number in batch] == ["1", "2", "3"]


def test_without_bisecting_the_batch_is_abandoned_as_a_whole() -> None:
    seen, abandoned = deliver(lambda _: Outcome(error=ERROR), [record(n) for n in range(3)], max_attempts=2)
    assert seen == [["0", "1", "2"]] * 3
    assert abandoned.sent == [("RetryAttemptsExhausted", ["0", "1", "2"], 3)]


def test_unlimited_attempts_go_on_until_success() -> None:
    answers = [Outcome(error=ERROR)] * 20 + [Outcome()]
    seen, abandoned = deliver(lambda _: answers.pop(0), [record(0)])
    assert len(seen) == 21
    assert abandoned.sent == []


def test_records_too_old_are_abandoned_without_an_invocation() -> None:
    old = time.time() - 100
    seen, abandoned = deliver(lambda _: Outcome(), [record(0, old), record(1)], max_age=60)
    assert seen == [["1"]]
    assert abandoned.sent == [("RecordAgeExceeded", ["0"], 0)]


def test_a_delivery_that_is_stopped_leaves_the_rest() -> None:
    stopping = Stopping()
    calls: list[int] = []

    def invoke(_: str, event: Any) -> Outcome:
        calls.append(len(event["Records"]))
        stopping.set()
        return Outcome(error=ERROR)

    mapping = EventSourceMapping("id", "arn:aws:dynamodb:us-east-1:1:table/t/stream/1", FUNCTION, 100)
    StreamDelivery(mapping, invoke, Abandoned(), stopping).deliver([record(0)])  # pyright: ignore[reportArgumentType]
    assert calls == [1]
