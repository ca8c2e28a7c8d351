"""What the authorizer let through ends with the token, however long its answer is cached."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.data_api.core import check_in_force
from lambdas.data_api.errors import TokenExpiredError
from lambdas.data_api.handler import handler
from txplatform_tests.lambdas.conftest import CONTEXT

pytestmark = pytest.mark.usefixtures("wired")
NOW = 1_800_000_000.5


def granted(**context: Any) -> dict[str, Any]:
    return {"requestContext": {"authorizer": {"lambda": context}}}


@pytest.mark.parametrize("expires_at", [1_800_000_001, "1800000001", 4_102_444_800])
def test_a_token_in_force_passes(expires_at: Any) -> None:
    check_in_force(granted(expires_at=expires_at), NOW)


@pytest.mark.parametrize("expires_at", [1_800_000_000, "1800000000", 0, -1, "", "soon", None, [], "1e99", "٣"])
def test_an_expired_token_does_not(expires_at: Any) -> None:
    with pytest.raises(TokenExpiredError):
        check_in_force(granted(expires_at=expires_at), NOW)


NOTHING_GRANTED = [{}, {"requestContext": {}}, {"requestContext": {"authorizer": {}}}, granted()]


@pytest.mark.parametrize("event", [*NOTHING_GRANTED, granted(client_id="c", scope="payments.read")])
def test_what_names_no_time_is_no_longer_in_force(event: dict[str, Any]) -> None:
    with pytest.raises(TokenExpiredError):
        check_in_force(event, NOW)


@pytest.mark.parametrize("event", NOTHING_GRANTED)
def test_a_route_that_may_be_open_needs_no_token(event: dict[str, Any]) -> None:
    check_in_force(event, NOW, may_be_open=True)


@pytest.mark.parametrize("context", [{"client_id": "c"}, {"client_id": "c", "expires_at": int(NOW)}])
def test_an_authorizer_in_front_of_such_a_route_is_taken_at_its_word(context: dict[str, Any]) -> None:
    with pytest.raises(TokenExpiredError):
        check_in_force(granted(**context), NOW, may_be_open=True)


def test_no_route_of_records_is_open(event: Callable[[str], Any]) -> None:
    request = event("http_api")
    for context in ({}, {"lambda": {"client_id": "c", "scope": "payments.personal payments.read"}}):
        request["requestContext"]["authorizer"] = context
        answer = handler(request, CONTEXT)
        assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (401, "token_expired")


def test_the_api_answers_401_to_a_token_that_has_expired_since(event: Callable[[str], Any]) -> None:
    request = event("http_api")
    request["requestContext"]["authorizer"]["lambda"]["expires_at"] = int(time.time()) + 60
    assert handler(request, CONTEXT)["statusCode"] == 404
    request["requestContext"]["authorizer"]["lambda"]["expires_at"] = int(time.time())
    answer = handler(request, CONTEXT)
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (401, "token_expired")
    assert answer["headers"]["www-authenticate"] == 'Bearer error="invalid_token"'
