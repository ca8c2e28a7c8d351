"""The authorizer in front of the API, and its cache."""

from typing import Any

import pytest

from txplatform.local.functions import Outcome
from txplatform.local.gateway.authorization import Authorization, Decision
from txplatform.local.gateway.request import Request
from txplatform.local.gateway.routes import AuthorizerSettings, Route

SOURCES = ("$request.header.Authorization", "$context.routeKey")
READ = Route("GET /v1/payments", "GET", ("v1", "payments"), "arn:f")
WRITE = Route("POST /v1/payments", "POST", ("v1", "payments"), "arn:f")


class Authorizer:
    """Counts its invocations; every answer is the one given."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.events: list[Any] = []
        self.now = 0.0
        self.authorization = Authorization(self.invoke, clock=lambda: self.now)

    def invoke(self, arn: str, event: Any) -> Outcome:
        assert arn == "arn:authorizer"
        self.events.append(event)
        return self.outcome

    def check(self, token: str | None = "t", route: Route = READ, ttl: int = 300) -> Decision:
        headers = {} if token is None else {"authorization": token}
        settings = AuthorizerSettings("auth", "arn:authorizer", SOURCES, ttl)
        return self.authorization.check(settings, Request(route.method, "/v1/payments", "", headers), route, {}, "api")


def status(decision: Decision) -> int | None:
    return decision.refusal.status if decision.refusal else None


def allowing() -> Authorizer:
    return Authorizer(Outcome({"isAuthorized": True, "context": {"client_id": "c"}}))


def test_an_allowed_request_carries_the_context() -> None:
    decision = allowing().check()
    assert (status(decision), decision.context) == (None, {"client_id": "c"})


def test_without_identity_it_is_401_and_nobody_is_asked() -> None:
    authorizer = allowing()
    assert status(authorizer.check(token=None)) == 401
    assert authorizer.events == []


def test_a_denial_is_403_and_cached() -> None:
    authorizer = Authorizer(Outcome({"isAuthorized": False}))
    assert [status(authorizer.check()) for _ in range(2)] == [403, 403]
    assert len(authorizer.events) == 1


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(error={"errorType": "E", "errorMessage": "m"}),
        Outcome(None),
        Outcome({"isAuthorized": "true"}),
        Outcome({"context": {}}),
    ],
)
def test_an_authorizer_without_a_decision_is_500_and_asked_again(outcome: Outcome) -> None:
    authorizer = Authorizer(outcome)
    assert [status(authorizer.check()) for _ in range(2)] == [500, 500]
    assert len(authorizer.events) == 2


def test_the_cache_is_keyed_by_every_identity_source() -> None:
    authorizer = allowing()
    for token, route in [("t", READ), ("t", READ), ("t", WRITE), ("u", READ)]:
        authorizer.check(token, route)
    assert [event["identitySource"] for event in authorizer.events] == [
        ["t", "GET /v1/payments"],
        ["t", "POST /v1/payments"],
        ["u", "GET /v1/payments"],
    ]


def test_the_cache_forgets_after_the_time_to_live() -> None:
    authorizer = allowing()
    authorizer.check(ttl=300)
    authorizer.now = 299.0
    authorizer.check(ttl=300)
    assert len(authorizer.events) == 1
    authorizer.now = 301.0
    authorizer.check(ttl=300)
    assert len(authorizer.events) == 2


def test_a_time_to_live_of_zero_caches_nothing() -> None:
    authorizer = allowing()
    authorizer.check(ttl=0)
    authorizer.check(ttl=0)
    assert len(authorizer.events) == 2
