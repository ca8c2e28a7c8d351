"""Without `<entity>.personal`, no answer shows a personal field, and none may be kept by a cache."""

import base64
from typing import Any

import pytest

from lambdas.data_api.audit import Entry
from lambdas.data_api.core import Request
from lambdas.data_api.personal import MAX_HEADER_BYTES, PersonalScope
from lambdas.data_api.preconditions import entity_tag
from lambdas.shared.provenance import Provenance
from lambdas.shared.schema import EntitySchema
from txplatform.contracts.render.registry import registry_document
from txplatform_tests.lambdas.conftest import CONTRACTS, SCHEMAS
from txplatform_tests.lambdas.data_api.conftest import NEWER, OLDER
from txplatform_tests.lambdas.data_api.customers import (
    AT,
    BOTH,
    CUSTOMER,
    LATEST,
    MASKED,
    PATH,
    PERSONAL,
    READER,
    SECRETS,
    WRITER,
    Call,
    assert_masked,
    shows_nothing,
)


@pytest.fixture(autouse=True)
def customer(call: Call) -> None:
    """Every test starts with one customer in the table."""
    assert call("PUT", AT, CUSTOMER).body == CUSTOMER


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


def test_the_scope_of_another_entity_shows_nothing(call: Call) -> None:
    reply = call("GET", AT, may=("read payments.personal",))
    assert_masked(reply, MASKED)


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
        call("PATCH", AT, {"updated_at": OLDER, "segment": "enterprise"}),
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
    whole = PersonalScope.of(
        schema, Request("", "customers", "", {}, "", Entry(Provenance("")), permissions=frozenset())
    )
    assert whole.shown(reply.body).keys() == MASKED.keys() - {"country", "segment"}


def test_names_that_are_too_many_for_a_header_are_not_in_it() -> None:
    document = registry_document(CONTRACTS["customers"])
    wide = {f"field_of_a_fairly_long_name_{number}": {"type": "string", "personal": True} for number in range(800)}
    document["fields"] |= wide
    personal = PersonalScope.of(
        EntitySchema.parse(document), Request("", "customers", "", {}, "", Entry(Provenance("")))
    )
    assert len(", ".join(wide)) > MAX_HEADER_BYTES
    assert personal.headers == {"masked-fields": "*"}
    assert not personal.shown(dict.fromkeys([*wide, *PERSONAL], "x"))
