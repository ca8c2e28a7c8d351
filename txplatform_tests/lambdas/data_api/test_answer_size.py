"""However much a request violates, its answer fits into what Lambda may answer, and says how much it leaves out."""

import json
from collections.abc import Callable
from typing import Any

from lambdas.data_api.violations import MAX_BYTES_OF_ANSWER, MAX_BYTES_OF_RECORD, MAX_OF_RECORD, Shown
from lambdas.shared.errors import InvalidRecordError, Violation
from txplatform_tests.lambdas.data_api.conftest import Reply

LAMBDA_ANSWER_BYTES = 6_291_556


def size(answer: Reply) -> int:
    return len(json.dumps(answer.body))


def test_a_batch_with_one_hopeless_record_is_answered(call: Callable[..., Reply], payment: dict[str, Any]) -> None:
    good = [{"op": "upsert", "record": {**payment, "payment_id": f"pay_{index}"}} for index in range(99)]
    hopeless = {**payment, **{f"f{index}": 1 for index in range(100_000)}}
    answer = call("POST", "/v1/payments/batch", {"operations": [*good, {"op": "upsert", "record": hopeless}]})
    assert (answer.status, answer.body["written"], answer.body["rejected"]) == (200, 99, 1)
    result = answer.body["results"][-1]
    assert len(result["errors"]) == MAX_OF_RECORD
    assert result["further_errors"] == 100_000 - MAX_OF_RECORD


def test_no_answer_exceeds_what_lambda_may_answer(call: Callable[..., Reply], payment: dict[str, Any]) -> None:
    wide = {**payment, **{"\U0001f600" * 90 + str(index): 1 for index in range(120)}}
    long_key = {**payment, "payment_id": "é" * 35_000}
    operations = [{"op": "upsert", "record": wide if index % 2 else long_key} for index in range(100)]
    answer = call("POST", "/v1/payments/batch", json.dumps({"operations": operations}, ensure_ascii=False))
    assert (answer.status, answer.body["rejected"]) == (200, 100)
    assert size(answer) < LAMBDA_ANSWER_BYTES
    for result in answer.body["results"]:
        assert result["errors"], "each rejected record has a reason"
        assert len(result["errors"]) + result.get("further_errors", 0) == (120 if result["index"] % 2 else 2)
    single = call("POST", "/v1/payments", json.dumps({**payment, **{f"f{index}": 1 for index in range(100_000)}}))
    assert (single.status, single.body["further_errors"]) == (422, 100_000 - MAX_OF_RECORD)
    assert size(single) < 2 * MAX_BYTES_OF_RECORD


def test_the_violations_of_a_record_and_of_an_answer_are_bounded_in_bytes() -> None:
    violations = [Violation("x" * 1000, "unknown_field", "the contract has no such field")] * MAX_OF_RECORD
    shown = Shown()
    parts = [shown.of_record(violations) for _ in range(1000)]
    assert len(json.dumps(parts[0])) < MAX_BYTES_OF_RECORD + 2000
    assert sum(len(json.dumps(part["errors"])) for part in parts[:50]) <= MAX_BYTES_OF_ANSWER
    assert [len(part["errors"]) for part in parts[-2:]] == [1, 1], "the first of each record is always there"
    assert all(len(part["errors"]) + part["further_errors"] == MAX_OF_RECORD for part in parts)
    assert shown.of_record([]) == {"errors": []}


def test_the_message_of_an_error_names_some_of_many_violations() -> None:
    text = str(InvalidRecordError([Violation(f"f{index}", "unknown_field", "") for index in range(100_000)]))
    assert text.startswith("f0: unknown_field; ")
    assert text.endswith("and 99980 more")
