"""The API client: tokens kept and renewed, connections kept alive, every failure retryable."""

import inspect
import time
from typing import Any

import pytest

from lambdas.shared.errors import ApiUnavailableError, TokenUnavailableError
from lambdas.shared.registry import SchemaRegistry
from lambdas.source.api import EARLY_SECONDS, DataApi, MachineTokens, pool
from txplatform_tests.lambdas.source.conftest import Endpoint

SCOPE = "txplatform/payments.write"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def tokens(endpoint: Endpoint, clock: Clock | None = None) -> MachineTokens:
    return MachineTokens(pool(), f"{endpoint.url}/oauth2/token", lambda: ("client", "secret"), clock or Clock())


def api(endpoint: Endpoint) -> DataApi:
    return DataApi(pool(), f"{endpoint.url}/", tokens(endpoint))


def test_a_token_is_kept_until_a_minute_before_it_expires(endpoint: Endpoint) -> None:
    clock = Clock()
    machine = tokens(endpoint, clock)
    assert machine.token(SCOPE) == machine.token(SCOPE) == "token-1"
    assert endpoint.forms == ["grant_type=client_credentials&scope=txplatform%2Fpayments.write"]
    clock.now = 3600 - EARLY_SECONDS
    assert machine.token(SCOPE) == "token-2"
    assert machine.token("txplatform/trades.write") == "token-3"
    assert machine.token(SCOPE) == "token-2"


def test_a_refused_token_is_renewed_once_whoever_asks(endpoint: Endpoint) -> None:
    machine = tokens(endpoint)
    refused = machine.token(SCOPE)
    assert machine.token(SCOPE, refused=refused) == "token-2"
    assert machine.token(SCOPE, refused=refused) == "token-2"


@pytest.mark.parametrize("status", [400, 401, 500])
def test_no_token(endpoint: Endpoint, status: int) -> None:
    endpoint.token_status = status
    with pytest.raises(TokenUnavailableError, match=str(status)):
        tokens(endpoint).token(SCOPE)


def test_a_batch_is_answered_in_order_over_one_connection(endpoint: Endpoint, payment: dict[str, Any]) -> None:
    client = api(endpoint)
    for _ in range(3):
        results = client.post_batch("payments", SCOPE, [{"op": "upsert", "record": payment}, {"op": "upsert"}])
        assert [item["index"] for item in results] == [0, 1]
        assert [item["status"] for item in results] == ["written", "written"]
    assert endpoint.authorizations == ["Bearer token-1"] * 3
    assert len(endpoint.connections) == 2  # one of the token's pool, one of the API's


def test_time_passes_while_the_sandbox_is_frozen() -> None:
    for cls in (MachineTokens, SchemaRegistry):
        assert inspect.signature(cls).parameters["clock"].default is time.time


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_renews_the_token_once(endpoint: Endpoint, payment: dict[str, Any], status: int) -> None:
    endpoint.statuses = [status]
    assert api(endpoint).post_batch("payments", SCOPE, [{"op": "upsert", "record": payment}])
    assert endpoint.authorizations == ["Bearer token-1", "Bearer token-2"]
    endpoint.statuses = [status, status]
    with pytest.raises(ApiUnavailableError, match=str(status)):
        api(endpoint).post_batch("payments", SCOPE, [])


@pytest.mark.parametrize("status", [302, 404, 413, 429, 500, 503])
def test_another_status_is_to_be_retried(endpoint: Endpoint, status: int) -> None:
    endpoint.statuses = [status]
    with pytest.raises(ApiUnavailableError, match=str(status)) as caught:
        api(endpoint).post_batch("payments", SCOPE, [])
    assert caught.value.retryable


@pytest.mark.parametrize("answer", [b"", b"\xff", b"[]", b"{}", b'{"results":[]}', b'{"results":[{"index":1}]}'])
def test_an_answer_that_is_none_is_to_be_retried(endpoint: Endpoint, answer: bytes) -> None:
    endpoint.answer = answer
    with pytest.raises(ApiUnavailableError):
        api(endpoint).post_batch("payments", SCOPE, [{"op": "upsert"}])


def test_nobody_there(endpoint: Endpoint) -> None:
    with pytest.raises(ApiUnavailableError):
        DataApi(pool(), "http://127.0.0.1:1", tokens(endpoint)).post_batch("payments", SCOPE, [])
    with pytest.raises(TokenUnavailableError):
        MachineTokens(pool(), "http://127.0.0.1:1", lambda: ("client", "secret")).token(SCOPE)
