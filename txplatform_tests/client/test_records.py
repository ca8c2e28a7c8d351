"""What each method sends, and what it makes of the answer."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from txplatform.client import Operation, Records, Undecodable, UnexpectedAnswerError
from txplatform.contracts.loader import load_contracts
from txplatform_tests.client.scripted import Reply, Script, Server

CONTRACTS = load_contracts()
TAG = '"v1"'


def test_a_record_is_read_with_its_etag_and_correlation_id(payments: Records, script: Script) -> None:
    headers = {"ETag": TAG, "X-Correlation-Id": "abc"}
    script.replies = [Reply(200, {"payment_id": "p", "amount": "0.10"}, headers)]
    stored = payments.get("p", correlation_id="abc")
    assert (stored.record, stored.etag, stored.created) == ({"payment_id": "p", "amount": "0.10"}, TAG, False)
    assert stored.correlation_id == "abc"
    (request,) = script.received
    assert (request.method, request.path, request.text) == ("GET", "/v1/payments/p", b"")
    assert request.headers["x-correlation-id"] == "abc"


@pytest.mark.parametrize(
    ("header", "masked"),
    [({}, ()), ({"Masked-Fields": "email, name"}, ("email", "name")), ({"Masked-Fields": "*"}, ("*",))],
    ids=str,
)
def test_a_masked_record_names_what_is_left_out(
    payments: Records, script: Script, header: dict[str, str], masked: tuple[str, ...]
) -> None:
    script.replies = [Reply(200, {"payment_id": "p"}, header)]
    assert payments.get("p").masked == masked


def test_a_record_is_read_only_where_it_has_changed(payments: Records, script: Script) -> None:
    script.replies = [Reply(304), Reply(200, {"payment_id": "p"}, {"ETag": '"v2"'})]
    assert payments.get_if_changed("p", TAG) is None
    changed = payments.get_if_changed("p", TAG)
    assert changed is not None
    assert changed.etag == '"v2"'
    assert [request.headers["if-none-match"] for request in script.received] == [TAG, TAG]


def test_keys_are_escaped_in_the_key_and_again_in_the_path(server: Server, script: Script) -> None:
    with server.api() as api:
        api.entity("payments").get("a/b#%?é")
        api.entity("trades").get(("xpar", "t-1"))
        api.entity("days").get(date(2026, 4, 1))
        api.entity("moments").get(datetime(2026, 4, 1, tzinfo=UTC))
        api.entity("flags").get((True, 7, Decimal("1.50")))
    assert [request.path for request in script.received] == [
        "/v1/payments/a%252Fb%2523%2525%253F%C3%A9",
        "/v1/trades/xpar%23t-1",
        "/v1/days/2026-04-01",
        "/v1/moments/2026-04-01T00%3A00%3A00.000000Z",
        "/v1/flags/true%237%231.50",
    ]


def test_creation_has_an_idempotency_key_of_its_own(payments: Records, script: Script) -> None:
    script.replies = [Reply(201, {"payment_id": "p"}), Reply(200, {"payment_id": "p"})]
    assert payments.create({"payment_id": "p"}).created
    assert not payments.create({"payment_id": "p"}).created
    payments.create({"payment_id": "p"}, idempotency_key="mine")
    first, second, third = (request.headers["idempotency-key"] for request in script.received)
    assert first != second
    assert third == "mine"
    assert script.received[0].body == {"payment_id": "p"}
    assert script.received[0].headers["content-type"] == "application/json"


def test_preconditions_are_sent_and_make_the_write_idempotent(payments: Records, script: Script) -> None:
    payments.replace({"payment_id": "p"}, "p")
    payments.replace({"payment_id": "p"}, "p", if_match=TAG)
    payments.replace({"payment_id": "p"}, "p", if_none_match="*")
    payments.delete("p", version="2026-01-01T00:00:00Z")
    payments.delete("p", if_match=TAG)
    payments.delete("p")
    shown = ("if-match", "if-none-match")
    sent = [{name: request.headers[name] for name in shown if name in request.headers} for request in script.received]
    assert sent == [{}, {"if-match": TAG}, {"if-none-match": "*"}, {}, {"if-match": TAG}, {}]
    assert ["idempotency-key" in request.headers for request in script.received] == [
        False,
        True,
        True,
        False,
        True,
        True,
    ]
    assert script.received[3].path == "/v1/payments/p?version=2026-01-01T00%3A00%3A00Z"


def test_a_patch_is_a_merge_patch(payments: Records, script: Script) -> None:
    payments.patch("p", {"status": "paid", "note": None}, if_match=TAG)
    (request,) = script.received
    assert (request.method, request.body) == ("PATCH", {"status": "paid", "note": None})
    assert request.headers["content-type"] == "application/merge-patch+json"


def test_pages_are_read_as_they_are_consumed(payments: Records, script: Script) -> None:
    script.replies = [
        Reply(200, {"items": [{"n": 1}, {"n": 2}], "next": "a+b/c="}),
        Reply(200, {"items": [], "next": "d"}),
        Reply(200, {"items": [{"n": 3}], "next": None}),
    ]
    since = datetime(2026, 4, 1, tzinfo=UTC)
    found = payments.list({"customer_id": "c 1", "created_at.gte": since}, order="desc", fields=["n", "m"], page_size=2)
    assert script.received == []
    assert next(found) == {"n": 1}
    assert len(script.received) == 1
    assert [record["n"] for record in found] == [2, 3]
    query = "?customer_id=c+1&created_at.gte=2026-04-01T00%3A00%3A00.000000Z&order=desc&fields=n%2Cm&limit=2"
    assert [request.path.removeprefix("/v1/payments") for request in script.received] == [
        query,
        f"{query}&cursor=a%2Bb%2Fc%3D",
        f"{query}&cursor=d",
    ]


def test_a_personal_value_travels_in_a_header_on_every_page(server: Server, script: Script) -> None:
    script.replies = [Reply(200, {"items": [], "next": "c"}), Reply(200, {"items": []})] * 2
    with server.api() as api:
        assert list(api.entity("customers", CONTRACTS["customers"]).list({"email": "ada+é@example.com"})) == []
        assert list(api.entity("customers").list(personal={"home_city": "x"})) == []
    assert [request.path for request in script.received] == ["/v1/customers", "/v1/customers?cursor=c"] * 2
    sent = [{n: v for n, v in request.headers.items() if n.startswith("x-query-")} for request in script.received]
    assert sent == [{"x-query-email": "ada%2B%C3%A9%40example.com"}] * 2 + [{"x-query-home-city": "x"}] * 2


def test_an_empty_value_is_asked_for_and_not_forgotten(payments: Records, script: Script) -> None:
    script.replies = [Reply(200, {"items": []})]
    list(payments.list({"customer_id": "", "active": False}))
    assert script.received[0].path == "/v1/payments?customer_id=&active=false"


def test_stored_items_that_are_no_records_are_named(payments: Records, script: Script) -> None:
    misfit = {"key": "pay_7", "reason": "attribute 'amount' is not of DynamoDB type N"}
    script.replies = [
        Reply(200, {"items": [{"n": 1}], "next": "c", "undecodable": [misfit]}),
        Reply(200, {"items": [{"n": 2}], "next": None}),
    ]
    listed = payments.list()
    assert [record["n"] for record in listed] == [1, 2]
    assert listed.undecodable == [Undecodable(misfit["key"], misfit["reason"])]


def test_a_masked_list_names_what_any_of_its_pages_leaves_out(payments: Records, script: Script) -> None:
    """A permission may come or go between two pages."""
    script.replies = [
        Reply(200, {"items": [{"n": 1}], "next": "c"}, {"Masked-Fields": "email, name"}),
        Reply(200, {"items": [{"n": 2}], "next": "d"}),
        Reply(200, {"items": [{"n": 3}]}, {"Masked-Fields": "name, phone"}),
    ]
    listed = payments.list()
    assert listed.masked == ()
    assert next(listed) == {"n": 1}
    assert listed.masked == ("email", "name")
    assert [record["n"] for record in listed] == [2, 3]
    assert listed.masked == ("email", "name", "phone")


def test_values_have_the_types_of_the_contract(server: Server, script: Script) -> None:
    answered = {"payment_id": "p", "amount": "0.10", "items_count": 3, "created_at": "2026-04-01T10:00:00.000001Z"}
    script.replies = [Reply(200, answered)]
    with server.api() as api:
        payments = api.entity("payments", CONTRACTS["payments"])
        record = payments.get("p").record
        assert record["created_at"] == datetime(2026, 4, 1, 10, 0, 0, 1, tzinfo=UTC)
        assert (str(record["amount"]), record["items_count"]) == ("0.10", 3)
        payments.replace(record)
    assert script.received[1].path == "/v1/payments/p"
    assert script.received[1].body == answered


def test_a_masked_value_stays_as_it_comes(server: Server, script: Script) -> None:
    script.replies = [Reply(200, {"payment_id": "p", "amount": "***", "created_at": "***"})]
    with server.api() as api:
        record = api.entity("payments", CONTRACTS["payments"]).get("p").record
    assert (record["amount"], record["created_at"]) == ("***", "***")


def test_numbers_of_any_length_survive(payments: Records, script: Script) -> None:
    digits = "123456789012345678901234567890.12345678"
    script.replies = [Reply(200, b'{"amount":' + digits.encode() + b"}")]
    record = payments.get("p").record
    assert record["amount"] == Decimal(digits)
    payments.replace(record, "p")
    assert script.received[1].body == {"amount": digits}


@pytest.mark.parametrize("value", [0.1, {"nested": [0.1]}, datetime(2026, 4, 1)])  # noqa: DTZ001
def test_what_has_no_exact_form_is_not_sent(payments: Records, script: Script, value: Any) -> None:
    with pytest.raises(TypeError):
        payments.create({"payment_id": "p", "amount": value})
    assert script.received == []


def test_without_a_contract_the_key_must_be_passed(payments: Records) -> None:
    with pytest.raises(ValueError, match="pass it"):
        payments.replace({"payment_id": "p"})


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b"[" * 100_000])
def test_an_answer_that_is_no_object(payments: Records, script: Script, body: bytes) -> None:
    script.replies = [Reply(200, body)]
    with pytest.raises(UnexpectedAnswerError):
        payments.get("p")


def test_a_redirection_is_not_followed(payments: Records, script: Script) -> None:
    script.replies = [Reply(302, headers={"Location": "http://127.0.0.1:9/"})]
    with pytest.raises(UnexpectedAnswerError):
        payments.delete("p")


def test_an_operation_can_have_a_correlation_id_of_its_own(payments: Records, script: Script) -> None:
    script.replies = [Reply(200, {"results": [{"index": 0, "key": "p", "status": "deleted", "errors": []}]})]
    (result,) = payments.batch([Operation("delete", {"payment_id": "p"}, "from-far")], correlation_id="mine")
    assert (result.key, result.status, result.rejected) == ("p", "deleted", False)
    (request,) = script.received
    assert request.headers["x-correlation-id"] == "mine"
    assert request.body == {
        "operations": [{"op": "delete", "record": {"payment_id": "p"}, "correlation_id": "from-far"}]
    }
