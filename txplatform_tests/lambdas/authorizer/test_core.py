"""Which scope a route needs, and what a header and claims must be."""

from collections.abc import Callable
from typing import Any

import pytest

from lambdas.authorizer.core import Denial, DeniedError, bearer_token, check_claims, parse_client_ids, required_scope

CLAIMS = {"token_use": "access", "client_id": "a", "scope": "txplatform/payments.read"}


@pytest.mark.parametrize(
    ("route", "scope"),
    [
        ("GET /v1/payments", "rs/payments.read"),
        ("GET /v1/payments/{key}", "rs/payments.read"),
        ("POST /v1/payments", "rs/payments.write"),
        ("POST /v1/payments/batch", "rs/payments.write"),
        ("PUT /v1/trades/{key}", "rs/trades.write"),
        ("DELETE /v1/trades/{key}", "rs/trades.write"),
        ("PATCH /v1/trades/{key}", "rs/trades.write"),
    ],
)
def test_required_scope(route: str, scope: str) -> None:
    assert required_scope({"routeKey": route, "rawPath": "/v1/customers"}, "rs") == scope


@pytest.mark.parametrize(
    "route", ["", "$default", "GET /", "GET /v1", "GET /v1/", "GET /v2/payments", "GET /v1/{entity}"]
)
def test_a_route_without_an_entity_needs_more_than_anyone_has(route: str) -> None:
    with pytest.raises(DeniedError) as caught:
        required_scope({"routeKey": route}, "rs")
    assert caught.value.denial is Denial.NO_ROUTE


def test_bearer_token(event: Callable[[str], Any]) -> None:
    assert bearer_token(event("authorizer")) == "token"
    assert bearer_token({"headers": {"authorization": "bearer  t "}}) == "t"


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "token"])
def test_no_token(header: str | None) -> None:
    with pytest.raises(DeniedError, match="no_token"):
        bearer_token({"headers": {} if header is None else {"authorization": header}})


def test_claims_that_grant_the_scope() -> None:
    granted = check_claims(CLAIMS, frozenset("ab"), "txplatform/payments.read")
    assert granted == {"client_id": "a", "scope": "txplatform/payments.read"}


@pytest.mark.parametrize(
    ("changes", "denial"),
    [
        ({"token_use": "id"}, Denial.WRONG_TOKEN_USE),
        ({"client_id": "c"}, Denial.UNKNOWN_CLIENT),
        ({"client_id": ["a"]}, Denial.UNKNOWN_CLIENT),
        ({"scope": "txplatform/payments.readx"}, Denial.MISSING_SCOPE),
        ({"scope": "txplatform/payments.write"}, Denial.MISSING_SCOPE),
        ({"scope": None}, Denial.MISSING_SCOPE),
    ],
)
def test_claims_that_do_not(changes: dict[str, Any], denial: Denial) -> None:
    with pytest.raises(DeniedError) as caught:
        check_claims(CLAIMS | changes, frozenset("ab"), "txplatform/payments.read")
    assert caught.value.denial is denial


def test_client_ids_are_a_list() -> None:
    assert parse_client_ids(" a, b ,,") == {"a", "b"}
