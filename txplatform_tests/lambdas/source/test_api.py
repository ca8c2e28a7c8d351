"""The API client: tokens kept and renewed, connections kept alive, every failure retryable."""

import inspect
import socket
import time
from typing import Any

import pytest

from lambdas.shared.errors import ApiUnavailableError, TokenUnavailableError
from lambdas.shared.registry import SchemaRegistry
from lambdas.source.api import CONNECT_SECONDS, EARLY_SECONDS, DataApi, Deadline, MachineTokens, pool
from txplatform_tests.lambdas.source.conftest import Endpoint

SCOPE = "txplatform/payments.write"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


AMPLE = Deadline(60, Clock())  # of a clock that stands still


def tokens(endpoint: Endpoint, clock: Clock | None = None) -> MachineTokens:
    return MachineTokens(pool(), f"{endpoint.url}/oauth2/token", lambda: ("client", "secret"), clock or Clock())


def api(endpoint: Endpoint) -> DataApi:
    return DataApi(pool(), f"{endpoint.url}/", tokens(endpoint))


def test_a_token_is_kept_until_a_minute_before_it_expires(endpoint: Endpoint) -> None:
    clock = Clock()
    machine = tokens(endpoint, clock)
    assert machine.token(SCOPE, AMPLE) == machine.token(SCOPE, AMPLE) == "token-1"
    assert endpoint.forms == ["grant_type=client_credentials&scope=txplatform%2Fpayments.write"]
    clock.now = 3600 - EARLY_SECONDS
    assert machine.token(SCOPE, AMPLE) == "token-2"
    assert machine.token("txplatform/trades.write", AMPLE) == "token-3"
    assert machine.token(SCOPE, AMPLE) == "token-2"


def test_a_refused_token_is_renewed_once_whoever_asks(endpoint: Endpoint) -> None:
    machine = tokens(endpoint)
    refused = machine.token(SCOPE, AMPLE)
    assert machine.token(SCOPE, AMPLE, refused=refused) == "token-2"
    assert machine.token(SCOPE, AMPLE, refused=refused) == "token-2"


@pytest.mark.parametrize("status", [400, 401, 500])
def test_no_token(endpoint: Endpoint, status: int) -> None:
    endpoint.token_status = status
    with pytest.raises(TokenUnavailableError, match=str(status)):
        tokens(endpoint).token(SCOPE, AMPLE)


def test_a_batch_is_answered_in_order_over_one_connection(endpoint: Endpoint, payment: dict[str, Any]) -> None:
    client = api(endpoint)
    for _ in range(3):
        results = client.post_batch(
            "payments", SCOPE, [{"op": "upsert", "record": payment}, {"op": "upsert"}], "call-1", AMPLE
        )
        assert [item["index"] for item in results] == [0, 1]
        assert [item["status"] for item in results] == ["written", "written"]
    assert endpoint.authorizations == ["Bearer token-1"] * 3
    assert endpoint.call_ids == ["call-1"] * 3
    assert len(endpoint.connections) == 2  # one of the token's pool, one of the API's


def test_time_passes_while_the_sandbox_is_frozen() -> None:
    for cls in (MachineTokens, SchemaRegistry):
        assert inspect.signature(cls).parameters["clock"].default is time.time


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_renews_the_token_once(endpoint: Endpoint, payment: dict[str, Any], status: int) -> None:
    endpoint.statuses = [status]
    assert api(endpoint).post_batch("payments", SCOPE, [{"op": "upsert", "record": payment}], "call-1", AMPLE)
    assert endpoint.authorizations == ["Bearer token-1", "Bearer token-2"]
    endpoint.statuses = [status, status]
    with pytest.raises(ApiUnavailableError, match=str(status)):
        api(endpoint).post_batch("payments", SCOPE, [], "call-1", AMPLE)


@pytest.mark.parametrize("status", [302, 404, 413, 429, 500, 503])
def test_another_status_is_to_be_retried(endpoint: Endpoint, status: int) -> None:
    endpoint.statuses = [status]
    with pytest.raises(ApiUnavailableError, match=str(status)) as caught:
        api(endpoint).post_batch("payments", SCOPE, [], "call-1", AMPLE)
    assert caught.value.retryable


@pytest.mark.parametrize("answer", [b"", b"\xff", b"[]", b"{}", b'{"results":[]}', b'{"results":[{"index":1}]}'])
def test_an_answer_that_cannot_be_read_is_retried(endpoint: Endpoint, answer: bytes) -> None:
    endpoint.answer = answer
    with pytest.raises(ApiUnavailableError):
        api(endpoint).post_batch("payments", SCOPE, [{"op": "upsert"}], "call-1", AMPLE)


def test_nobody_there(endpoint: Endpoint) -> None:
    with pytest.raises(ApiUnavailableError):
        DataApi(pool(), "http://127.0.0.1:1", tokens(endpoint)).post_batch("payments", SCOPE, [], "call-1", AMPLE)
    with pytest.raises(TokenUnavailableError):
        MachineTokens(pool(), "http://127.0.0.1:1", lambda: ("client", "secret")).token(SCOPE, AMPLE)


def test_no_call_begins_or_lasts_beyond_the_deadline(endpoint: Endpoint) -> None:
    clock = Clock()
    deadline = Deadline(20, clock)
    assert (deadline.timeout().connect_timeout, deadline.timeout().total) == (CONNECT_SECONDS, 20)
    clock.now = 18
    assert (deadline.timeout().connect_timeout, deadline.timeout().total) == (2, 2)
    clock.now = 20
    machine = tokens(endpoint)
    machine.token(SCOPE, AMPLE)
    with pytest.raises(ApiUnavailableError, match="time"):
        DataApi(pool(), endpoint.url, machine).post_batch("payments", SCOPE, [], "call-1", deadline)
    with pytest.raises(ApiUnavailableError, match="time"):
        machine.token("txplatform/trades.write", deadline)
    assert (endpoint.tokens, endpoint.batches) == (1, [])


def test_an_api_that_hangs_is_to_be_retried(endpoint: Endpoint) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # connections are made by the kernel, and nobody answers
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ApiUnavailableError):
            DataApi(pool(), url, tokens(endpoint)).post_batch("payments", SCOPE, [], "call-1", Deadline(0.5))
