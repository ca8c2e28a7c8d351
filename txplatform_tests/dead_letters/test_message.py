"""What a message of a dead-letter queue is, whatever its body holds."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from txplatform.dead_letters.message import Kind, Reason
from txplatform_tests.dead_letters.messages import message, refused_body

SENT = datetime(2026, 11, 1, 10, tzinfo=UTC)


def test_a_refused_message_has_its_reasons_origin_and_times() -> None:
    read = message(refused_body('{"a":1}', ("currency", "enum"), ("", "type")), correlation_id="order-7")
    assert read.kind is Kind.REFUSED
    assert read.payload == '{"a":1}'
    assert read.reasons == (Reason("currency", "enum", "breaks enum"), Reason("", "type", "breaks type"))
    assert (read.entities, read.correlation_id) == ({"payments"}, "order-7")
    assert read.sent_at == SENT
    assert read.set_aside_at == SENT.replace(second=1)
    assert {"m1", "o1", "order-7"} <= read.ids


def test_a_refused_payload_of_a_source_system_has_its_places_and_outer_ids() -> None:
    reason = {"record": "charge", "entity": "payments", "field": "amount", "pointer": "/data/object/amount"}
    body = json.loads(refused_body("{}", reasons=[{**reason, "payload": 0, "rule": "type", "message": "no"}]))
    del body["entity"]
    read = message(json.dumps({**body, "system": "stripe", "envelopes": [{"kind": "sns", "id": "sns-1"}, 7]}))
    assert read.reasons == (Reason("amount", "type", "no", "payments", "/data/object/amount"),)
    assert read.entities == {"payments"}
    assert "sns-1" in read.ids


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"payment_id": "p"}', Kind.UNDELIVERED),
        ("[1]", Kind.UNDELIVERED),
        ("{", Kind.UNREADABLE),
        ("[" * 100_000, Kind.UNREADABLE),
        (refused_body(reasons=[{"rule": 1}]), Kind.UNDELIVERED),
        (refused_body(reasons={"rule": "enum"}), Kind.UNDELIVERED),
        (refused_body(payload=None), Kind.UNDELIVERED),
        (refused_body(origin="nowhere"), Kind.UNDELIVERED),
    ],
)
def test_what_is_not_exactly_a_dead_letter_is_kept_as_it_is(body: str, kind: Kind) -> None:
    read = message(body)
    assert (read.kind, read.body, read.payload, read.reasons) == (kind, body, body, ())
    assert read.sent_at == read.set_aside_at == read.entered_at == SENT


@pytest.mark.parametrize(
    "moment", [None, 7, "", "yesterday", "9999-12-31T23:59:59-23:59", [], "0001-01-01T00:00:00+23:59"]
)
def test_a_time_that_cannot_be_read_is_replaced_by_that_of_sqs(moment: object) -> None:
    read = message(refused_body(refused_at=moment, origin={"sent_at": moment, "message_id": 5}))
    assert read.kind is Kind.REFUSED
    assert read.sent_at == read.set_aside_at == SENT


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(json.loads(refused_body()), JSON)))
def test_no_body_stops_the_reader(changes: dict[str, object]) -> None:
    body = json.dumps(json.loads(refused_body()) | changes)
    read = message(body)
    assert read.body == body
    assert all(isinstance(each, str) for each in read.ids)
