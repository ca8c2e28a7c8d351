"""What `source` decides about messages, and what it says about those it refuses."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lambdas.shared.errors import MalformedEventError, Violation
from lambdas.shared.jsonio import dumps
from lambdas.shared.schema import EntitySchema
from lambdas.source.adapters import DeadLetter
from lambdas.source.core import (
    Accepted,
    Delivery,
    Message,
    Origin,
    Refused,
    alert,
    dead_letter,
    parse_event,
    validate,
)
from lambdas.source.packing import MAX_OPERATIONS, calls, pack
from lambdas.source.results import Rejected, rejections, superseded
from txplatform.contracts import names
from txplatform_tests.lambdas.conftest import SCHEMAS

PATTERNS = names.inbound_queue(names.ENTITY_SLOT), names.source_queue(names.SYSTEM_SLOT)
ORIGIN = Origin("txplatform-payments-inbound", "m", "2018-12-17T21:37:29.183000Z", 1)
SENT_AT = datetime(2018, 12, 17, 21, 37, 29, 183000, UTC)
DELIVERY = Delivery("txplatform-payments-inbound", SENT_AT, 1, "receipt")


def message(body: Any, message_id: str = "m") -> Message:
    text = body if isinstance(body, str) else dumps(body)
    return Message("payments", message_id, text, ORIGIN, f"trace-{message_id}", DELIVERY)


def test_a_captured_event_is_read_and_its_message_aligned(
    event: Callable[[str], Any], payments: EntitySchema, payment: dict[str, Any]
) -> None:
    [parsed] = parse_event(event("sqs"), *PATTERNS).by_entity["payments"]
    assert parsed.message_id == "059f36b4-87a3-44ab-83d2-661975830a7d"
    assert parsed.origin == replace(ORIGIN, message_id=parsed.message_id)
    assert parsed.delivery == replace(DELIVERY, receipt_handle="AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...")
    assert validate(payments, parsed) == Accepted(parsed, "upsert", payment)


@pytest.mark.parametrize("queue", ["orders", "txplatform-payments-inbound-dlq"])
def test_an_event_of_another_queue_is_refused(event: Callable[[str], Any], queue: str) -> None:
    other = event("sqs")
    other["Records"][0]["eventSourceARN"] = f"arn:aws:sqs:us-east-1:123456789012:{queue}"
    with pytest.raises(MalformedEventError, match=queue):
        parse_event(other, *PATTERNS)


@pytest.mark.parametrize("malformed", [{}, {"Records": [{}]}, {"Records": None}])
def test_another_event_is_refused(malformed: Any) -> None:
    with pytest.raises(MalformedEventError):
        parse_event(malformed, *PATTERNS)


def test_an_envelope_says_the_operation(payments: EntitySchema, payment: dict[str, Any]) -> None:
    upsert = validate(payments, message({"op": "upsert", "record": payment}))
    assert isinstance(upsert, Accepted)
    assert (upsert.op, upsert.record) == ("upsert", payment)
    delete = validate(payments, message({"op": "delete", "record": {"id": "pay_1", "updated": 1700000001}}))
    assert isinstance(delete, Accepted)
    assert delete.operation == {
        "op": "delete",
        "record": {"payment_id": "pay_1", "updated_at": "2023-11-14T22:13:21.000000Z"},
        "correlation_id": "trace-m",
    }


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("{", ("", "invalid_json")),
        ("[]", ("", "type")),
        ({"op": "truncate", "record": {}}, ("op", "enum")),
        ({"op": ["upsert"], "record": {}}, ("op", "enum")),
        ({"op": "delete", "record": 7}, ("", "type")),
        ({"op": "delete"}, ("op", "unknown_field")),
    ],
)
def test_what_is_not_an_operation_is_refused(payments: EntitySchema, body: Any, reason: tuple[str, str]) -> None:
    outcome = validate(payments, message(body))
    assert isinstance(outcome, Refused)
    assert reason in {(item.field, item.rule) for item in outcome.reasons}


@given(st.text() | st.binary().map(lambda raw: raw.decode("utf-8", "replace")), st.sampled_from(sorted(SCHEMAS)))
def test_any_body_is_refused_with_reasons_and_never_crashes(body: str, entity: str) -> None:
    refused = validate(SCHEMAS[entity], message(body))
    assert isinstance(refused, Refused)
    assert refused.reasons
    sent = json.loads(dead_letter(refused, "2026-01-01T00:00:00.000000Z", "1.0.0"))
    assert sent["payload"] == body


# Any text that JSON can spell, lone surrogates, noncharacters and controls among them.
TEXTS = st.text(max_size=8) | st.text(st.sampled_from("a\ud800\udfff\ufffe\uffff\x00"), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=10,
)
RECORDS = st.dictionaries(st.sampled_from(sorted(SCHEMAS["payments"].fields)) | TEXTS, VALUES, max_size=8)
DEAD_LETTERS = st.fixed_dictionaries(
    {
        "entity": st.just("payments"),
        "reasons": VALUES,
        "further_reasons": VALUES,
        "payload": TEXTS | VALUES.map(dumps),
        "origin": st.fixed_dictionaries(dict.fromkeys(asdict(ORIGIN), TEXTS) | {"receive_count": st.integers()})
        | VALUES,
        "refused_at": VALUES,
        "schema_version": VALUES,
    }
)


@given(VALUES | RECORDS | DEAD_LETTERS)
@example("\ud800\udfff")
def test_any_json_body_becomes_a_dead_letter_that_sqs_takes(body: Any) -> None:
    body = json.loads(json.dumps(body))  # as events arrive: JSON makes one character of a surrogate pair
    refused = validate(SCHEMAS["payments"], message(body))
    assert isinstance(refused, Refused)
    sent = dead_letter(refused, "2026-01-01T00:00:00.000000Z", "1.0.0")
    assert DeadLetter("m", sent, "trace-m").size == len(sent.encode()) + len("correlation_idStringtrace-m")
    assert not [char for char in sent if ord(char) < 0x20 or ord(char) in (0xFFFE, 0xFFFF)]
    assert json.loads(sent)["payload"] == refused.message.body


def test_a_dead_letter_escapes_only_what_sqs_does_not_take() -> None:
    payload = "я\U0001f600\ud800\ufffe\uffff\x01\t"
    sent = dead_letter(Refused(message(payload), ()), "2026-01-01T00:00:00.000000Z", "1.0.0")
    assert '"я\U0001f600\\ud800\\ufffe\\uffff\\u0001\\t"' in sent
    assert json.loads(sent)["payload"] == payload


def test_a_dead_letter_holds_reasons_payload_and_origin(payments: EntitySchema) -> None:
    refused = validate(payments, message('{ "payment_id": "pay_1",  "amount": 1.50 '))
    assert isinstance(refused, Refused)
    assert json.loads(dead_letter(refused, "2026-01-01T00:00:00.000000Z", "1.0.0")) == {
        "entity": "payments",
        "reasons": [{"field": "", "rule": "invalid_json", "message": "the text is no valid JSON at line 1, column 42"}],
        "further_reasons": 0,
        "payload": '{ "payment_id": "pay_1",  "amount": 1.50 ',
        "origin": {
            "queue": "txplatform-payments-inbound",
            "message_id": "m",
            "sent_at": "2018-12-17T21:37:29.183000Z",
            "receive_count": 1,
        },
        "refused_at": "2026-01-01T00:00:00.000000Z",
        "schema_version": "1.0.0",
    }


def test_an_alert_counts_reasons_and_shows_no_value() -> None:
    sesame = Violation("currency", "enum", "must be one of EUR, not 'sesame'")
    refused = [
        Refused(message("sesame"), (sesame, Violation("amount", "required", "must be present"))),
        Refused(message("sesame"), (sesame, *(Violation(f"f{index}", "minimum", "") for index in range(25)))),
    ]
    subject, text = alert("payments", refused, "inbound", "https://sqs/dlq")
    assert subject == "2 payments messages refused"
    assert alert("payments", refused[:1], "inbound", "https://sqs/dlq")[0] == "1 payments message refused"
    said = json.loads(text)
    assert said["refused"] == 2
    assert said["reasons"][0] == {"field": "currency", "rule": "enum", "count": 2}
    assert (len(said["reasons"]), said["further_reasons"]) == (20, 7)
    assert "sesame" not in text


def test_an_alert_names_fields_of_the_contract_alone(payments: EntitySchema, payment: dict[str, Any]) -> None:
    unknown = {"ada.lovelace@example.com": 1, "IBAN DE89 3704 0044 0532 0130 00": 2, "amount": "x"}
    refused = validate(payments, message({**payment, **unknown}))
    assert isinstance(refused, Refused)
    _, text = alert("payments", [refused], "inbound", "https://sqs/dlq")
    assert json.loads(text)["reasons"] == [
        {"field": "(unknown field)", "rule": "unknown_field", "count": 2},
        {"field": "amount", "rule": "type", "count": 1},
    ]
    sent = json.loads(dead_letter(refused, "2026-01-01T00:00:00.000000Z", "1.0.0"))
    assert {"ada.lovelace@example.com", "amount"} <= {reason["field"] for reason in sent["reasons"]}


def test_a_dead_letter_counts_the_reasons_that_it_does_not_list(payments: EntitySchema) -> None:
    refused = validate(payments, message({f"field{number}": 1 for number in range(150)}))
    assert isinstance(refused, Refused)
    sent = json.loads(dead_letter(refused, "2026-01-01T00:00:00.000000Z", "1.0.0"))
    assert (len(sent["reasons"]), sent["further_reasons"]) == (100, len(refused.reasons) - 100)


def test_a_dead_letter_is_hardly_larger_than_its_payload(payments: EntitySchema) -> None:
    body = '{"description": ' + "я" * 100_000
    refused = validate(payments, message(body))
    assert isinstance(refused, Refused)
    sent = dead_letter(refused, "2026-01-01T00:00:00.000000Z", "1.0.0")
    assert DeadLetter("m", sent, "trace-m").size < len(body.encode()) + 1000


def test_the_payload_of_a_dead_letter_moved_back_is_validated(payments: EntitySchema, payment: dict[str, Any]) -> None:
    first = Refused(message(payment, "first"), (Violation("currency", "enum", "was not allowed yet"),))
    sent = json.loads(dead_letter(first, "2026-01-01T00:00:00.000000Z", "1.0.0"))
    moved = replace(message(sent, "moved"), origin=Origin("txplatform-payments-inbound", "moved", "later", 7))
    held = Message("payments", "moved", first.message.body, ORIGIN, "trace-moved", DELIVERY)
    assert validate(payments, moved) == Accepted(held, "upsert", payment)


@pytest.mark.parametrize("body", ["{", "[]"])
def test_a_second_refusal_keeps_the_first_origin(payments: EntitySchema, body: str) -> None:
    dead_letters: list[Any] = []
    current = message(body)
    for day in (1, 2, 3):
        refused = validate(payments, current)
        assert isinstance(refused, Refused)
        dead_letters.append(json.loads(dead_letter(refused, f"2026-01-0{day}T00:00:00.000000Z", "1.0.0")))
        current = replace(message(dead_letters[-1], f"m{day}"), origin=replace(ORIGIN, message_id=f"m{day}"))
    assert [item.pop("refused_at")[:10] for item in dead_letters] == [
        "2026-01-01",
        "2026-01-02",
        "2026-01-03",
    ]
    assert dead_letters == [dead_letters[0]] * 3
    assert (dead_letters[0]["payload"], dead_letters[0]["origin"]["message_id"]) == (body, "m")


@pytest.mark.parametrize(
    "change",
    [
        {"entity": "trades"},
        {"payload": {}},
        {"payload": "\ud800"},
        {"payload": "\uffff"},
        {"payload": "\x00"},
        {"origin": {}},
        {"origin": "x"},
        *({"origin": asdict(ORIGIN) | {name: "\udfff"}} for name in asdict(ORIGIN)),
        {"origin": asdict(ORIGIN) | {"queue": 7}},
        {"origin": asdict(ORIGIN) | {"receive_count": "1"}},
        {"origin": asdict(ORIGIN) | {"receive_count": True}},
        {"more": 1},
    ],
    ids=ascii,
)
def test_what_only_resembles_a_dead_letter_is_a_message(payments: EntitySchema, change: dict[str, Any]) -> None:
    sent = json.loads(dead_letter(Refused(message("{"), ()), "2026-01-01T00:00:00.000000Z", "1.0.0")) | change
    refused = validate(payments, message(sent))
    assert isinstance(refused, Refused)
    assert refused.message == message(sent)
    assert ("payload", "unknown_field") in {(reason.field, reason.rule) for reason in refused.reasons}


def test_calls_stay_within_the_api_s_limits(payment: dict[str, Any]) -> None:
    accepted = [Accepted(message(payment, f"m{index}"), "upsert", payment) for index in range(2 * MAX_OPERATIONS + 1)]
    assert [len(call) for call in calls(accepted)] == [MAX_OPERATIONS, MAX_OPERATIONS, 1]
    large = [Accepted(item.message, "upsert", {"description": "x" * 1_500_000}) for item in accepted[:3]]
    assert [len(call) for call in calls(large)] == [2, 1]


@given(st.lists(st.integers(1, 12)), st.integers(1, 4), st.integers(1, 10))
def test_packing_keeps_all_in_order_within_limits(weights: list[int], most: int, most_bytes: int) -> None:
    chunks = list(pack(weights, int, most, most_bytes))
    assert [weight for chunk in chunks for weight in chunk] == weights
    assert all(chunk and len(chunk) <= most and (len(chunk) == 1 or sum(chunk) <= most_bytes) for chunk in chunks)


def test_rejections_of_the_api_carry_its_reasons(payment: dict[str, Any]) -> None:
    call = [Accepted(message(payment, name), "upsert", payment) for name in ("a", "b")]
    reason = {"field": "created_at", "rule": "partition_immutable", "message": "differs"}
    results = [{"index": 0, "status": "written", "errors": []}, {"index": 1, "status": "rejected", "errors": [reason]}]
    assert list(rejections("rejected", call, results)) == [Rejected(call[1], (Violation(**reason),), 0)]
    results[1]["further_errors"] = 7
    [found] = rejections("rejected", call, results)
    sent = json.loads(dead_letter(Refused(found.accepted.message, found.reasons, found.further), "", "1.0.0"))
    assert sent["further_reasons"] == 7


def test_a_message_is_superseded_when_the_api_says_so(payment: dict[str, Any]) -> None:
    call = [Accepted(message(payment, name), "upsert", payment) for name in ("a", "b", "c")]
    results = [
        {"index": index, "status": status} for index, status in enumerate(("superseded", "unchanged", "written"))
    ]
    assert superseded(call, results) == [call[0].message]
