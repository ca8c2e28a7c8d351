"""How requests read, and what an answer looks like."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest

from lambdas.data_api import errors
from lambdas.data_api.audit import Entry
from lambdas.data_api.core import (
    MAX_OPERATIONS,
    Request,
    parse_operations,
    parse_request,
    provenance_of_call,
)
from lambdas.data_api.outcomes import Outcome, upsert_outcome
from lambdas.data_api.problem import STATUS, Answer, problem, status_of
from lambdas.data_api.stored import Stored
from lambdas.shared import errors as shared_errors
from lambdas.shared.errors import (
    FunctionError,
    InvalidJsonError,
    InvalidRecordError,
    RegistryUnavailableError,
    Violation,
)
from lambdas.shared.items import encode_record
from lambdas.shared.provenance import Provenance
from lambdas.shared.schema import EntitySchema

CALLER = ("https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_example", "6ab1example")
PROVENANCE = Provenance("trace-1", "#".join(CALLER), "JKJaXmPLvHcESHA=")
AUDIT = Entry(PROVENANCE)


def test_a_captured_event_is_read(event: Callable[[str], Any]) -> None:
    captured = event("http_api")
    headers = captured["headers"]
    granted = frozenset(("payments.personal", "payments.read", "payments.write"))
    expected = Request("GET {key}", "payments", "pay_1", {}, "", AUDIT, headers, CALLER, granted)
    assert provenance_of_call(captured, "trace-1") == PROVENANCE
    assert parse_request(captured, AUDIT) == expected


@pytest.mark.parametrize(
    ("route", "action"),
    [
        ("POST /v1/payments", "POST"),
        ("GET /v1/payments", "GET"),
        ("PUT /v1/payments/{key}", "PUT {key}"),
        ("POST /v1/payments/batch", "POST batch"),
    ],
)
def test_routes(event: Callable[[str], Any], route: str, action: str) -> None:
    assert parse_request({**event("http_api"), "routeKey": route}, AUDIT).action == action


def test_the_entity_is_that_of_the_authorized_route(event: Callable[[str], Any]) -> None:
    made = {**event("http_api"), "routeKey": "GET /v1/payments/{key}", "rawPath": "/v1/trades/x"}
    assert parse_request(made, AUDIT).entity == "payments"


@pytest.mark.parametrize("route", ["$default", "GET /v1", "GET /v1/", "GET /v1/{entity}/{key}"])
def test_a_route_without_an_entity_names_no_entity(event: Callable[[str], Any], route: str) -> None:
    with pytest.raises(errors.NoSuchRouteError):
        parse_request({**event("http_api"), "routeKey": route}, AUDIT)


def test_the_key_is_taken_as_the_gateway_decoded_it(event: Callable[[str], Any]) -> None:
    made = {**event("http_api"), "pathParameters": {"key": "XNYS#a%2Fb"}, "rawPath": "/v1/trades/XNYS#a%2Fb"}
    assert parse_request(made, AUDIT).key == "XNYS#a%2Fb"


def test_a_body_may_come_in_base64(event: Callable[[str], Any]) -> None:
    made = {**event("http_api/post_json"), "body": "eyJhIjogMX0=", "isBase64Encoded": True}
    assert parse_request(made, AUDIT).body == '{"a": 1}'
    for body in ("/w==", "no base64!"):
        with pytest.raises(errors.MalformedRequestError):
            parse_request({**made, "body": body}, AUDIT)


@pytest.mark.parametrize("body", ["[]", "{}", '{"operations": {}}', "7"])
def test_a_batch_is_a_list_of_operations(body: str) -> None:
    with pytest.raises(errors.MalformedRequestError):
        parse_operations(body)


def test_a_batch_has_a_limit() -> None:
    assert len(parse_operations(json.dumps({"operations": [None] * MAX_OPERATIONS}))) == MAX_OPERATIONS
    with pytest.raises(errors.TooManyOperationsError):
        parse_operations(json.dumps({"operations": [None] * (MAX_OPERATIONS + 1)}))
    with pytest.raises(InvalidJsonError):
        parse_operations("{")


@pytest.mark.parametrize(
    ("changes", "version", "deleted", "outcome"),
    [
        ({}, "2023-11-14T22:13:21.000000Z", False, Outcome.UNCHANGED),
        ({"amount": "1.00"}, "2023-11-14T22:13:21.000000Z", False, Outcome.VERSION_CONFLICT),
        ({}, "2024-01-01T00:00:00.000000Z", False, Outcome.STALE),
        (
            {"created_at": "2020-01-01T00:00:00.000000Z"},
            "2020-01-01T00:00:00.000000Z",
            False,
            Outcome.PARTITION_DIFFERS,
        ),
        ({"created_at": "2020-01-01T00:00:00.000000Z"}, "2024-01-01T00:00:00.000000Z", False, Outcome.STALE),
        ({}, "2023-11-14T22:13:21.000000Z", True, Outcome.STALE),
    ],
)
def test_why_an_upsert_is_not_written(
    payments: EntitySchema,
    payment: dict[str, Any],
    changes: dict[str, str],
    version: str,
    deleted: bool,
    outcome: Outcome,
) -> None:
    item = {**encode_record(payments, {**payment, **changes}), "_version": {"S": version}}
    stored = Stored(payments, {**item, "_deleted": {"BOOL": deleted}})
    assert upsert_outcome(payments, payment, stored) is outcome


def test_a_problem_document_holds_every_violation() -> None:
    payload = problem(InvalidRecordError([Violation("amount", "scale", "too fine")])).as_payload()
    assert payload["statusCode"] == 422
    assert payload["headers"] == {"content-type": "application/problem+json"}
    assert json.loads(payload["body"]) == {
        "type": "urn:txplatform:problem:invalid_record",
        "title": HTTPStatus.UNPROCESSABLE_ENTITY.phrase,
        "status": 422,
        "code": "invalid_record",
        "detail": "amount: scale",
        "errors": [{"field": "amount", "rule": "scale", "message": "too fine"}],
    }


def test_an_internal_fault_says_no_more_than_its_code() -> None:
    answer = problem(RegistryUnavailableError("table arn:aws:… did not answer"))
    assert answer.status == 503
    assert answer.headers["retry-after"] == "1"
    assert "arn" not in json.dumps(answer.body)


def test_every_error_of_the_api_has_a_status_of_its_own_kind() -> None:
    for cls in errors.RequestError.__subclasses__():
        assert cls in STATUS
        assert 400 <= STATUS[cls] < 500
    classes = {cls for module in (errors, shared_errors) for cls in vars(module).values() if _is_error(cls)}
    assert len({cls.code for cls in classes}) == len(classes)
    assert status_of(shared_errors.DecodeError("x")) == 409


def _is_error(cls: Any) -> bool:
    return isinstance(cls, type) and issubclass(cls, FunctionError)


def test_an_answer_without_a_body_has_none() -> None:
    assert Answer(HTTPStatus.NO_CONTENT).as_payload() == {"statusCode": 204, "headers": {}}
