"""When a call is sent again, how long it waits, and when it ends; no test waits itself."""

import socket
from email.utils import formatdate

import pytest

from txplatform.client import (
    ClientCredentials,
    DataApi,
    NotFoundError,
    Records,
    Retries,
    ThrottledError,
    UnavailableError,
    UnexpectedAnswerError,
)
from txplatform.client.timing import seconds_asked
from txplatform_tests.client.scripted import Reply, Script, Server, Time

GOOD = Reply(200, {"payment_id": "p"})


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 0])
def test_a_passing_fault_is_tried_again(payments: Records, script: Script, time: Time, status: int) -> None:
    script.replies = [Reply(status), Reply(status), GOOD]
    assert payments.get("p").record == {"payment_id": "p"}
    assert len(script.received) == 3
    assert time.ranges == [(0.0, 0.2), (0.0, 0.4)]


@pytest.mark.parametrize("status", [400, 404, 409, 412, 422, 500, 501])
def test_another_answer_is_not(payments: Records, script: Script, time: Time, status: int) -> None:
    """A 500 that the API answers itself, with its problem document, is what it answers whenever it is asked."""
    script.replies = [Reply(status, {"code": "configuration"} if status == 500 else None), GOOD]
    with pytest.raises(Exception, match=str(status)):
        payments.get("p")
    assert (len(script.received), time.slept) == (1, [])


def test_a_conflict_that_says_when_it_passes_is_tried_again(payments: Records, script: Script, time: Time) -> None:
    """The API answers so when a request comes again, by its idempotency key, while the first is still under way."""
    under_way = Reply(409, {"code": "idempotency_key_in_use"}, {"Retry-After": "3"})
    script.replies = [under_way, Reply(201, {"payment_id": "p"})]
    assert payments.create({"payment_id": "p"}).created
    assert time.slept == [pytest.approx(3.2)]


@pytest.mark.parametrize("call", ["create", "replace", "patch", "delete", "batch"])
def test_writes_are_tried_again_as_they_were(payments: Records, script: Script, call: str) -> None:
    script.replies = [Reply(503), Reply(0), Reply(200, {"payment_id": "p", "results": []})]
    if call == "create":
        payments.create({"payment_id": "p"})
    elif call == "replace":
        payments.replace({"payment_id": "p"}, "p", if_match='"1"')
    elif call == "patch":
        payments.patch("p", {"status": "paid"})
    elif call == "delete":
        payments.delete("p")
    else:
        with pytest.raises(UnexpectedAnswerError):  # the scripted answer has no result
            list(payments.upsert_all([{"payment_id": "p"}]))
    first, second, third = script.received
    assert first == second == third
    assert ("idempotency-key" in first.headers) == (call != "batch")


def test_waits_grow_to_a_ceiling_and_are_of_any_length_below(server: Server, script: Script, time: Time) -> None:
    script.replies = [Reply(503)]
    with server.api(attempts=7, longest_wait=3.0) as api, pytest.raises(UnavailableError):
        api.entity("payments").get("p")
    assert len(script.received) == 7
    assert time.ranges == [(0.0, wait) for wait in (0.2, 0.4, 0.8, 1.6, 3.0, 3.0, 3.0)]
    assert time.slept == [0.2, 0.4, 0.8, 1.6, 3.0, 3.0]


def test_retry_after_in_seconds_is_waited_for(payments: Records, script: Script, time: Time) -> None:
    script.replies = [Reply(429, headers={"Retry-After": "7"}), GOOD]
    payments.get("p")
    assert time.slept == [pytest.approx(7.2)]


def test_retry_after_as_a_date_is_waited_for(payments: Records, script: Script, time: Time) -> None:
    script.replies = [Reply(503, headers={"Retry-After": formatdate(time.wall + 9, usegmt=True)}), GOOD]
    payments.get("p")
    assert time.slept == [pytest.approx(9.2)]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0),
        ("", 0),
        ("soon", 0),
        ("-5", 0),
        ("1.5", 0),
        ("Thu, 01 Jan 1970 00:00:10 GMT", 10),
        ("12", 12),
        ("٣", 0),
    ],
)
def test_what_cannot_be_read_asks_for_nothing(header: str | None, seconds: float) -> None:
    assert seconds_asked(header, 0.0) == seconds


def test_a_wait_that_outlasts_the_call_is_not_begun(server: Server, script: Script, time: Time) -> None:
    script.replies = [Reply(429, headers={"Retry-After": "11"}), GOOD]
    with server.api(total_seconds=10) as api, pytest.raises(ThrottledError) as caught:
        api.entity("payments").get("p")
    assert (caught.value.status, caught.value.retryable, time.slept) == (429, True, [])


def test_a_call_ends_in_time_with_what_was_said_last(server: Server, script: Script, time: Time) -> None:
    script.replies = [Reply(503, {"code": "store_unavailable", "detail": "the server could not answer"})]
    with server.api(attempts=100, total_seconds=20, longest_wait=4) as api, pytest.raises(UnavailableError) as caught:
        api.entity("payments").get("p")
    assert sum(time.slept) <= 20
    assert caught.value.problem.code == "store_unavailable"


def test_nobody_at_the_address(server: Server, time: Time) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        unused = f"http://127.0.0.1:{free.getsockname()[1]}"
    credentials = ClientCredentials(f"{unused}/oauth2/token", "client", "secret")
    with (
        DataApi(unused, credentials, retries=Retries(attempts=3), clock=time.clock) as api,
        pytest.raises(UnavailableError, match="NewConnectionError") as caught,
    ):
        api.entity("payments").get("p")
    assert caught.value.status == 0
    assert len(time.slept) == 2


def test_a_silent_server_is_left_after_an_attempts_time(server: Server, script: Script, time: Time) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        credentials = ClientCredentials(f"{server.url}/oauth2/token", "client", "secret")
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        retries = Retries(attempts=2, attempt_seconds=0.05)
        with (
            DataApi(url, credentials, retries=retries, clock=time.clock) as api,
            pytest.raises(UnavailableError, match="ReadTimeoutError"),
        ):
            api.entity("payments").get("p")


def test_the_token_endpoint_is_tried_again_too(payments: Records, script: Script) -> None:
    script.token_replies = [Reply(503), Reply(0)]
    script.replies = [Reply(404)]
    with pytest.raises(NotFoundError):
        payments.get("p")
    assert len(script.token_forms) == 3
