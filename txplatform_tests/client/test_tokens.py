"""A token is fetched once, kept, renewed before it expires, and once more when the API refuses it."""

import base64
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from txplatform.client import (
    ClientCredentials,
    DataApi,
    Problem,
    Records,
    UnauthorizedError,
    UnavailableError,
    UnexpectedAnswerError,
)
from txplatform.client.timing import Clock
from txplatform.client.tokens import EARLY_SECONDS, Tokens
from txplatform_tests.client.scripted import TOKEN_PATH, Reply, Script, Server, Time


def bearer(script: Script) -> list[str]:
    return [request.headers["authorization"].removeprefix("Bearer ") for request in script.received]


def test_a_token_is_kept_until_shortly_before_it_expires(payments: Records, script: Script, time: Time) -> None:
    payments.get("p")
    time.now += 3600 - EARLY_SECONDS - 1
    payments.get("p")
    time.now += 1
    payments.get("p")
    assert bearer(script) == ["token-1", "token-1", "token-2"]


def test_a_short_token_is_kept_for_half_its_life(payments: Records, script: Script, time: Time) -> None:
    script.token_replies = [Reply(200, {"access_token": "short", "expires_in": 80})]
    for seconds in (0, 39, 1):
        time.now += seconds
        payments.get("p")
    assert bearer(script) == ["short", "short", "token-2"]


def test_an_expired_token_is_renewed_once(payments: Records, script: Script) -> None:
    script.replies = [Reply(401, {"message": "Unauthorized"}), Reply(200, {})]
    payments.get("p")
    assert bearer(script) == ["token-1", "token-2"]
    script.replies = [Reply(401, {"message": "Unauthorized"})]
    with pytest.raises(UnauthorizedError, match="Unauthorized") as caught:
        payments.get("p")
    assert caught.value.status == 401
    assert bearer(script)[2:] == ["token-2", "token-3"]


def test_what_a_token_does_not_allow_fetches_no_other(payments: Records, script: Script) -> None:
    script.replies = [Reply(403, {"message": "Forbidden"})]
    for _ in range(3):
        with pytest.raises(UnauthorizedError, match="Forbidden"):
            payments.get("p")
    assert bearer(script) == ["token-1"] * 3
    assert len(script.token_forms) == 1


def test_a_permission_that_was_granted_since_is_asked_for_once_a_minute(
    payments: Records, script: Script, time: Time
) -> None:
    payments.get("p")
    time.now += 61
    script.replies = [Reply(403, {"message": "Forbidden"}), Reply(200, {})]
    payments.get("p")
    assert bearer(script) == ["token-1", "token-1", "token-2"]
    script.replies = [Reply(403, {"message": "Forbidden"})]
    for _ in range(3):
        with pytest.raises(UnauthorizedError):
            payments.get("p")
    assert len(script.token_forms) == 2


def test_a_problem_of_the_api_says_that_no_other_token_helps(payments: Records, script: Script, time: Time) -> None:
    payments.get("p")
    time.now += 61
    problem = {"title": "Forbidden", "status": 403, "code": "insufficient_scope"}
    script.replies = [Reply(403, problem, headers={"content-type": "application/problem+json"})]
    with pytest.raises(UnauthorizedError):
        payments.get("p")
    assert len(script.token_forms) == 1


def test_a_token_ends_also_while_the_machine_sleeps(payments: Records, script: Script, time: Time) -> None:
    payments.get("p")
    time.wall += 3600 - EARLY_SECONDS
    payments.get("p")
    assert bearer(script) == ["token-1", "token-2"]


def test_many_threads_fetch_one_token(payments: Records, script: Script) -> None:
    waiting = threading.Barrier(8)

    def read(_: int) -> None:
        waiting.wait(5)
        payments.get("p")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(read, range(8)))
    assert len(script.token_forms) == 1
    assert set(bearer(script)) == {"token-1"}


def test_a_token_that_another_thread_renewed_meanwhile_is_taken(payments: Records, script: Script) -> None:
    """All eight are refused with the first token; one renews it, and the others take theirs from that."""
    payments.get("p")
    script.refused_tokens = {"token-1"}
    together = threading.Barrier(8)

    def read(_: int) -> None:
        together.wait(5)
        payments.get("p")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(read, range(8)))
    assert len(script.token_forms) == 2


def test_a_thread_waits_for_anothers_token_no_longer_than_its_time() -> None:
    tokens = Tokens(ClientCredentials("http://127.0.0.1:9", "client", "secret"), Clock())
    fetching, release = threading.Event(), threading.Event()

    def hold(*_: object) -> Any:
        fetching.set()
        release.wait(10)
        raise UnexpectedAnswerError(Problem(0, "none", "none came"))

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(tokens.token, hold, 1)
        assert fetching.wait(5)
        with pytest.raises(UnavailableError, match="in time"):
            tokens.token(hold, 0.01)
        release.set()
        with pytest.raises(UnexpectedAnswerError):
            first.result(5)


def test_the_credentials_travel_form_encoded_in_the_header(server: Server, script: Script) -> None:
    credentials = ClientCredentials(f"{server.url}{TOKEN_PATH}", "a:b", "s%é", ("txplatform/payments.read", "x"))
    with DataApi(server.url, credentials, clock=server.time.clock) as api:
        api.entity("payments").get("p")
    assert script.token_forms == ["grant_type=client_credentials&scope=txplatform%2Fpayments.read+x"]
    basic = base64.b64decode(script.token_headers[0]["authorization"].removeprefix("Basic ")).decode()
    assert basic == "a%3Ab:s%25%C3%A9"
    assert "s%" not in repr(credentials)


def test_refused_credentials(payments: Records, script: Script) -> None:
    script.token_replies = [Reply(400, {"error": "invalid_client"})]
    with pytest.raises(UnauthorizedError, match="invalid_client"):
        payments.get("p")
    assert script.received == []


@pytest.mark.parametrize("body", [b"<html>", {"token": "x"}, [], {"access_token": "x", "expires_in": "soon"}, None])
def test_an_answer_without_a_token(payments: Records, script: Script, body: object) -> None:
    script.token_replies = [Reply(200, body)]
    with pytest.raises(UnexpectedAnswerError, match="without a token"):
        payments.get("p")
