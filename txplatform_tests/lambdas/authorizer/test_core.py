"""Which permission a route needs, what a header must be, and what the API may know of a caller."""

from collections.abc import Callable
from typing import Any

import pytest

from lambdas.authorizer.claims import Caller
from lambdas.authorizer.core import granted_context, required_permission
from lambdas.authorizer.denial import Denial, DeniedError
from lambdas.authorizer.token import bearer_token
from lambdas.shared.caller import escaped


@pytest.mark.parametrize(
    ("route", "permission"),
    [
        ("GET /v1/payments", "payments.read"),
        ("GET /v1/payments/{key}", "payments.read"),
        ("POST /v1/payments", "payments.write"),
        ("POST /v1/payments/batch", "payments.write"),
        ("PUT /v1/trades/{key}", "trades.write"),
        ("DELETE /v1/trades/{key}", "trades.write"),
        ("PATCH /v1/trades/{key}", "trades.write"),
        ("GET /v1/schemas/trades", "trades.read"),
        ("GET /v1/openapi.json", None),
        ("GET /health", None),
    ],
)
def test_required_permission(route: str, permission: str | None) -> None:
    assert required_permission({"routeKey": route, "rawPath": "/v1/customers"}) == permission


@pytest.mark.parametrize(
    "route",
    [
        *("", "$default", "GET /", "GET /v1", "GET /v1/", "GET /v2/payments", "GET /v1/{entity}"),
        *("GET /v1/schemas", "GET /v1/schemas/", "GET /v1/schemas/{key}", "POST /health"),
    ],
)
def test_a_route_without_an_entity_needs_more_than_anyone_has(route: str) -> None:
    with pytest.raises(DeniedError) as caught:
        required_permission({"routeKey": route})
    assert caught.value.denial is Denial.NO_ROUTE


def test_bearer_token(event: Callable[[str], Any]) -> None:
    assert bearer_token(event("authorizer")) == "token"
    assert bearer_token({"headers": {"authorization": "bearer  t "}}) == "t"


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "token", 7, ["Bearer t"]])
def test_no_token(header: Any) -> None:
    with pytest.raises(DeniedError, match="no_token"):
        bearer_token({"headers": {} if header is None else {"authorization": header}})


def test_the_context_says_what_may_be_done_with_the_entity_of_the_route_and_until_when() -> None:
    permissions = frozenset({"payments.write", "payments.read", "payments.personal", "trades.read", "payments2.read"})
    assert granted_context(Caller("c", "https://i", permissions, 1234), "payments.read") == {
        "client_id": "c",
        "issuer": "https://i",
        "meter": "c",
        "scope": "payments.personal payments.read payments.write",
        "expires_at": 1234,
    }


@pytest.mark.parametrize("client_id", ['x","status":"200', "a\nb", "\ud800", "é" * 512, "a#b c", "%22"])
def test_a_client_of_any_name_breaks_no_line_of_the_gateway_s_log(client_id: str) -> None:
    given = granted_context(Caller(client_id, "https://i", frozenset(), 1234), None)["client_id"]
    assert str(given) == escaped(client_id) != client_id


def test_a_client_that_is_not_configured_is_counted_as_one_of_its_issuer_s() -> None:
    """An issuer can have any number of them, and each would be a metric."""
    context = granted_context(Caller("c", "https://i", frozenset(), 1234, is_configured=False), None)
    assert (context["client_id"], context["meter"]) == ("c", "https://i")


def test_a_caller_without_the_permission_is_denied() -> None:
    with pytest.raises(DeniedError, match="missing_scope"):
        granted_context(Caller("c", "https://i", frozenset({"payments.write"}), 1234), "payments.read")


def test_any_caller_may_have_what_needs_no_permission_and_nothing_with_it() -> None:
    context = granted_context(Caller("c", "https://i", frozenset({"payments.read"}), 1234), None)
    assert context == {"client_id": "c", "issuer": "https://i", "meter": "c", "scope": "", "expires_at": 1234}
