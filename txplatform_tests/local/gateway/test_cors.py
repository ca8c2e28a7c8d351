"""How the gateway alone answers browsers of other origins."""

from dataclasses import replace
from typing import Any, cast

import pytest

from txplatform.local.functions import Outcome
from txplatform.local.gateway.application import Gateway
from txplatform.local.gateway.cors import Cors
from txplatform.local.gateway.request import Request
from txplatform.local.gateway.response import Response
from txplatform.local.gateway.routes import Api, AuthorizerSettings, Route

ORIGIN = "https://app.example.com"
CORS = Cors((ORIGIN,), ("GET", "PUT"), ("authorization",), ("etag",), 600)
ASKED = {"origin": ORIGIN, "access-control-request-method": "PUT"}


class _Nothing:
    def serves(self, request: Request) -> bool:
        return False


def answer(cors: Cors | None, method: str, invoked: list[str] | None = None, **headers: str) -> Response:
    """The gateway's answer on a route behind an authorizer that denies writing."""

    def invoke(arn: str, event: Any) -> Outcome:
        if invoked is not None:
            invoked.append(arn)
        if arn == "authorizer":
            return Outcome({"isAuthorized": event["requestContext"]["http"]["method"] == "GET"})
        return Outcome({"statusCode": 200, "headers": {"etag": "x", "access-control-allow-origin": "*"}, "body": "{}"})

    authorizer = AuthorizerSettings("a", "authorizer", ("$request.header.Authorization",), 0)
    routes = tuple(Route(f"{name} /r", name, ("r",), "function", authorizer) for name in ("GET", "PUT"))
    nothing = cast(Any, _Nothing())
    gateway = Gateway(Api("api", routes, cors), invoke, None, nothing, nothing)
    return gateway.answer(Request(method, "/r", headers=headers))


def shared(response: Response) -> dict[str, str]:
    return {name: value for name, value in response.headers if name.startswith("access-control-")}


def test_a_preflight_is_answered_without_token_authorizer_and_function() -> None:
    invoked: list[str] = []
    response = answer(CORS, "OPTIONS", invoked, **ASKED)
    assert (response.status, invoked) == (204, [])
    assert shared(response) == {
        "access-control-allow-origin": ORIGIN,
        "access-control-allow-methods": "GET,PUT",
        "access-control-allow-headers": "authorization",
        "access-control-max-age": "600",
    }


def test_with_another_origin_nothing_is_shared() -> None:
    response = answer(CORS, "OPTIONS", **{**ASKED, "origin": "https://evil.example.com"})
    assert (response.status, shared(response)) == (204, {})
    assert shared(answer(CORS, "GET", authorization="t", origin="https://evil.example.com")) == {}


def test_the_answer_of_the_function_carries_the_headers_of_the_api_alone() -> None:
    response = answer(CORS, "GET", authorization="t", origin=ORIGIN)
    assert shared(response) == {"access-control-allow-origin": ORIGIN, "access-control-expose-headers": "etag"}
    assert ("etag", "x") in response.headers


def test_any_origin_may_be_allowed() -> None:
    response = answer(replace(CORS, origins=("*",)), "GET", authorization="t", origin=ORIGIN)
    assert shared(response)["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("headers", [{}, {"origin": ORIGIN}, {"access-control-request-method": "PUT"}])
def test_other_options_requests_are_requests(headers: dict[str, str]) -> None:
    assert answer(CORS, "OPTIONS", **headers).status == 404


def test_without_a_configuration_the_function_answers_for_itself() -> None:
    assert answer(None, "OPTIONS", **ASKED).status == 404
    assert shared(answer(None, "GET", authorization="t", origin=ORIGIN)) == {"access-control-allow-origin": "*"}
