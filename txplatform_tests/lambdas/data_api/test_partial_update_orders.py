"""Patches, records and deletions in any order and number, from any number of writers, end as the rules say."""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.data_api import handler as module
from txplatform_tests.lambdas.data_api.conftest import NEWER, OLDER, SAME, TABLE, Reply
from txplatform_tests.lambdas.data_api.test_concurrency import at_once
from txplatform_tests.lambdas.data_api.test_partial_updates import LATEST, Operation, patch, send
from txplatform_tests.lambdas.data_api.unreliable import Died, Unreliable

Call = Callable[..., Reply]
VERSIONS = st.sampled_from([OLDER, SAME, NEWER, LATEST])
CHANGES = st.fixed_dictionaries(
    {"updated_at": VERSIONS},
    optional={
        "amount": st.sampled_from(["1.00", "2.00"]),
        "items_count": st.sampled_from([None, 1, 2]),
        "description": st.sampled_from([None, "a"]),
    },
)
UNKNOWN = st.just({}) | st.just({"colour": None})


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stored=CHANGES, changes=st.builds(lambda changes, unknown: changes | unknown, CHANGES, UNKNOWN))
def test_a_patch_means_what_patch_of_one_record_means(
    stored: dict[str, Any], changes: dict[str, Any], call: Call, payment: dict[str, Any], dynamodb: Any
) -> None:
    ends: list[Any] = []
    for alone in (True, False):
        dynamodb.delete_item(TableName=TABLE, Key={"pk": {"S": "pay_1"}})
        call(
            "PUT", "/v1/payments/pay_1", payment | {name: value for name, value in stored.items() if value is not None}
        )
        if alone:
            answer = call("PATCH", "/v1/payments/pay_1", changes)
            outcome = answer.body.get("code", "done")
            if outcome == "invalid_record":
                outcome = answer.body["errors"][0]["rule"]
        else:
            [result] = patch(call, changes)
            outcome = {
                "superseded": "stale_version",
                "superseded :superseded": "stale_version",
                "written": "done",
                "unchanged": "done",
            }.get(result, result)
        record = call("GET", "/v1/payments/pay_1").body
        ends.append((outcome.rpartition(":")[2], record))
    assert ends[0] == ends[1]


OPERATIONS = st.one_of(
    st.tuples(st.just("upsert"), CHANGES), st.tuples(st.just("patch"), CHANGES), st.tuples(st.just("delete"), CHANGES)
)


def model(base: dict[str, Any], operations: list[Operation]) -> dict[str, Any] | None:
    """What the operations leave of one record, by the rules as a person would say them."""
    state: dict[str, Any] | None = None
    version, deleted = "", False
    for op, given_fields in operations:
        fields = {name: value for name, value in given_fields.items() if value is not None}
        at = given_fields["updated_at"]
        if op == "upsert" and at > version:
            state, version, deleted = base | fields, at, False
        if op == "patch" and at > version and state is not None:
            kept = {name: value for name, value in state.items() if name not in given_fields}
            state, version = kept | fields, at
        if op == "delete" and (at > version or (at == version and not deleted)):
            state, version, deleted = None, at, True
    return state


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_operations_each_of_them_twice_end_as_the_model_says(
    data: st.DataObject, call: Call, payment: dict[str, Any], dynamodb: Any
) -> None:
    operations = data.draw(st.lists(OPERATIONS, min_size=1, max_size=6))
    arrivals: list[Operation] = []
    for number, operation in enumerate(operations):
        arrivals += [operation, *data.draw(st.lists(st.sampled_from(operations[: number + 1]), max_size=2))]
    dynamodb.delete_item(TableName=TABLE, Key={"pk": {"S": "pay_1"}})
    results = send(call, *((op, _record(payment, op, fields)) for op, fields in arrivals))
    answer = call("GET", "/v1/payments/pay_1")
    assert (answer.body if answer.status == 200 else None) == model(payment, arrivals)
    missing = [result["index"] for result in results if result["status"] == "not_found"]
    assert all(arrivals[index][0] == "patch" for index in missing)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_patches_in_the_source_s_order_are_all_there_whatever_order_the_rest_has(
    data: st.DataObject, call: Call, payment: dict[str, Any], dynamodb: Any
) -> None:
    """Upserts and deletions shuffled and doubled, then the patches of later versions, each of them twice."""
    of_whole = OPERATIONS.filter(lambda each: each[0] != "patch")
    whole = data.draw(st.lists(of_whole, min_size=1, unique_by=lambda each: (each[0], each[1]["updated_at"])))
    later = [f"2025-02-0{number + 1}T00:00:00.000000Z" for number in range(3)]
    patches = [("patch", {**data.draw(CHANGES), "updated_at": version}) for version in later]
    ends: list[Any] = []
    for arrivals in (whole, data.draw(st.permutations(whole * 2))):
        dynamodb.delete_item(TableName=TABLE, Key={"pk": {"S": "pay_1"}})
        doubled = [each for one in patches for each in (one, one)]
        send(call, *((op, _record(payment, op, fields)) for op, fields in [*arrivals, *doubled]))
        ends.append(call("GET", "/v1/payments/pay_1").body)
    assert ends[0] == ends[1]


def _record(payment: dict[str, Any], op: str, fields: dict[str, Any]) -> dict[str, Any]:
    if op == "upsert":
        return payment | {name: value for name, value in fields.items() if value is not None}
    return {"payment_id": "pay_1", **fields}


def test_16_writers_of_one_record_that_die_lose_no_change_that_was_written(
    call: Call, payment: dict[str, Any], dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each patch changes the version and, every fourth, a field of its own; each is sent until it is answered."""
    unreliable = Unreliable(dynamodb)
    monkeypatch.setattr(module, "client", lambda _: unreliable)
    call("PUT", "/v1/payments/pay_1", payment)
    chance = random.Random(5)
    unreliable.dies = lambda *_: chance.random() < 1 / 8
    fields = ("description", "payer_name", "order_reference", "card_last4")
    patches = [
        {"updated_at": f"2024-01-{number + 1:02}T00:00:00Z", fields[number % 4]: f"{number:04}"} for number in range(16)
    ]

    def write(number: int) -> str:
        for _ in range(200):
            try:
                return patch(call, patches[number])[0]
            except Died:
                continue
        raise AssertionError("never answered")

    statuses = at_once(16, write)
    unreliable.dies = lambda *_: False
    missing = "superseded :superseded"
    assert set(statuses) <= {"written", "unchanged", missing}
    assert statuses[15] != missing
    stored = call("GET", "/v1/payments/pay_1").body
    assert stored["updated_at"] == "2024-01-16T00:00:00.000000Z"
    assert set(payment) <= set(stored)
    for place, name in enumerate(fields):
        taken = [number for number in range(place, 16, 4) if statuses[number] != missing]
        assert name not in stored or int(stored[name]) >= max(taken, default=0)
        assert not taken or name in stored
    assert Counter(unreliable.written)["pay_1"] >= sum(status == "written" for status in statuses) + 1
