"""Who may write and not see personal fields gets no answer that shows one, and loses none in silence."""

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from txplatform.contracts.names import entity_table
from txplatform_tests.lambdas.conftest import SCHEMAS
from txplatform_tests.lambdas.data_api.conftest import NEWER, OLDER
from txplatform_tests.lambdas.data_api.customers import (
    AT,
    BOTH,
    CUSTOMER,
    LATEST,
    MASKED,
    PATH,
    PERSONAL,
    WRITER,
    Call,
    assert_masked,
    shows_nothing,
)

NUMBERS = itertools.count()


@pytest.fixture(autouse=True)
def customer(call: Call) -> None:
    """Every test starts with one customer in the table."""
    assert call("PUT", AT, CUSTOMER).body == CUSTOMER


@pytest.fixture
def stored(dynamodb: Any) -> Callable[[], dict[str, Any]]:
    """Reads what the table holds of the customer, past the API."""

    def read() -> dict[str, Any]:
        item = dynamodb.get_item(TableName=entity_table("customers"), Key={"pk": {"S": "cus_1"}}).get("Item", {})
        return {name: next(iter(value.values())) for name, value in item.items() if name in SCHEMAS["customers"].fields}

    return read


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize("key", [None, "key-1"])
def test_the_answer_to_a_write_is_masked(
    call: Call, stored: Callable[[], dict[str, Any]], method: str, key: str | None
) -> None:
    """Also one that changes nothing, and a source system writes personal values without reading them."""
    headers = {} if key is None else {"idempotency_key": key}
    changes = {"updated_at": NEWER, "balance": "11.00"}
    body = {"POST": CUSTOMER, "PUT": CUSTOMER | changes | dict.fromkeys(PERSONAL[-4:]), "PATCH": changes}[method]
    if method == "PUT":
        body |= {name: None for name in PERSONAL if name not in CUSTOMER}
    for may in (WRITER, BOTH):
        reply = call(method, PATH if method == "POST" else AT, body, may=may, **headers)
        assert_masked(reply, MASKED if method == "POST" else MASKED | changes)
    assert stored()["name"] == CUSTOMER["name"]


def test_a_creation_is_masked(call: Call) -> None:
    record = CUSTOMER | {"customer_id": "cus_2"}
    reply = call("POST", PATH, record, may=WRITER)
    assert reply.status == 201
    assert_masked(reply, MASKED | {"customer_id": "cus_2"})
    assert call("GET", f"{PATH}/cus_2").body == record


def test_a_patch_keeps_what_its_writer_does_not_see(call: Call, stored: Callable[[], dict[str, Any]]) -> None:
    reply = call("PATCH", AT, {"segment": "enterprise", "updated_at": NEWER}, may=BOTH)
    assert_masked(reply, MASKED | {"segment": "enterprise", "updated_at": NEWER})
    assert {name: stored().get(name) for name in PERSONAL} == {name: CUSTOMER.get(name) for name in PERSONAL}
    assert call("PATCH", AT, {"phone": None, "updated_at": LATEST}, may=BOTH).status == 200
    assert "phone" not in stored(), "who says so removes it"


@pytest.mark.parametrize("may", [WRITER, BOTH])
@pytest.mark.parametrize("headers", [{}, {"if_match": "*"}, {"idempotency_key": "key-1"}], ids=str)
@pytest.mark.parametrize(
    "record",
    [
        MASKED | {"updated_at": NEWER},
        MASKED | {"name": "Ada", "updated_at": NEWER},
        {name: value for name, value in CUSTOMER.items() if name != "phone"} | {"updated_at": NEWER},
        MASKED | {"name": "Ada"},
    ],
    ids=["masked", "all but the required", "one left out", "the same version"],
)
def test_a_replacement_that_would_erase_in_silence_is_refused(
    call: Call, stored: Callable[[], dict[str, Any]], may: Any, headers: Any, record: dict[str, Any]
) -> None:
    before = stored()
    reply = call("PUT", AT, record, may=may, **headers)
    assert (reply.status, reply.body["code"]) == (403, "insufficient_scope")
    assert "phone" in reply.body["detail"]
    assert shows_nothing(reply)
    assert stored() == before
    batch = call("POST", f"{PATH}/batch", {"operations": [{"op": "upsert", "record": record}]}, may=may)
    assert batch.body["rejected"] == 1
    assert batch.body["results"][0]["errors"][0]["rule"] in ("insufficient_scope", "required")
    assert stored() == before
    seeing = call("PUT", AT, record | {"name": "Ada", "updated_at": LATEST}, **headers)
    assert seeing.status == 200, "who sees it may"


def test_a_refusal_that_another_token_betters_is_not_kept(call: Call) -> None:
    record = {name: value for name, value in CUSTOMER.items() if name != "phone"} | {"updated_at": NEWER}
    assert call("PUT", AT, record, may=BOTH, idempotency_key="key-1").status == 403
    assert call("PUT", AT, record, idempotency_key="key-1").status == 200


@pytest.mark.parametrize("route", ["PUT", "batch"])
@pytest.mark.parametrize("may", [WRITER, BOTH])
def test_a_source_system_writes_without_the_scope(
    call: Call, stored: Callable[[], dict[str, Any]], may: Any, route: str
) -> None:
    """It says everything of the record, and null of what there is no more."""

    def write(record: dict[str, Any]) -> None:
        if route == "PUT":
            assert call("PUT", f"{PATH}/{record['customer_id']}", record, may=may).status in (200, 201)
            return
        reply = call("POST", f"{PATH}/batch", {"operations": [{"op": "upsert", "record": record}]}, may=may)
        assert reply.body["rejected"] == 0, reply.body

    said = dict.fromkeys(PERSONAL) | CUSTOMER
    write(said | {"updated_at": NEWER, "phone": None, "name": "Ada King"})
    assert "phone" not in stored()
    assert stored()["name"] == "Ada King"
    left_out = {name: value for name, value in CUSTOMER.items() if name != "phone"}
    write(left_out | {"updated_at": LATEST})
    assert stored()["updated_at"] == LATEST, "there is no phone to lose"
    write({"customer_id": "cus_new", **{name: value for name, value in left_out.items() if name != "customer_id"}})
    write(left_out | {"updated_at": OLDER}) if route == "batch" else None
    assert stored()["updated_at"] == LATEST, "what is superseded loses nothing"


def test_a_deletion_and_what_comes_after_it_need_no_scope(call: Call, stored: Callable[[], dict[str, Any]]) -> None:
    assert call("DELETE", AT, may=WRITER).status == 204
    assert call("PUT", AT, MASKED | {"name": "Grace", "updated_at": NEWER}, may=WRITER).status == 201
    assert "phone" not in stored()


def test_what_a_tombstone_still_holds_is_not_lost(call: Call, dynamodb: Any) -> None:
    """One that was written past the API: the record is gone, and a new one breaks its contract as any would."""
    call("DELETE", AT)
    key = {"pk": {"S": "cus_1"}}
    item = dynamodb.get_item(TableName=entity_table("customers"), Key=key)["Item"]
    dynamodb.put_item(TableName=entity_table("customers"), Item=item | {"name": {"S": "Ada"}, "phone": {"S": "1"}})
    reply = call("PUT", AT, MASKED | {"updated_at": NEWER}, may=WRITER)
    assert (reply.status, [error["field"] for error in reply.body["errors"]]) == (422, ["name"])
    assert call("PUT", AT, MASKED | {"name": "Grace", "updated_at": NEWER}, may=WRITER).status == 201


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_sequence_of_requests_without_the_scope_shows_or_loses_a_value(
    data: st.DataObject, call: Call, payment: dict[str, Any]
) -> None:
    """A writer who never saw them reads, patches, replaces and lists; what it did not name is there at the end."""
    key = f"pay_{next(NUMBERS)}"
    at, hidden = f"/v1/payments/{key}", SCHEMAS["payments"].personal
    record = payment | {"payment_id": key, "payer_name": "Ada Lovelace", "card_last4": "4242"}
    moments = (f"2024-02-{day:02}T00:00:00.000000Z" for day in range(1, 29))
    assert call("PUT", at, record | {"updated_at": next(moments)}).status == 201
    for _ in range(data.draw(st.integers(1, 5))):
        version = {"updated_at": next(moments)}
        seen = call("GET", at, may=BOTH)
        step = data.draw(st.sampled_from(["patch", "replace", "batch", "list", "conditional"]))
        if step == "patch":
            reply = call("PATCH", at, version | {"amount": "1.00"}, may=BOTH)
        elif step == "replace":
            reply = call("PUT", at, seen.body | version, may=BOTH)
        elif step == "conditional":
            reply = call("PATCH", at, version, may=BOTH, if_match=seen.headers["etag"])
            assert reply.status == 200
        elif step == "batch":
            operations = {"operations": [{"op": "upsert", "record": seen.body | version}]}
            reply = call("POST", "/v1/payments/batch", operations, may=BOTH)
        else:
            reply = call("GET", "/v1/payments", may=BOTH)
        for answer in (seen, reply):
            assert "Ada Lovelace" not in json.dumps([answer.body, answer.headers])
            assert not hidden_names(answer.body, hidden)
    assert {name: call("GET", at).body.get(name) for name in hidden} == {name: record.get(name) for name in hidden}


def hidden_names(body: Any, hidden: tuple[str, ...]) -> set[str]:
    records = body.get("items", [body])
    return {name for record in records for name in record if name in hidden}
