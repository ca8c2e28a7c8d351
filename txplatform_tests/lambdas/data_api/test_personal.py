"""Without `<entity>.personal`, no answer shows a personal field, and no write loses one in silence."""

import base64
import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.data_api.core import Request
from lambdas.data_api.personal import MAX_HEADER_BYTES, PersonalScope
from lambdas.data_api.preconditions import entity_tag
from lambdas.shared.schema import EntitySchema
from txplatform.contracts.names import entity_table
from txplatform.contracts.render.registry import registry_document
from txplatform_tests.lambdas.conftest import CONTRACTS, SCHEMAS
from txplatform_tests.lambdas.data_api.conftest import NEWER, OLDER, SAME, Reply

LATEST = "2025-01-01T00:00:00.000000Z"
PERSONAL = SCHEMAS["customers"].personal
CUSTOMER: dict[str, Any] = {
    "customer_id": "cus_1",
    "name": "Ada Lovelace",
    "email": "ada@example.com",
    "phone": "+44 20 7946 0000",
    "postal_code": "SW1Y 4JH",
    "birth_date": "1815-12-10",
    "country": "GB",
    "segment": "consumer",
    "status": "active",
    "balance": "10.00",
    "marketing_opt_in": True,
    "created_at": OLDER,
    "updated_at": SAME,
}
MASKED = {name: value for name, value in CUSTOMER.items() if name not in PERSONAL}
SECRETS = [str(CUSTOMER[name]) for name in PERSONAL if name in CUSTOMER]
PATH, AT = "/v1/customers", "/v1/customers/cus_1"
READER, WRITER, BOTH = ("read",), ("write",), ("read", "write")
NUMBERS = itertools.count()
Call = Callable[..., Reply]


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


def shows_nothing(reply: Reply) -> bool:
    text = json.dumps([reply.body, reply.headers], ensure_ascii=False)
    return not any(secret in text for secret in SECRETS)


def assert_masked(reply: Reply, record: dict[str, Any]) -> None:
    assert reply.body == record
    assert reply.headers["masked-fields"] == ", ".join(PERSONAL)
    assert reply.headers["etag"] == entity_tag(record)
    assert shows_nothing(reply)


def test_the_shipped_contracts_have_personal_fields_of_both_kinds() -> None:
    required = {name for name, rule in SCHEMAS["customers"].fields.items() if rule.personal and rule.required}
    assert required == {"name"}
    assert len(PERSONAL) > 5
    assert set(PERSONAL) - CUSTOMER.keys(), "one has no value"


def test_a_reading_is_whole_or_masked(call: Call) -> None:
    whole = call("GET", AT, may=("personal", "read"))
    assert (whole.body, whole.headers["etag"]) == (CUSTOMER, entity_tag(CUSTOMER))
    assert "masked-fields" not in whole.headers
    for may in (READER, BOTH, (), ("personalx", "read")):
        assert_masked(call("GET", AT, may=may), MASKED)


def test_the_scope_of_another_entity_shows_nothing(call: Call, event: Callable[[str], Any]) -> None:
    reply = call("GET", AT, may=("read payments.personal",))
    assert_masked(reply, MASKED)


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


def test_a_page_is_masked(call: Call) -> None:
    whole = call("GET", PATH, may=("personal", "read"))
    assert (whole.body["items"], whole.headers.get("masked-fields")) == ([CUSTOMER], None)
    for query in ({}, {"segment": "consumer"}):
        reply = call("GET", PATH, query=query, may=READER)
        assert reply.body["items"] == [MASKED]
        assert reply.headers["masked-fields"] == ", ".join(PERSONAL)
    shown = call("GET", PATH, query={"fields": "customer_id,segment"}, may=READER)
    assert (shown.body["items"], shown.headers.get("masked-fields")) == (
        [{"customer_id": "cus_1", "segment": "consumer"}],
        None,
    ), "nothing that was asked for is missing"


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ({}, {"x_query_email": "ada%40example.com"}),
        ({}, {"x_query_email": "%"}),
        ({"order": "desc", "limit": "1"}, {"x_query_email": "nobody%40example.com"}),
        ({"email": "ada@example.com"}, {}),
        ({"email.gte": "a"}, {}),
        ({"fields": "customer_id,email"}, {}),
        ({"fields": "name"}, {}),
        ({"fields": "name", "limit": "no number"}, {}),
    ],
    ids=str,
)
def test_what_is_asked_of_a_personal_field_is_refused(call: Call, query: Any, headers: Any) -> None:
    reply = call("GET", PATH, query=query, may=READER, **headers)
    assert (reply.status, reply.body["code"]) == (403, "insufficient_scope")
    assert "customers.personal" in reply.body["detail"]
    assert reply.headers["www-authenticate"] == 'Bearer error="insufficient_scope"'
    assert shows_nothing(reply)


def test_a_cursor_of_a_client_with_the_scope_opens_nothing(call: Call) -> None:
    call("PUT", f"{PATH}/cus_2", CUSTOMER | {"customer_id": "cus_2"})
    asked = {"x_query_email": "ada%40example.com"}
    cursor = call("GET", PATH, query={"limit": "1"}, **asked).body["next"]
    text = base64.urlsafe_b64decode(cursor + "==")
    assert not any(secret.encode() in text for secret in SECRETS)
    following = {"limit": "1", "cursor": cursor}
    assert call("GET", PATH, query=following, **asked).status == 200
    assert call("GET", PATH, query=following, may=READER, **asked).status == 403
    assert call("GET", PATH, query=following, may=READER).status == 400, "it is of no other list"
    plain = call("GET", PATH, query={"limit": "1"}).body["next"]
    assert shows_nothing(call("GET", PATH, query={"cursor": plain}, may=READER))


def test_each_scope_has_a_tag_of_its_own_and_both_hold_a_state(call: Call) -> None:
    whole, masked = (call("GET", AT, may=may).headers["etag"] for may in (("personal", "read"), READER))
    assert whole != masked
    for may, own, other in ((("personal", "read"), whole, masked), (READER, masked, whole)):
        assert call("GET", AT, may=may, if_none_match=own).status == 304
        assert call("GET", AT, may=may, if_none_match=other).status == 200, "it has other bytes"
        failed = call("GET", AT, may=may, if_match=other)
        assert (failed.status, failed.headers["etag"]) == (412, own)
    stale = call("PATCH", AT, {"updated_at": NEWER}, may=BOTH, if_match=whole)
    assert (stale.status, stale.headers["etag"]) == (412, masked), "the tag that this caller knows the state by"
    done = call("PATCH", AT, {"updated_at": NEWER, "status": "closed"}, may=BOTH, if_match=masked)
    assert_masked(done, MASKED | {"updated_at": NEWER, "status": "closed"})
    assert call("PATCH", AT, {"updated_at": LATEST}, may=BOTH, if_match=masked).status == 412
    assert call("DELETE", AT, may=BOTH, if_match=done.headers["etag"]).status == 204


def test_the_tag_of_a_masked_record_tells_nothing_of_what_is_masked(call: Call) -> None:
    """Somebody who knows the rest could try the few phone numbers or birth dates that there are."""
    before = call("GET", AT, may=READER).headers["etag"]
    others = {"customer_id": "cus_1", "phone": "+44 20 7946 0001", "birth_date": "1990-01-01"}
    call("DELETE", AT)
    call("PUT", AT, CUSTOMER | others | {"updated_at": NEWER})
    assert call("GET", AT, may=READER).headers["etag"] == entity_tag(MASKED | {"updated_at": NEWER}) != before


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


@pytest.mark.parametrize("first", [("personal", "write"), WRITER])
def test_a_kept_answer_is_masked_for_whoever_asks_again(call: Call, first: tuple[str, ...]) -> None:
    changed = CUSTOMER | {"updated_at": NEWER} | {name: None for name in PERSONAL if name not in CUSTOMER}
    call("PUT", AT, changed, may=first, idempotency_key="key-1")
    for _ in range(2):
        replayed = call("PUT", AT, changed, may=WRITER, idempotency_key="key-1")
        assert replayed.headers["idempotency-replayed"] == "true"
        assert_masked(replayed, MASKED | {"updated_at": NEWER})
        replayed = call("PUT", AT, changed, may=("personal", "write"), idempotency_key="key-1")
        assert replayed.body == CUSTOMER | {"updated_at": NEWER}
        assert replayed.headers["etag"] == entity_tag(replayed.body)
        assert "masked-fields" not in replayed.headers


def test_a_kept_refusal_names_no_tag_of_what_is_masked(call: Call) -> None:
    changed = CUSTOMER | {"updated_at": NEWER} | {name: None for name in PERSONAL if name not in CUSTOMER}
    request = {"if_match": '"another"', "idempotency_key": "key-1"}
    first = call("PUT", AT, changed, may=("personal", "write"), **request)
    assert (first.status, first.headers["etag"]) == (412, entity_tag(CUSTOMER))
    assert call("PUT", AT, changed, may=("personal", "write"), **request).headers["etag"] == entity_tag(CUSTOMER)
    masked = call("PUT", AT, changed, may=WRITER, **request)
    assert (masked.status, masked.headers["idempotency-replayed"]) == (412, "true")
    assert "etag" not in masked.headers


def test_no_answer_of_any_route_may_be_kept_by_a_cache(call: Call) -> None:
    operations = {"operations": [{"op": "upsert", "record": CUSTOMER}]}
    tag = call("GET", AT).headers["etag"]
    replies = [
        *(call("GET", AT, may=may) for may in (READER, ("personal", "read"))),
        call("GET", AT, if_none_match=tag),
        call("GET", AT, if_match='"x"'),
        call("GET", PATH),
        call("GET", PATH, query={"limit": "0"}),
        call("GET", PATH, query={"fields": "name"}, may=READER),
        call("GET", f"{PATH}/none"),
        call("POST", PATH, CUSTOMER),
        call("POST", PATH, "{"),
        call("POST", PATH, {}),
        call("POST", f"{PATH}/batch", operations),
        call("PUT", AT, CUSTOMER, idempotency_key="key-1"),
        call("PUT", AT, CUSTOMER, idempotency_key="key-1"),
        call("PATCH", AT, {"updated_at": OLDER}),
        call("DELETE", AT),
    ]
    assert {reply.status for reply in replies} == {200, 204, 304, 400, 403, 404, 409, 412, 422}
    assert {reply.headers["cache-control"] for reply in replies} == {"no-store"}


def test_a_field_that_becomes_personal_is_masked_in_what_was_kept(call: Call, dynamodb: Any) -> None:
    changes = {"updated_at": NEWER, "country": "FR"}
    call("PATCH", AT, changes, may=WRITER, idempotency_key="key-1")
    document = registry_document(CONTRACTS["customers"])
    document["fields"]["country"]["personal"] = True
    del document["fields"]["segment"]
    schema = EntitySchema.parse(document)
    reply = call("PATCH", AT, changes, may=WRITER, idempotency_key="key-1")
    whole = PersonalScope.of(schema, Request("", "customers", "", {}, "", "", permissions=frozenset()))
    assert whole.shown(reply.body).keys() == MASKED.keys() - {"country", "segment"}


def test_names_that_are_too_many_for_a_header_are_not_in_it() -> None:
    document = registry_document(CONTRACTS["customers"])
    wide = {f"field_of_a_fairly_long_name_{number}": {"type": "string", "personal": True} for number in range(800)}
    document["fields"] |= wide
    personal = PersonalScope.of(EntitySchema.parse(document), Request("", "customers", "", {}, "", ""))
    assert len(", ".join(wide)) > MAX_HEADER_BYTES
    assert personal.headers == {"masked-fields": "*"}
    assert not personal.shown(dict.fromkeys([*wide, *PERSONAL], "x"))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
