"""No bad token of any provider opens anything, and none makes the authorizer fail; good ones of all providers pass."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.authorizer.handler import handler
from txplatform.local.functions import Outcome
from txplatform.local.gateway.authorization import Authorization
from txplatform.local.gateway.request import Request
from txplatform.local.gateway.routes import AuthorizerSettings, Route
from txplatform_tests.lambdas.authorizer.bad_tokens_of_kinds import bad_tokens
from txplatform_tests.lambdas.authorizer.conftest import KeySetServer
from txplatform_tests.lambdas.authorizer.token_makers import Make
from txplatform_tests.lambdas.conftest import CONTEXT

pytestmark = pytest.mark.usefixtures("wired")

BAD = bad_tokens()
LEAST = 80  # bad tokens of each provider
SETTINGS = AuthorizerSettings("auth", "arn", ("$request.header.Authorization", "$context.routeKey"), 300)
ROUTE = Route("GET /v1/payments", "GET", ("v1", "payments"), "arn:f")


def status(authorization: str | None) -> int | None:
    """What the gateway answers in front of the API; None where it lets the request through."""
    headers = {} if authorization is None else {"authorization": authorization}
    gateway = Authorization(lambda _arn, event: Outcome(handler(event, CONTEXT)))
    refusal = gateway.check(SETTINGS, Request("GET", "/v1/payments", "", headers), ROUTE, {}, "api").refusal
    return refusal.status if refusal else None


@pytest.mark.parametrize(("provider", "name", "reason", "make"), BAD, ids=[f"{item[0]}: {item[1]}" for item in BAD])
def test_a_bad_token_is_refused_for_its_reason(
    server: KeySetServer, reasons: list[str], provider: str, name: str, reason: str, make: Make
) -> None:
    assert status(f"Bearer {make(server.providers[provider])}") == 403
    assert reasons == [reason]


def test_the_table_is_as_long_as_was_promised() -> None:
    assert all(count >= LEAST for count in Counter(provider for provider, *_ in BAD).values())


@pytest.mark.parametrize("authorization", [None, ""])
def test_without_an_authorization_it_is_401(authorization: str | None) -> None:
    assert status(authorization) == 401


@pytest.mark.parametrize(
    "authorization", ["Basic abc", "Bearer", "Digest x", "{token}", "Token {token}", "DPoP {token}"]
)
def test_another_scheme_is_refused(server: KeySetServer, authorization: str) -> None:
    assert status(authorization.replace("{token}", server.providers["entra"].token())) == 403


@pytest.mark.parametrize("provider", ["cognito", "entra", "entra_v1", "oidc"])
def test_a_good_token_of_each_provider_passes(server: KeySetServer, provider: str) -> None:
    assert status(f"Bearer {server.providers[provider].token()}") is None


def test_a_key_of_one_issuer_never_verifies_a_token_of_another(
    server: KeySetServer, reasons: list[str], request_with: Callable[..., dict[str, Any]]
) -> None:
    """All key ids are the same: only the issuer tells the keys apart."""
    signers = {name: item for name, item in server.providers.items() if item.algorithm == "RS256"}
    pairs = [(one, other) for one in signers for other in signers if one != other]
    for one, other in pairs:
        forged = signers[one].signed(signers[one].header(), signers[one].claims(), signers[other].key)
        assert handler(request_with(forged), CONTEXT) == {"isAuthorized": False}
    assert reasons == ["invalid_signature"] * len(pairs)
