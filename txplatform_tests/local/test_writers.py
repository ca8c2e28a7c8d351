"""Many clients of the deployed API at once, over HTTP and the local AWS's own transactions."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from txplatform.local.stack import LocalStack
from txplatform_tests.local.test_api import LATER, Answer, call, payment, token_for

WRITERS = 16


@pytest.fixture
def payments(stack: LocalStack) -> str:
    return f"{stack.environment['TXP_API_URL']}/v1/payments"


@pytest.fixture
def token(stack: LocalStack) -> str:
    return token_for(stack).json["access_token"]


def at_once(write: Callable[[int], Answer]) -> list[Answer]:
    ready = threading.Barrier(WRITERS)

    def begin(number: int) -> Answer:
        ready.wait(30)
        return write(number)

    with ThreadPoolExecutor(WRITERS) as threads:
        return list(threads.map(begin, range(WRITERS)))


def test_one_of_many_writers_with_the_same_tag_succeeds(payments: str, token: str) -> None:
    record = payment()
    url = f"{payments}/{record['payment_id']}"
    tag = call("PUT", url, record, token).headers["etag"]
    answers = at_once(
        lambda n: call("PUT", url, record | {"amount": f"{n}.00", "updated_at": LATER}, token, {"If-Match": tag})
    )
    assert Counter(answer.status for answer in answers) == {200: 1, 412: WRITERS - 1}
    [winner] = [answer for answer in answers if answer.status == 200]
    assert call("GET", url, token=token).json == winner.json


def test_many_writers_with_the_same_key_get_one_answer(payments: str, token: str) -> None:
    """A second creation would be answered with 200, since the same record is stored."""
    record = payment()
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    answers = at_once(lambda _: call("POST", payments, record, token, headers))
    assert Counter(answer.status for answer in answers) == {201: WRITERS}
    assert {answer.body for answer in answers} == {answers[0].body}
    assert call("POST", payments, record | {"amount": "9.99"}, token, headers).status == 422
