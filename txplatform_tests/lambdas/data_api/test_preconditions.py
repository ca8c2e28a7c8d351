"""Entity tags, and If-Match and If-None-Match on every route of a single record."""

import contextlib
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.data_api.errors import MalformedRequestError, PreconditionFailedError
from lambdas.data_api.preconditions import Preconditions, entity_tag
from lambdas.data_api.stored import Stored
from lambdas.shared.items import encode_record
from lambdas.shared.jsonio import dumps
from lambdas.shared.registry import CurrentSchema
from lambdas.shared.schema import EntitySchema
from txplatform.contracts.render.registry import registry_document
from txplatform_tests.contracts.strategies import records
from txplatform_tests.lambdas.conftest import CONTRACTS
from txplatform_tests.lambdas.data_api.conftest import NEWER, OLDER, SAME, Reply, item

LATEST = "2025-01-01T00:00:00.000000Z"
OTHER = '"AAAAAAAAAAAAAAAAAAAAAA"'


def test_a_tag_is_128_bits_of_the_canonical_record_s_hash(payment: dict[str, Any]) -> None:
    tag = entity_tag(payment)
    assert len(tag) == 24
    assert tag[0] == tag[-1] == '"'
    assert entity_tag(dict(reversed(payment.items()))) == tag
    assert len(hashlib.sha256(dumps(payment).encode()).digest()[:16]) * 8 == 128


@given(st.data())
def test_different_records_have_different_tags(data: st.DataObject) -> None:
    one, other = (data.draw(records(CONTRACTS["payments"])) for _ in range(2))
    assert (entity_tag(one) == entity_tag(other)) is (one == other)


def test_every_answer_with_a_record_has_its_tag(call: Callable[..., Reply], payment: dict[str, Any]) -> None:
    created = call("POST", "/v1/payments", payment)
    assert created.headers["etag"] == entity_tag(payment)
    assert call("POST", "/v1/payments", payment).headers["etag"] == entity_tag(payment), "the same one is stored"
    assert call("GET", "/v1/payments/pay_1").headers["etag"] == entity_tag(payment)
    newer = {**payment, "amount": "13.50", "updated_at": NEWER}
    given = {**newer, "amount": 13.5, "updated_at": "2024-01-01T01:00:00+01:00"}
    assert call("PUT", "/v1/payments/pay_1", given).headers["etag"] == entity_tag(newer), "of the canonical record"
    assert call("GET", "/v1/payments/pay_1").headers["etag"] == entity_tag(newer)
    patched = call("PATCH", "/v1/payments/pay_1", {"amount": "1.00", "updated_at": LATEST})
    assert patched.headers["etag"] == entity_tag(patched.body)


@pytest.mark.parametrize(
    ("value", "tags"),
    [
        ("*", {"*"}),
        ('"a"', {'"a"'}),
        (' "a" , W/"b","c,d" ', {'"a"', 'W/"b"', '"c,d"'}),
        ('""', {'""'}),
    ],
)
def test_headers_are_read_as_the_standard_writes_them(value: str, tags: set[str]) -> None:
    assert Preconditions.parse({"if-match": value}).match == tags
    assert Preconditions.parse({"if-none-match": value}).none_match == tags


@pytest.mark.parametrize("value", ["", "a", '"a', '"a" "b"', '*, "a"', '"a",', 'w/"a"', '"a"b"'])
@pytest.mark.parametrize("header", ["if_match", "if_none_match"])
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_a_header_of_another_form_is_refused(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any, method: str, header: str, value: str
) -> None:
    call("PUT", "/v1/payments/pay_1", payment)
    before = item(dynamodb)
    answer = call(method, "/v1/payments/pay_1", {**payment, "updated_at": NEWER}, **{header: value})
    assert (answer.status, answer.body["code"]) == (400, "malformed_request")
    assert item(dynamodb) == before


@given(st.text(max_size=40))
def test_any_header_is_read_or_refused(value: str) -> None:
    with contextlib.suppress(MalformedRequestError):
        assert Preconditions.parse({"if-match": value}).match


@pytest.mark.parametrize(
    ("headers", "holds_live", "holds_absent"),
    [
        ({}, True, True),
        ({"if-match": "*"}, True, False),
        ({"if-match": "{tag}"}, True, False),
        ({"if-match": f"{OTHER}, {{tag}}"}, True, False),
        ({"if-match": "W/{tag}"}, False, False),
        ({"if-match": OTHER}, False, False),
        ({"if-none-match": "*"}, False, True),
        ({"if-none-match": "{tag}"}, False, True),
        ({"if-none-match": "W/{tag}"}, False, True),
        ({"if-none-match": OTHER}, True, True),
        ({"if-match": "{tag}", "if-none-match": "{tag}"}, False, False),
        ({"if-match": "{tag}", "if-none-match": OTHER}, True, False),
    ],
)
def test_what_holds(
    payments: EntitySchema, payment: dict[str, Any], headers: dict[str, str], holds_live: bool, holds_absent: bool
) -> None:
    """If-Match compares strongly and If-None-Match weakly; a tombstone is as good as nothing."""
    tag = entity_tag(payment)
    preconditions = Preconditions.parse({name: value.replace("{tag}", tag) for name, value in headers.items()})
    live = Stored(payments, encode_record(payments, payment))
    dead = Stored(payments, {**live.item, "_deleted": {"BOOL": True}})
    for stored, holds in ((live, holds_live), (dead, holds_absent), (None, holds_absent)):
        if holds:
            preconditions.check(stored)
            continue
        with pytest.raises(PreconditionFailedError) as failed:
            preconditions.check(stored)
        assert failed.value.headers == ({"etag": tag} if stored is live else {})


def test_a_reader_who_has_the_state_gets_no_body(call: Callable[..., Reply], payment: dict[str, Any]) -> None:
    tag = call("PUT", "/v1/payments/pay_1", payment).headers["etag"]
    for value in (tag, f"W/{tag}", "*", f"{OTHER}, {tag}"):
        answer = call("GET", "/v1/payments/pay_1", if_none_match=value)
        assert (answer.status, answer.body, answer.headers["etag"]) == (304, None, tag)
    assert call("GET", "/v1/payments/pay_1", if_none_match=OTHER).body == payment
    assert call("GET", "/v1/payments/pay_1", if_match=tag).body == payment
    failed = call("GET", "/v1/payments/pay_1", if_match=OTHER)
    assert (failed.status, failed.body["code"], failed.headers["etag"]) == (412, "precondition_failed", tag)
    for headers in ({"if_none_match": "*"}, {"if_match": "*"}, {"if_match": OTHER}):
        assert call("GET", "/v1/payments/none", **headers).status == 404


WRITES = [
    ("PUT", None, 200),
    ("PATCH", None, 200),
    ("DELETE", None, 204),
    ("DELETE", {"version": NEWER}, 204),
]


def write(
    call: Callable[..., Reply], payment: dict[str, Any], method: str, query: dict[str, str] | None, **headers: str
) -> Reply:
    bodies = {"PUT": {**payment, "updated_at": NEWER, "amount": "1.00"}, "PATCH": {"updated_at": NEWER, "amount": "1"}}
    return call(method, "/v1/payments/pay_1", bodies.get(method), query=query, **headers)


@pytest.mark.parametrize(("method", "query", "status"), WRITES)
def test_a_write_on_a_condition_that_holds_is_done(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any, method: str, query: Any, status: int
) -> None:
    tag = call("PUT", "/v1/payments/pay_1", payment).headers["etag"]
    assert write(call, payment, method, query, if_match=f"{OTHER}, {tag}", if_none_match=OTHER).status == status
    stored = item(dynamodb)
    assert ("_deleted" in stored) is (method == "DELETE")
    assert stored["_version"] == {"S": SAME if method == "DELETE" and query is None else NEWER}
    assert stored.get("amount", {"N": "1.00"}) == {"N": "1.00"}


@pytest.mark.parametrize("headers", [{"if_match": OTHER}, {"if_none_match": "*"}, {"if_match": "W/{tag}"}])
@pytest.mark.parametrize(("method", "query", "status"), WRITES)
def test_a_write_on_a_condition_that_does_not_hold_is_not_done(
    call: Callable[..., Reply],
    payment: dict[str, Any],
    dynamodb: Any,
    method: str,
    query: Any,
    status: int,
    headers: dict[str, str],
) -> None:
    tag = call("PUT", "/v1/payments/pay_1", payment).headers["etag"]
    before = item(dynamodb)
    given = {name: value.replace("{tag}", tag) for name, value in headers.items()}
    answer = write(call, payment, method, query, **given)
    assert (answer.status, answer.body["code"], answer.headers["etag"]) == (412, "precondition_failed", tag)
    assert item(dynamodb) == before


@pytest.mark.parametrize("deleted", [False, True])
def test_what_is_not_there_can_be_created_and_nothing_else(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any, deleted: bool
) -> None:
    if deleted:
        call("PUT", "/v1/payments/pay_1", {**payment, "updated_at": OLDER})
        call("DELETE", "/v1/payments/pay_1")
    before = item(dynamodb)
    assert call("PUT", "/v1/payments/pay_1", payment, if_match="*").status == 412
    assert call("DELETE", "/v1/payments/pay_1", query={"version": NEWER}, if_match="*").status == 412
    assert call("DELETE", "/v1/payments/pay_1", if_match="*").status == 404
    assert call("PATCH", "/v1/payments/pay_1", {"updated_at": NEWER}, if_match="*").status == 404
    assert item(dynamodb) == before
    assert call("PUT", "/v1/payments/pay_1", payment, if_none_match="*").status == 201
    assert call("PUT", "/v1/payments/pay_1", payment, if_none_match="*").status == 412


def test_a_condition_does_not_weaken_the_version_rule(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any
) -> None:
    tag = call("PUT", "/v1/payments/pay_1", payment).headers["etag"]
    before = item(dynamodb)
    for changes, code in [
        ({"updated_at": OLDER}, "stale_version"),
        ({"amount": "1.00"}, "version_conflict"),
        ({"created_at": OLDER, "updated_at": NEWER}, "partition_immutable"),
    ]:
        answer = call("PUT", "/v1/payments/pay_1", {**payment, **changes}, if_match=tag)
        assert (answer.status, answer.body["code"]) == (409, code)
    older = call("DELETE", "/v1/payments/pay_1", query={"version": OLDER}, if_match=tag)
    assert (older.status, older.body["code"]) == (409, "stale_version")
    assert call("PUT", "/v1/payments/pay_1", payment, if_match=tag).status == 200, "the same again changes nothing"
    assert item(dynamodb) == before


@pytest.mark.parametrize(("path", "body"), [("", None), ("/batch", {"operations": []})])
def test_a_collection_takes_no_conditions(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any, path: str, body: Any
) -> None:
    answer = call("POST", f"/v1/payments{path}", body or payment, if_none_match="*")
    assert (answer.status, answer.body["code"]) == (400, "malformed_request")
    assert item(dynamodb) == {}


@pytest.mark.parametrize(("method", "query", "status"), WRITES)
def test_a_contract_may_demand_a_condition(
    call: Callable[..., Reply],
    payment: dict[str, Any],
    dynamodb: Any,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    query: Any,
    status: int,
) -> None:
    tag = call("PUT", "/v1/payments/pay_1", payment).headers["etag"]
    before = item(dynamodb)
    strict = EntitySchema.parse(registry_document(CONTRACTS["payments"]) | {"precondition_required": True})
    monkeypatch.setattr(CurrentSchema, "__init__", lambda self, *_: setattr(self, "value", strict))
    answer = write(call, payment, method, query)
    assert (answer.status, answer.body["code"]) == (428, "precondition_required")
    assert item(dynamodb) == before
    assert write(call, payment, method, query, if_match=tag).status == status
    batch = {"operations": [{"op": "upsert", "record": {**payment, "updated_at": LATEST}}]}
    assert call("POST", "/v1/payments/batch", batch).body["written"] == 1


def test_an_item_written_before_needs_no_new_attribute(
    call: Callable[..., Reply], payment: dict[str, Any], payments: EntitySchema, dynamodb: Any
) -> None:
    """Neither a trace id nor a moment, as an earlier version or a restore may have left it."""
    old = {"pk": {"S": "pay_1"}, "_version": {"S": SAME}, **encode_record(payments, payment)}
    dynamodb.put_item(TableName="txplatform-payments", Item=old)
    tag = call("GET", "/v1/payments/pay_1").headers["etag"]
    newer = {**payment, "updated_at": NEWER}
    assert call("PUT", "/v1/payments/pay_1", newer, if_match=OTHER).status == 412
    assert call("PUT", "/v1/payments/pay_1", newer, if_match=tag).status == 200
