"""Several states of a record in one version: whatever the order of arrival, the source's last state stays."""

import json
import os
import random
from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.data_api import handler as module
from lambdas.data_api.adapters import EntityTables
from lambdas.data_api.stored import Upsert
from lambdas.shared.provenance import Provenance
from txplatform.contracts import names
from txplatform.contracts.names import REGISTRY_TABLE
from txplatform.contracts.render.registry import registry_document
from txplatform_tests.lambdas.conftest import CONTRACTS, SCHEMAS
from txplatform_tests.lambdas.data_api.conftest import NEWER, SAME, Reply, item
from txplatform_tests.lambdas.data_api.test_concurrency import at_once
from txplatform_tests.lambdas.data_api.unreliable import Unreliable

Call = Callable[..., Reply]
STATES = ["authorised", "failed", "captured", "settled", "refunded"]
OBJECTS = int(os.environ.get("TXP_TEST_BURSTS", "150"))


def upsert(call: Call, *records: dict[str, Any]) -> list[str]:
    """The status of each record of a batch."""
    operations = [{"op": "upsert", "record": record} for record in records]
    return [
        result["status"] for result in call("POST", "/v1/payments/batch", {"operations": operations}).body["results"]
    ]


def states_of(payment: dict[str, Any], states: list[str]) -> list[dict[str, Any]]:
    """The record in each of these states, all of one version, each with an amount of its own."""
    return [payment | {"status": state, "amount": f"{STATES.index(state)}.00"} for state in states]


def publish(dynamodb: Any, tie_breakers: list[dict[str, Any]], version: str = "9.0.0") -> None:
    """Publish the contract with these tie-breakers, for a function that starts afterwards."""
    document = registry_document(CONTRACTS["payments"]) | {"tie_breakers": tie_breakers}
    published = {"entity": {"S": "payments"}, "item": {"S": "schema"}, "version": {"S": version}}
    dynamodb.put_item(TableName=REGISTRY_TABLE, Item={**published, "document": {"S": json.dumps(document)}})


@pytest.mark.parametrize("size", [3, 4])
def test_every_order_of_a_burst_twice_ends_in_its_last_state(call: Call, payment: dict[str, Any], size: int) -> None:
    for number, order in enumerate(permutations(STATES[-size:])):
        burst = states_of({**payment, "payment_id": f"pay_{number}"}, list(order))
        assert "rejected" not in upsert(call, *burst, *burst)
        stored = call("GET", f"/v1/payments/pay_{number}").body
        assert (stored["status"], stored["amount"]) == ("refunded", "4.00"), order


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_bursts_of_several_versions_end_in_the_last_state_of_the_last(
    data: st.DataObject, call: Call, payment: dict[str, Any], dynamodb: Any
) -> None:
    dynamodb.delete_item(TableName="txplatform-payments", Key={"pk": {"S": "pay_1"}})
    bursts = data.draw(
        st.dictionaries(st.sampled_from(["2024-01-01", "2024-01-02"]), st.sets(st.sampled_from(STATES), min_size=1))
    )
    history = [
        record | {"updated_at": f"{day}T00:00:00.000000Z"}
        for day, states in bursts.items()
        for record in states_of(payment, sorted(states))
    ]
    arrivals = data.draw(st.permutations(history * 2))
    if not arrivals:
        return
    assert "rejected" not in upsert(call, *arrivals)
    last = max(history, key=lambda record: (record["updated_at"], STATES.index(record["status"])))
    assert call("GET", "/v1/payments/pay_1").body == last


def test_shuffled_and_doubled_bursts_of_many_records_end_in_their_last_states(
    call: Call, payment: dict[str, Any]
) -> None:
    """With TXP_TEST_BURSTS=10000 it is as many records."""
    chance = random.Random(7)
    ends: dict[str, str] = {}
    messages: list[dict[str, Any]] = []
    for number in range(OBJECTS):
        key = f"pay_{number}"
        states = chance.sample(STATES, 3)
        ends[key] = max(states, key=STATES.index)
        messages += states_of({**payment, "payment_id": key}, states) * 2
    chance.shuffle(messages)
    statuses = {
        status for start in range(0, len(messages), 100) for status in upsert(call, *messages[start : start + 100])
    }
    assert statuses <= {"written", "superseded", "unchanged"}
    for key, state in ends.items():
        assert call("GET", f"/v1/payments/{key}").body["status"] == state


def test_what_each_write_of_a_tie_is_answered(call: Call, payment: dict[str, Any]) -> None:
    authorised, captured, paid_out = states_of(payment, ["authorised", "captured", "settled"])
    assert upsert(call, captured, authorised, captured, paid_out) == ["written", "superseded", "unchanged", "written"]
    assert call("PUT", "/v1/payments/pay_1", captured).body["code"] == "stale_version"
    assert call("PUT", "/v1/payments/pay_1", paid_out).status == 200
    other = call("PUT", "/v1/payments/pay_1", {**paid_out, "amount": "9.99"})
    assert (other.status, other.body["code"]) == (409, "version_conflict"), "they agree in all tie-breakers"
    patched = call("PATCH", "/v1/payments/pay_1", {"status": "refunded"}, if_match=call_tag(call))
    assert (patched.status, patched.body["status"]) == (200, "refunded")
    assert call("PATCH", "/v1/payments/pay_1", {"status": "captured"}).body["code"] == "stale_version"


def call_tag(call: Call) -> str:
    return call("GET", "/v1/payments/pay_1").headers["etag"]


def test_a_tie_does_not_move_a_record(call: Call, payment: dict[str, Any]) -> None:
    authorised, captured = states_of(payment, ["authorised", "captured"])
    moved = {"created_at": "2020-01-01T00:00:00.000000Z"}
    assert upsert(call, authorised, captured | moved) == ["written", "rejected"]
    assert upsert(call, captured, authorised | moved) == ["written", "superseded"]


def test_a_deletion_ends_its_version_whatever_the_state(call: Call, payment: dict[str, Any]) -> None:
    """A tombstone has no state, and a source that goes on after it names a greater version."""
    burst = states_of(payment, ["authorised", "refunded"])
    deletion = {"op": "delete", "record": {name: payment[name] for name in ("payment_id", "updated_at")}}
    for number, order in enumerate(permutations([*({"op": "upsert", "record": record} for record in burst), deletion])):
        renamed = [{**op, "record": {**op["record"], "payment_id": f"pay_{number}"}} for op in order]
        call("POST", "/v1/payments/batch", {"operations": renamed})
        assert call("GET", f"/v1/payments/pay_{number}").status == 404
        again = {**burst[0], "payment_id": f"pay_{number}", "updated_at": NEWER}
        assert upsert(call, again) == ["written"]


def test_items_stored_before_there_were_tie_breakers_are_ranked_like_others(
    call: Call, payment: dict[str, Any], put: Callable[..., None]
) -> None:
    put("pay_1", status="captured")
    authorised, captured, paid_out = states_of(payment, ["authorised", "captured", "settled"])
    assert upsert(call, authorised, paid_out, captured) == ["superseded", "written", "superseded"]


def test_other_ranks_count_for_what_is_stored_too(call: Call, payment: dict[str, Any], dynamodb: Any) -> None:
    captured, paid_out = states_of(payment, ["captured", "settled"])
    assert upsert(call, paid_out) == ["written"]
    publish(dynamodb, [{"field": "status", "ranks": [*STATES[:2], "settled", "captured", "refunded"]}])
    module._data_api.cache_clear()
    assert upsert(call, captured, paid_out) == ["written", "superseded"]


def test_the_tie_breakers_published_meanwhile_end_a_conflict(
    call: Call, payment: dict[str, Any], dynamodb: Any
) -> None:
    publish(dynamodb, [])
    module._data_api.cache_clear()
    authorised, captured, paid_out = states_of(payment, ["authorised", "captured", "settled"])
    assert upsert(call, authorised, captured) == ["written", "rejected"]
    publish(dynamodb, registry_document(CONTRACTS["payments"])["tie_breakers"], "9.0.1")
    assert upsert(call, captured) == ["written"]
    module._data_api.cache_clear()
    publish(dynamodb, [])
    assert upsert(call, captured) == ["unchanged"]
    publish(dynamodb, registry_document(CONTRACTS["payments"])["tie_breakers"], "9.0.1")
    assert call("PUT", "/v1/payments/pay_1", paid_out).status == 200


def test_a_sequence_of_the_source_breaks_ties(call: Call, payment: dict[str, Any], dynamodb: Any) -> None:
    """A value is later than none, numbers count as numbers, and the first field that differs decides."""
    publish(dynamodb, [{"field": "items_count"}, {"field": "description"}])
    module._data_api.cache_clear()
    states = [
        payment | {"description": "9"},
        payment | {"items_count": 9},
        payment | {"items_count": 9, "description": "a"},
        payment | {"items_count": 10},
    ]
    for number, order in enumerate(permutations(states)):
        burst = [{**record, "payment_id": f"pay_{number}"} for record in order]
        assert "rejected" not in upsert(call, *burst)
        assert call("GET", f"/v1/payments/pay_{number}").body["items_count"] == 10


def test_16_writers_of_one_version_end_in_the_last_state(
    call: Call, payment: dict[str, Any], dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "client", lambda _: Unreliable(dynamodb))
    burst = states_of(payment, STATES)
    answers = at_once(16, lambda number: call("PUT", "/v1/payments/pay_1", burst[number % 5]))
    assert {answer.status for answer in answers} <= {200, 201, 409}
    assert {answer.body["code"] for answer in answers if answer.status == 409} <= {"stale_version"}
    assert item(dynamodb)["status"] == {"S": "refunded"}
    assert item(dynamodb)["_version"] == {"S": SAME}


def test_a_state_written_in_the_same_microsecond_is_not_overwritten_unseen(
    call: Call, payment: dict[str, Any], dynamodb: Any, put: Callable[..., None]
) -> None:
    """Two writes of one version may have all marks of an item in common but the state."""
    authorised, captured, _ = states_of(payment, ["authorised", "captured", "settled"])
    tables, schema = EntityTables(dynamodb, names.entity_table(names.ENTITY_SLOT), 30), SCHEMAS["payments"]
    put("pay_1", status="authorised")
    read = tables.read(schema, "pay_1")
    put("pay_1", status="settled")
    assert not tables.write_over(schema, "pay_1", read, Upsert(captured), Provenance("trace-1"))
    put("pay_1", status="authorised")
    assert tables.write_over(schema, "pay_1", read, Upsert(captured), Provenance("trace-1"))
    assert upsert(call, authorised) == ["superseded"]
