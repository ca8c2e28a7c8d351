"""The gateway's cache in front of the real authorizer leaks nothing between scopes, issuers and times."""

import time
from collections.abc import Mapping
from typing import Any

import pytest

from lambdas.authorizer.handler import handler
from lambdas.data_api.core import check_in_force
from lambdas.data_api.errors import TokenExpiredError
from lambdas.shared.errors import KeySetUnavailableError
from txplatform.local.functions import Outcome
from txplatform.local.gateway.authorization import Authorization, Decision
from txplatform.local.gateway.request import Request
from txplatform.local.gateway.routes import AuthorizerSettings, Route
from txplatform_tests.lambdas.authorizer.conftest import KeySetServer
from txplatform_tests.lambdas.conftest import CONTEXT

pytestmark = pytest.mark.usefixtures("wired")

SETTINGS = AuthorizerSettings("auth", "arn", ("$request.header.Authorization", "$context.routeKey"), 300)
READ, WRITE, TRADES = "GET /v1/payments", "POST /v1/payments", "GET /v1/trades"


class Gateway:
    """The gateway with one cache, whose clock the test sets; `asked` counts the authorizer's invocations."""

    def __init__(self) -> None:
        self.now = 0.0
        self.asked = 0
        self._authorization = Authorization(self._invoke, clock=lambda: self.now)

    def _invoke(self, _arn: str, event: Any) -> Outcome:
        self.asked += 1
        try:
            return Outcome(handler(event, CONTEXT))
        except KeySetUnavailableError as error:
            return Outcome(error={"errorType": "KeySetUnavailableError", "errorMessage": str(error)})

    def check(self, token: str, key: str = READ) -> Decision:
        method, _, path = key.partition(" ")
        route = Route(key, method, tuple(path.strip("/").split("/")), "arn:f")
        request = Request(method, path, "", {"authorization": f"Bearer {token}"})
        return self._authorization.check(SETTINGS, request, route, {}, "api")

    def status(self, token: str, key: str = READ) -> int | None:
        refusal = self.check(token, key).refusal
        return refusal.status if refusal else None


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


def outlives(context: Mapping[str, Any], seconds: float) -> bool:
    """Whether the API still takes a request of this context so many seconds from now."""
    try:
        check_in_force({"requestContext": {"authorizer": {"lambda": context}}}, time.time() + seconds)
    except TokenExpiredError:
        return False
    return True


@pytest.mark.parametrize("provider", ["cognito", "entra", "oidc"])
def test_what_is_cached_for_one_scope_opens_no_other(gateway: Gateway, server: KeySetServer, provider: str) -> None:
    of_kind = {
        "cognito": {"scope": "txplatform/payments.read"},
        "entra": {"roles": ["payments.read"]},
        "oidc": {"scope": "payments.read"},
    }
    token = server.providers[provider].token(**of_kind[provider])
    for _ in range(3):
        assert [gateway.status(token, key) for key in (READ, WRITE, TRADES)] == [None, 403, 403]
    assert gateway.asked == 3


def test_what_is_cached_of_one_issuer_is_not_another_s(gateway: Gateway, server: KeySetServer) -> None:
    """Client, key id and times are the same: the contexts differ, and a forgery finds nothing in the cache."""
    tokens = {name: provider.token() for name, provider in server.providers.items()}
    for _ in range(2):
        issuers = {name: gateway.check(token).context["issuer"] for name, token in tokens.items()}
        assert issuers == {name: provider.standing["iss"] for name, provider in server.providers.items()}
    pool, entra = server.providers["cognito"], server.providers["entra"]
    assert gateway.status(pool.signed(pool.header(), pool.claims(), entra.key)) == 403
    assert gateway.asked == len(tokens) + 1


def test_a_cached_answer_ends_with_its_token(gateway: Gateway, server: KeySetServer) -> None:
    token = server.providers["entra"].token(exp=int(time.time()) + 60)
    context = gateway.check(token).context
    gateway.now += 200
    assert gateway.check(token).context == context
    assert gateway.asked == 1, "the answer was cached"
    assert outlives(context, 30)
    assert not outlives(context, 200)


def test_the_answer_for_an_expired_token_is_not_that_of_a_renewed_one(gateway: Gateway, server: KeySetServer) -> None:
    pool = server.providers["cognito"]
    expired = pool.token(iat=int(time.time()) - 7200, exp=int(time.time()) - 3600)
    assert [gateway.status(expired), gateway.status(pool.token()), gateway.status(expired)] == [403, None, 403]


def test_a_failure_is_not_cached(gateway: Gateway, server: KeySetServer) -> None:
    token = server.providers["cognito"].token()
    server.answers = [(500, b"")]
    assert [gateway.status(token), gateway.status(token)] == [500, None]


@pytest.mark.parametrize("provider", ["cognito", "entra", "oidc"])
def test_the_scope_of_personal_fields_is_of_its_token_and_its_entity(
    gateway: Gateway, server: KeySetServer, provider: str
) -> None:
    """One client with two tokens, and one token on two entities: what the API hears of each is its own."""
    prefix = "txplatform/" if provider == "cognito" else ""

    def token(*permissions: str) -> str:
        named = [f"{prefix}{name}" for name in permissions]
        return server.providers[provider].token(
            **({"roles": named} if provider == "entra" else {"scope": " ".join(named)})
        )

    seeing = token("payments.read", "payments.personal", "trades.read")
    blind = token("payments.read", "trades.read", "trades.personal")
    for _ in range(3):
        for made, key, scope in [
            (seeing, READ, "payments.personal payments.read"),
            (blind, READ, "payments.read"),
            (seeing, TRADES, "trades.read"),
            (blind, TRADES, "trades.personal trades.read"),
        ]:
            decision = gateway.check(made, key)
            assert decision.refusal is None
            assert decision.context["scope"] == scope
        assert [gateway.status(made, WRITE) for made in (seeing, blind)] == [403, 403]
    assert gateway.asked == 6, "each once, and then out of the cache"


def test_no_route_opens_by_the_scope_of_personal_fields_alone(gateway: Gateway, server: KeySetServer) -> None:
    token = server.providers["oidc"].token(scope="payments.personal")
    assert [gateway.status(token, key) for key in (READ, WRITE, f"{READ}/{{key}}")] == [403] * 3
