"""Operations go in requests that the API takes, and each has its result, in order."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from txplatform.client import Operation, Records, UnexpectedAnswerError, Violation, batches
from txplatform_tests.client.scripted import Received, Reply, Script


def answer(request: Received) -> Reply:
    """Reject what has no id, write the rest."""
    results: list[dict[str, Any]] = []
    for index, operation in enumerate(request.body["operations"]):
        key = operation["record"].get("payment_id", "")
        reasons = [] if key else [{"field": "payment_id", "rule": "required", "message": "is missing"}]
        result = {"index": index, "key": key, "status": "written" if key else "rejected", "errors": reasons}
        results.append(result if key else {**result, "further_errors": 3})
    return Reply(200, {"results": results})


@pytest.fixture
def written(script: Script, monkeypatch: pytest.MonkeyPatch) -> Script:
    scripted = script.answer

    def respond(request: Received) -> Reply:
        reply = scripted(request)
        return answer(request) if request.path.endswith("/batch") else reply

    monkeypatch.setattr(script, "answer", respond)
    return script


def test_any_number_of_records_is_written_in_order(payments: Records, written: Script) -> None:
    records = ({"payment_id": str(number)} if number != 120 else {} for number in range(250))
    results = list(payments.upsert_all(records))
    assert [len(request.body["operations"]) for request in written.received] == [100, 100, 50]
    assert [result.key for result in results] == ["" if number == 120 else str(number) for number in range(250)]
    (rejected,) = (result for result in results if result.rejected)
    assert rejected.violations == (Violation("payment_id", "required", "is missing"),)
    assert rejected.further_violations == 3
    assert rejected.operation == Operation("upsert", {})


def test_records_are_taken_as_results_are_consumed(payments: Records, written: Script) -> None:
    taken: list[int] = []

    def endless() -> Iterator[dict[str, str]]:
        number = 0
        while True:
            taken.append(number)
            yield {"payment_id": str(number)}
            number += 1

    results = payments.upsert_all(endless())
    assert next(results).key == "0"
    assert len(taken) == 101
    assert len(written.received) == 1


def test_large_records_go_in_more_requests(payments: Records, written: Script) -> None:
    records = [{"payment_id": str(number), "note": "é" * 500_000} for number in range(9)]
    assert len(list(payments.upsert_all(records))) == 9
    assert [len(request.body["operations"]) for request in written.received] == [3, 3, 3]
    assert all(len(request.text) <= batches.MAX_BYTES + 20 for request in written.received)


@pytest.mark.parametrize("results", [[], [{"index": 1, "key": "a", "status": "written"}]])
def test_an_answer_in_part_is_not_taken_for_the_whole(payments: Records, script: Script, results: list[Any]) -> None:
    script.replies = [Reply(200, {"results": results})]
    with pytest.raises(UnexpectedAnswerError, match="in part"):
        list(payments.upsert_all([{"payment_id": "a"}]))


@given(st.lists(st.integers(0, 3_000_000), max_size=250))
def test_nothing_is_lost_or_moved_and_no_request_is_too_large(sizes: list[int]) -> None:
    class Sized(Operation):
        def as_json(self) -> bytes:
            return Text(self.record["size"])  # type: ignore[return-value]

    class Text(bytes):
        def __new__(cls, size: int) -> "Text":
            made = super().__new__(cls, b"{}")
            made.size = size  # type: ignore[attr-defined]
            return made

        def __len__(self) -> int:
            return self.size  # type: ignore[attr-defined]

    operations = [Sized("upsert", {"size": size}) for size in sizes]
    chunks = [chunk for chunk, _ in batches.batches(operations)]
    assert [operation for chunk in chunks for operation in chunk] == operations
    for chunk in chunks:
        assert 0 < len(chunk) <= batches.MAX_OPERATIONS
        assert len(chunk) == 1 or sum(item.record["size"] + 1 for item in chunk) <= batches.MAX_BYTES


def test_a_patch_removes_by_none_and_may_be_sent_again_where_it_found_no_record(
    payments: Records, script: Script
) -> None:
    missing = {"field": "", "rule": "not_found", "message": "there is no record"}
    results = [
        {"index": 0, "key": "1", "status": "written"},
        {"index": 1, "key": "2", "status": "not_found", "retryable": True, "errors": [missing]},
    ]
    script.replies = [Reply(200, {"results": results})]
    changes = [{"payment_id": "1", "description": None}, {"payment_id": "2"}]
    written, found_nothing = payments.patch_all(changes)
    assert [item["op"] for item in script.received[-1].body["operations"]] == ["patch", "patch"]
    assert script.received[-1].body["operations"][0]["record"] == {"payment_id": "1", "description": None}
    assert (written.retryable, found_nothing.retryable, found_nothing.rejected) == (False, True, False)
    assert found_nothing.violations == (Violation("", "not_found", "there is no record"),)
