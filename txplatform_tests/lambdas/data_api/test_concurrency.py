"""Many writers at once: one success a version by If-Match, one effect a key, whatever is retried."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lambdas.data_api import handler as module
from txplatform_tests.lambdas.data_api.conftest import Reply, item
from txplatform_tests.lambdas.data_api.unreliable import Died, Unreliable

Call = Callable[..., Reply]
AFTER_THE_WRITE = "after transact_write_items"


@pytest.fixture
def unreliable(dynamodb: Any, monkeypatch: pytest.MonkeyPatch) -> Unreliable:
    made = Unreliable(dynamodb)
    monkeypatch.setattr(module, "client", lambda _: made)
    return made


def at_once(writers: int, write: Callable[[int], Any]) -> list[Any]:
    """What each of so many threads returns; all of them begin together."""
    ready = threading.Barrier(writers)

    def begin(number: int) -> Any:
        ready.wait(30)
        return write(number)

    with ThreadPoolExecutor(writers) as threads:
        return list(threads.map(begin, range(writers)))


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_of_100_writers_that_saw_the_same_state_one_succeeds_a_version(
    call: Call, payment: dict[str, Any], unreliable: Unreliable, dynamodb: Any, method: str
) -> None:
    tag = call("PUT", "/v1/payments/pay_1", payment).headers["etag"]
    for generation in range(1, 4):
        unreliable.written.clear()
        version = f"2024-01-0{generation}T00:00:00.000000Z"

        def write(number: int, tag: str = tag, version: str = version) -> Reply:
            changes = {"amount": f"{number}.00", "updated_at": version}
            body = changes if method == "PATCH" else {**payment, **changes}
            return call(method, "/v1/payments/pay_1", body, if_match=tag)

        answers = at_once(100, write)
        assert Counter(answer.status for answer in answers) == {200: 1, 412: 99}
        assert unreliable.written == {"pay_1": 1}
        [winner] = [answer for answer in answers if answer.status == 200]
        assert call("GET", "/v1/payments/pay_1").body == winner.body
        assert {answer.headers["etag"] for answer in answers} == {winner.headers["etag"]}
        tag = winner.headers["etag"]


def test_of_100_writers_that_saw_nothing_one_creates(
    call: Call, payment: dict[str, Any], unreliable: Unreliable
) -> None:
    answers = at_once(
        100, lambda n: call("PUT", "/v1/payments/pay_1", {**payment, "amount": f"{n}.00"}, if_none_match="*")
    )
    assert Counter(answer.status for answer in answers) == {201: 1, 412: 99}
    assert unreliable.written == {"pay_1": 1}


def test_patches_of_different_fields_are_all_there_in_the_end(
    call: Call, payment: dict[str, Any], unreliable: Unreliable, dynamodb: Any
) -> None:
    """Each builds on what is stored when it is written, so none undoes another; a stale version is refused."""
    call("PUT", "/v1/payments/pay_1", payment)
    fields = ["payer_name", "description", "card_last4", "merchant_id"]
    values = ["Zoë", "Coffee", "4242", "mer_2"]
    done = at_once(
        4,
        lambda n: _until_written(
            lambda attempt: call(
                "PATCH",
                "/v1/payments/pay_1",
                {fields[n]: values[n], "updated_at": f"2024-01-{attempt + 1:02}T00:00:00.00000{n}Z"},
            )
        ),
    )
    assert {answer.status for answer in done} == {200}
    assert {name: item(dynamodb)[name]["S"] for name in fields} == dict(zip(fields, values, strict=True))


def _until_written(write: Callable[[int], Reply]) -> Reply:
    for attempt in range(28):
        answer = write(attempt)
        if answer.status != 409:
            return answer
    raise AssertionError("a patch was stale each time")


@pytest.mark.parametrize("seed", range(3))
def test_16_writers_with_keys_and_forced_retries_have_each_effect_once(
    call: Call, payment: dict[str, Any], unreliable: Unreliable, seed: int
) -> None:
    """Two writers send each request; the function dies after the first writes, and around a third of all calls."""
    chance = random.Random(seed)
    kinds = ["create", "delete", "replace", "patch"]
    for number in range(8):
        if kinds[number % 4] != "create":
            call("PUT", f"/v1/payments/pay_{number}", {**payment, "payment_id": f"pay_{number}"})
    unreliable.written.clear()
    deaths: list[str] = []
    dying = threading.Lock()

    def dies(moment: str, operation: str) -> bool:
        death = f"{moment} {operation}"
        with dying:
            forced = death == AFTER_THE_WRITE and deaths.count(death) < 4
            if forced or chance.random() < 1 / 6:
                deaths.append(death)
                return True
        return False

    unreliable.dies = dies
    answers = at_once(16, lambda n: _until_answered(lambda: _send(call, payment, n % 8, kinds[n % 8 % 4])))
    unreliable.dies = lambda *_: False

    assert deaths.count(AFTER_THE_WRITE) >= 4
    assert unreliable.written == {f"pay_{number}": 1 for number in range(8)}
    expected = {"create": 201, "delete": 204, "replace": 200, "patch": 200}
    for number in range(8):
        one, other = answers[number], answers[number + 8]
        assert one.status == other.status == expected[kinds[number % 4]]
        assert one.body == other.body
        assert one.headers.get("etag") == other.headers.get("etag")


def _send(call: Call, payment: dict[str, Any], number: int, kind: str) -> Reply:
    path, headers = f"/v1/payments/pay_{number}", {"idempotency_key": f"key-{number}"}
    changes = {"amount": "1.00", "updated_at": "2024-01-01T00:00:00.000000Z"}
    record = {**payment, "payment_id": f"pay_{number}"}
    match kind:
        case "create":
            return call("POST", "/v1/payments", record, **headers)
        case "delete":
            return call("DELETE", path, **headers)
        case "replace":
            return call("PUT", path, record | changes, **headers)
        case _:
            return call("PATCH", path, changes, **headers)


def _until_answered(send: Callable[[], Reply]) -> Reply:
    for _ in range(200):
        try:
            answer = send()
        except Died:
            continue
        if answer.status not in (409, 503):
            return answer
    raise AssertionError("the request was never answered")
