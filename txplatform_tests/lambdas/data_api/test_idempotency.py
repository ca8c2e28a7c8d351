"""Idempotency keys: the same answer, one execution, and each effect once, whenever the function dies."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.data_api import handler as module
from lambdas.data_api import idempotency
from lambdas.data_api.idempotency import CLAIM_SECONDS, LIFE_SECONDS, MAX_ANSWER_BYTES
from lambdas.data_api.problem import Answer
from lambdas.shared.errors import StoreUnavailableError
from txplatform.contracts import names
from txplatform_tests.lambdas.conftest import CONTEXT
from txplatform_tests.lambdas.data_api.conftest import NEWER, OLDER, Reply, item
from txplatform_tests.lambdas.data_api.unreliable import Died, Unreliable

LATEST = "2025-01-01T00:00:00.000000Z"
Call = Callable[..., Reply]


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the receipts."""
    made = Clock()
    receipts = idempotency.Receipts
    monkeypatch.setattr(module, "Receipts", lambda dynamodb, table, _: receipts(dynamodb, table, made))
    return made


@pytest.fixture
def unreliable(dynamodb: Any, monkeypatch: pytest.MonkeyPatch) -> Unreliable:
    made = Unreliable(dynamodb)
    monkeypatch.setattr(module, "client", lambda _: made)
    return made


def rows(dynamodb: Any) -> list[dict[str, Any]]:
    return dynamodb.scan(TableName=names.IDEMPOTENCY_TABLE)["Items"]


# What each request finds, asks, and leaves.
REQUESTS: dict[str, tuple[str, str, Any, dict[str, str] | None, int]] = {
    "create": ("POST", "/v1/payments", {"payment_id": "pay_new"}, None, 201),
    "replace": ("PUT", "/v1/payments/pay_1", {"updated_at": NEWER, "amount": "1.00"}, None, 200),
    "patch": ("PATCH", "/v1/payments/pay_1", {"updated_at": NEWER, "amount": "1.00"}, None, 200),
    "delete": ("DELETE", "/v1/payments/pay_1", None, None, 204),
    "delete a version": ("DELETE", "/v1/payments/pay_1", None, {"version": NEWER}, 204),
    "conflict": ("PUT", "/v1/payments/pay_1", {"amount": "1.00"}, None, 409),
    "invalid": ("POST", "/v1/payments", {"amount": "x"}, None, 422),
    "missing": ("DELETE", "/v1/payments/none", None, None, 404),
}


def ask(call: Call, payment: dict[str, Any], name: str, key: str = "key-1", **headers: str) -> Reply:
    method, path, changes, query, _ = REQUESTS[name]
    body = changes if method == "PATCH" or changes is None else {**payment, **changes}
    return call(method, path, body, query=query, idempotency_key=key, **headers)


@pytest.mark.parametrize("name", REQUESTS)
def test_the_same_request_gets_the_same_answer_and_does_nothing_more(
    call: Call, payment: dict[str, Any], dynamodb: Any, name: str
) -> None:
    call("PUT", "/v1/payments/pay_1", payment)
    first = ask(call, payment, name)
    assert first.status == REQUESTS[name][-1]
    before = [item(dynamodb), item(dynamodb, "pay_new")]
    call("PUT", "/v1/payments/pay_1", {**payment, "updated_at": LATEST})
    between = item(dynamodb)
    again = ask(call, payment, name, x_correlation_id="another")
    assert (again.status, again.body) == (first.status, first.body)
    assert again.headers.pop("idempotency-replayed") == "true"
    assert again.headers.pop("x-correlation-id") == "another"
    assert again.headers == {name: value for name, value in first.headers.items() if name != "x-correlation-id"}
    assert [item(dynamodb), item(dynamodb, "pay_new")] == [between, before[1]]


def test_a_batch_is_answered_like_the_first_time(call: Call, payment: dict[str, Any], unreliable: Unreliable) -> None:
    batch = {"operations": [{"op": "upsert", "record": payment}, {"op": "upsert", "record": {}}]}
    first = call("POST", "/v1/payments/batch", batch, idempotency_key="key-1")
    again = call("POST", "/v1/payments/batch", batch, idempotency_key="key-1")
    assert (first.status, first.body["written"], first.body["rejected"]) == (200, 1, 1)
    assert (again.status, again.body) == (200, first.body)
    assert unreliable.written == {"pay_1": 1}
    assert call("POST", "/v1/payments/batch", batch, idempotency_key="key-2").body["unchanged"] == 1


@pytest.mark.parametrize(
    "other",
    [
        {"body": {"updated_at": LATEST}},
        {"method": "PATCH"},
        {"path": "/v1/payments/pay_2"},
        {"path": "/v1/customers/pay_1"},
        {"headers": {"if_match": "*"}},
    ],
    ids=str,
)
def test_a_key_is_of_one_request(call: Call, payment: dict[str, Any], dynamodb: Any, other: dict[str, Any]) -> None:
    assert call("PUT", "/v1/payments/pay_1", payment, idempotency_key="key-1").status == 201
    before = item(dynamodb)
    answer = call(
        other.get("method", "PUT"),
        other.get("path", "/v1/payments/pay_1"),
        {**payment, **other.get("body", {})},
        idempotency_key="key-1",
        **other.get("headers", {}),
    )
    assert (answer.status, answer.body["code"]) == (422, "idempotency_key_reused")
    assert item(dynamodb) == before


@pytest.mark.parametrize(
    "other",
    [{"client_id": "another"}, {"issuer": "https://another.example"}, {"client_id": "\u00e9" * 512}],
    ids=["client", "issuer", "long name"],
)
def test_a_key_is_of_one_client_of_one_issuer(
    call: Call, payment: dict[str, Any], event: Any, other: dict[str, str]
) -> None:
    call("PUT", "/v1/payments/pay_1", payment, idempotency_key="key-1")
    made = event("http_api") | {
        "routeKey": "PUT /v1/payments/{key}",
        "body": json.dumps({**payment, "updated_at": NEWER}),
    }
    made["headers"]["idempotency-key"] = "key-1"
    made["requestContext"]["authorizer"]["lambda"] |= other
    assert module.handler(made, CONTEXT)["statusCode"] == 200


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 256, "a\tb"])
def test_a_key_has_a_form(call: Call, payment: dict[str, Any], dynamodb: Any, key: str) -> None:
    answer = call("PUT", "/v1/payments/pay_1", payment, idempotency_key=key)
    assert (answer.status, answer.body["code"]) == (400, "malformed_request")
    assert item(dynamodb) == {}


def test_reading_needs_no_key_and_keeps_none(call: Call, payment: dict[str, Any], dynamodb: Any) -> None:
    call("PUT", "/v1/payments/pay_1", payment)
    assert call("GET", "/v1/payments/pay_1", idempotency_key="a key").body == payment
    assert call("GET", "/v1/payments", idempotency_key="key-1").status == 200
    assert rows(dynamodb) == []


def test_a_key_is_remembered_for_a_day(call: Call, payment: dict[str, Any], dynamodb: Any, clock: Clock) -> None:
    call("DELETE", "/v1/payments/pay_1", query={"version": OLDER}, idempotency_key="key-1")
    [row] = rows(dynamodb)
    assert row["id"]["S"].endswith("#key-1")
    assert int(row["expires_at"]["N"]) == clock.now + LIFE_SECONDS
    clock.now += LIFE_SECONDS
    assert call("PUT", "/v1/payments/pay_1", payment, idempotency_key="key-1").status == 422
    clock.now += 1
    assert call("PUT", "/v1/payments/pay_1", payment, idempotency_key="key-1").status == 201, "the row may be there yet"


def test_an_answer_that_a_retry_may_better_is_not_kept(
    call: Call, payment: dict[str, Any], dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(module.EntityTables, "_transact", _unavailable)
        patch.setattr(module.EntityTables, "upsert", _unavailable)
        assert call("PUT", "/v1/payments/pay_1", payment, idempotency_key="key-1").status == 503
        batch = {"operations": [{"op": "upsert", "record": {**payment, "payment_id": "pay_2"}}]}
        assert call("POST", "/v1/payments/batch", batch, idempotency_key="key-2").status == 503
    assert call("PUT", "/v1/payments/pay_1", payment, idempotency_key="key-1").status == 201
    assert call("POST", "/v1/payments/batch", batch, idempotency_key="key-2").body["written"] == 1, (
        "the claim has ended"
    )


def _unavailable(*_: Any) -> Any:
    raise StoreUnavailableError("no answer")


def test_a_large_answer_is_kept_without_its_body() -> None:
    noise = "".join(chr(0x4E00 + (index * index * 31 + index * 7919) % 20_000) for index in range(400_000))
    answer = Answer(idempotency.HTTPStatus.OK, {"payer_name": noise}, {"etag": '"x"'}, shows_record=True)
    packed = idempotency._packed(answer, sees_personal=True)
    assert len(packed) < MAX_ANSWER_BYTES
    kept = idempotency._unpacked(packed, sees_personal=True)
    assert (kept.status, kept.body, kept.headers["etag"]) == (200, None, '"x"')
    assert "etag" not in idempotency._unpacked(packed, sees_personal=False).headers, "the tag of what it does not see"


def test_while_a_batch_is_under_way_its_repetition_waits(
    call: Call, payment: dict[str, Any], unreliable: Unreliable, clock: Clock
) -> None:
    batch = {"operations": [{"op": "upsert", "record": payment}]}
    seen: list[Reply] = []

    def during(moment: str, operation: str) -> bool:
        if (moment, operation) == ("after", "put_item") and not seen:
            seen.append(Reply({"statusCode": 0, "headers": {}}))
            seen.append(call("POST", "/v1/payments/batch", batch, idempotency_key="key-1"))
        return False

    unreliable.dies = during
    assert call("POST", "/v1/payments/batch", batch, idempotency_key="key-1").body["written"] == 1
    assert (seen[1].status, seen[1].body["code"]) == (409, "idempotency_key_in_use")
    assert 0 < int(seen[1].headers["retry-after"]) <= CLAIM_SECONDS + 1
    assert unreliable.written == {"pay_1": 1}


DEATHS = [(moment, number) for number in range(8) for moment in ("before", "after")]


def dies_at(moment: str, number: int) -> tuple[Callable[[str, str], bool], list[bool]]:
    """Dies once, at the call of that number."""
    calls = {"before": 0, "after": 0}
    died: list[bool] = []

    def dies(now: str, _: str) -> bool:
        calls[now] += 1
        if now == moment and calls[now] == number + 1 and not died:
            died.append(True)
            return True
        return False

    return dies, died


@pytest.mark.parametrize(("moment", "number"), DEATHS)
@pytest.mark.parametrize("name", ["create", "replace", "patch", "delete", "delete a version"])
def test_whenever_the_function_dies_a_retry_gets_the_effect_once(
    call: Call, payment: dict[str, Any], unreliable: Unreliable, name: str, moment: str, number: int
) -> None:
    """And what others did meanwhile is not undone by it."""
    call("PUT", "/v1/payments/pay_1", payment)
    unreliable.written.clear()
    unreliable.dies, died = dies_at(moment, number)
    try:
        first = ask(call, payment, name)
    except Died:
        first = None
    unreliable.dies = lambda *_: False
    target = "pay_new" if name == "create" else "pay_1"
    was_written = unreliable.written[target]
    others = {**payment, "payment_id": target, "updated_at": LATEST, "amount": "77.00"}
    if was_written:
        assert call("PUT", f"/v1/payments/{target}", others).status in (200, 201)
    again = ask(call, payment, name)
    assert again.status == REQUESTS[name][-1]
    if first is not None:
        assert (first.status, first.body) == (again.status, again.body)
    assert unreliable.written[target] == (2 if was_written else 1), "by the request once, and by the other writer"
    assert bool(died) is (first is None)
    if was_written:
        assert call("GET", f"/v1/payments/{target}").body == others


@pytest.mark.parametrize(("moment", "number"), DEATHS)
def test_whenever_the_function_dies_a_batch_has_each_effect_once(
    call: Call, payment: dict[str, Any], unreliable: Unreliable, clock: Clock, moment: str, number: int
) -> None:
    batch = {
        "operations": [{"op": "upsert", "record": {**payment, "payment_id": f"pay_{index}"}} for index in range(3)]
    }
    call("GET", "/v1/payments/none")  # reads the schema
    unreliable.dies, died = dies_at(moment, number)
    try:
        call("POST", "/v1/payments/batch", batch, idempotency_key="key-1")
    except Died:
        clock.now += CLAIM_SECONDS + 1
    unreliable.dies = lambda *_: False
    again = call("POST", "/v1/payments/batch", batch, idempotency_key="key-1")
    assert (again.status, again.body["written"] + again.body["unchanged"]) == (200, 3)
    assert unreliable.written == {"pay_0": 1, "pay_1": 1, "pay_2": 1}
    assert died or number > 5


def test_a_precondition_and_a_key_go_together(call: Call, payment: dict[str, Any], dynamodb: Any) -> None:
    """Without the key a repetition would fail, since the first time changed the tag."""
    tag = call("PUT", "/v1/payments/pay_1", payment).headers["etag"]
    newer = {**payment, "updated_at": NEWER}
    for _ in range(2):
        assert call("PUT", "/v1/payments/pay_1", newer, if_match=tag, idempotency_key="key-1").status == 200
    assert call("PUT", "/v1/payments/pay_1", newer, if_match=tag).status == 412
    assert item(dynamodb)["_version"] == {"S": NEWER}


@pytest.mark.parametrize("shows", [True, False])
def test_an_answer_that_was_kept_before_records_were_masked_is_masked_too(shows: bool) -> None:
    body = {"payment_id": "p"} if shows else {"code": "stale_version"}
    packed = gzip.compress(json.dumps([200, {"etag": '"x"'}, body]).encode())
    kept = idempotency._unpacked(packed, sees_personal=True)
    assert (kept.status, kept.body, kept.shows_record) == (200, body, shows)
    assert "etag" not in kept.headers, "nobody knows what it is a tag of"
