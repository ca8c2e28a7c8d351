"""The list of exclusions has what it says, and nothing beside it."""

from types import SimpleNamespace
from typing import Any

import pytest
from schemathesis.core.failures import AcceptedNegativeData, Failure, ServerError
from schemathesis.openapi.checks import RejectedPositiveData, UnsupportedMethodResponse

from txplatform_tests.generated.documented import openapi_schemas
from txplatform_tests.generated.exclusions import filter_failure

PAYMENT: dict[str, Any] = openapi_schemas()["payments"]["examples"][0]
RECORD, LIST, BATCH = "/v1/payments/{key}", "/v1/payments", "/v1/payments/batch"


def is_kept(kind: type[Failure], method: str, path: str, status: int, answer: Any, **case: Any) -> bool:
    """Whether a failure of this kind stands, for a request and its answer."""
    request = {"operation": SimpleNamespace(path=path, method=method.lower()), "path": path, "method": method}
    given = SimpleNamespace(**request, **{"query": {}, "body": None, **case})
    response = SimpleNamespace(status_code=status, request=SimpleNamespace(method=method), json=lambda: answer)
    return filter_failure(None, kind.__new__(kind), given, response)


def problem(code: str, *violations: tuple[str, str]) -> dict[str, Any]:
    return {"code": code, "errors": [{"field": field, "rule": rule} for field, rule in violations]}


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("kind", [RejectedPositiveData, AcceptedNegativeData, UnsupportedMethodResponse, ServerError])
def test_no_server_error_is_excluded(kind: type[Failure], status: int) -> None:
    assert is_kept(kind, "PUT", RECORD, status, problem("precondition_failed"))


def test_a_failure_of_another_kind_stands() -> None:
    assert is_kept(Failure, "PUT", RECORD, 412, problem("precondition_failed"))


def test_a_valid_request_may_be_refused_for_what_is_stored_and_for_what_openapi_cannot_say() -> None:
    assert not is_kept(RejectedPositiveData, "PUT", RECORD, 412, problem("precondition_failed"))
    future, key = ("updated_at", "version_in_future"), ("payment_id", "key_differs")
    assert not is_kept(RejectedPositiveData, "PUT", RECORD, 422, problem("invalid_record", future, key))
    assert not is_kept(RejectedPositiveData, "GET", LIST, 400, problem("invalid_query", ("status", "one_index")))


def test_a_valid_request_may_not_be_refused_for_anything_else() -> None:
    future, other = ("updated_at", "version_in_future"), ("amount", "minimum")
    assert is_kept(RejectedPositiveData, "PUT", RECORD, 422, problem("invalid_record", future, other))
    assert is_kept(RejectedPositiveData, "PUT", RECORD, 422, problem("invalid_record"))
    assert is_kept(RejectedPositiveData, "PUT", RECORD, 400, problem("malformed_request"))
    assert is_kept(RejectedPositiveData, "PUT", RECORD, 422, problem("idempotency_key_reused"))
    assert is_kept(RejectedPositiveData, "PUT", RECORD, 413, {"message": "Request Entity Too Large"})


def test_the_values_of_a_key_have_rules_that_their_escaped_text_has_not() -> None:
    key, other = ("payment_id", "max_length"), ("updated_at", "type")
    assert not is_kept(RejectedPositiveData, "DELETE", RECORD, 422, problem("invalid_record", key))
    assert is_kept(RejectedPositiveData, "DELETE", RECORD, 422, problem("invalid_record", key, other))
    assert is_kept(RejectedPositiveData, "PUT", RECORD, 422, problem("invalid_record", key))


def test_a_value_in_a_header_has_rules_that_its_encoded_text_has_not() -> None:
    refused = problem("invalid_query", ("email", "pattern"))
    assert not is_kept(RejectedPositiveData, "GET", "/v1/customers", 400, refused)
    assert is_kept(RejectedPositiveData, "GET", LIST, 400, problem("invalid_query", ("customer_id", "max_length")))


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ({"amount": 129.9}, False),
        ({"created_at": "2026-11-02T10:15:00+01:00"}, False),
        ({"description": None}, False),
        ({"amount": 129.9, "items_count": "3"}, True),
        ({"status": "active"}, True),
        ({"payment_id": None}, True),
        ({"unknown": 1, "amount": 1}, True),
        ({}, True),
    ],
)
def test_a_record_may_differ_from_the_document_in_the_spelling_of_values_alone(
    change: dict[str, Any], kept: bool
) -> None:
    body = {**PAYMENT, **change}
    assert is_kept(AcceptedNegativeData, "POST", LIST, 201, PAYMENT, body=body) is kept
    operations = [{"op": "upsert", "record": PAYMENT}, {"op": "upsert", "record": body}]
    results = [{"status": "written"}, {"status": "written"}]
    answer = {"results": results}
    taken = is_kept(AcceptedNegativeData, "POST", BATCH, 200, answer, body={"operations": operations})
    assert taken is (kept and bool(change))
    results[1]["status"] = "rejected"
    assert not is_kept(AcceptedNegativeData, "POST", BATCH, 200, answer, body={"operations": operations})


def test_the_path_of_batches_is_that_of_a_record_but_for_post() -> None:
    assert not is_kept(UnsupportedMethodResponse, "PUT", BATCH, 422, problem("invalid_record"))
    assert not is_kept(UnsupportedMethodResponse, "TRACE", RECORD, 404, {"message": "Not Found"})
    assert is_kept(UnsupportedMethodResponse, "TRACE", RECORD, 200, {})
