"""Lambda's rules for partial batch responses."""

import pytest

from txplatform.local.functions import Outcome
from txplatform.local.pump.failures import failed_records, fitting

BATCH = ["a", "b", "c"]


def failures(*identifiers: object) -> dict[str, object]:
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in identifiers]}


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (None, set()),
        ({}, set()),
        ({"batchItemFailures": None}, set()),
        (failures(), set()),
        (failures("b"), {"b"}),
        (failures("a", "c"), {"a", "c"}),
        (failures("unknown"), set(BATCH)),
        (failures("b", "unknown"), set(BATCH)),
        (failures(""), set(BATCH)),
        (failures(None), set(BATCH)),
        ({"batchItemFailures": [{"wrong": "b"}]}, set(BATCH)),
        ({"batchItemFailures": ["b"]}, set(BATCH)),
        ({"batchItemFailures": "b"}, set(BATCH)),
        ("fine", set(BATCH)),
    ],
)
def test_partial_response(payload: object, expected: set[str]) -> None:
    assert failed_records(Outcome(payload), BATCH, partial_responses=True) == expected


def test_without_partial_responses_the_answer_means_nothing() -> None:
    assert failed_records(Outcome(failures("b")), BATCH, partial_responses=False) == set()


def test_an_error_fails_the_whole_batch() -> None:
    outcome = Outcome(error={"errorType": "E", "errorMessage": "m"})
    assert failed_records(outcome, BATCH, partial_responses=True) == set(BATCH)


def test_a_batch_is_cut_where_lambdas_quota_ends() -> None:
    quota = 6 * 2**20
    overhead = len('{"Records":[{"body":""},{"body":""}]}') + 1
    half = {"body": "x" * ((quota - overhead) // 2)}
    assert fitting([half, half]) == 2
    assert fitting([half, {"body": half["body"] + "xx"}]) == 1
    assert fitting([{"body": "x" * quota}, half]) == 1
    assert fitting([]) == 0
