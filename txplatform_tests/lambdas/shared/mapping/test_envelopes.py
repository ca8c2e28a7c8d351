"""Envelopes around payloads: each alone, in each other, broken, and hostile."""

import base64
import gzip
import json
import zlib
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared.mapping import envelopes
from lambdas.shared.mapping.envelopes import MAX_PAYLOADS, unwrap

ALL = ("sns", "eventbridge", "cloudevents", "array", "gzip")
PAYLOAD = {"object": "charge", "amount": 7}


def sns(message: Any, **changes: Any) -> dict[str, Any]:
    return {
        "Type": "Notification",
        "MessageId": "sns-1",
        "TopicArn": "arn:aws:sns:us-east-1:123456789012:payments",
        "Message": message,
        "Timestamp": "2026-01-01T00:00:00.000Z",
        "SignatureVersion": "1",
        **changes,
    }


def eventbridge(detail: Any) -> dict[str, Any]:
    return {
        "version": "0",
        "id": "eb-1",
        "detail-type": "charge.succeeded",
        "source": "aws.partner/stripe.com/ed_1",
        "account": "123456789012",
        "time": "2026-01-01T00:00:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail": detail,
    }


def cloudevent(**content: Any) -> dict[str, Any]:
    return {"specversion": "1.0", "id": "ce-1", "source": "/shop", "type": "order.paid", **content}


def text_of(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def nested(times: int) -> str:
    """A payload in so many notifications in each other."""
    return text_of(PAYLOAD) if times == 0 else json.dumps(sns(nested(times - 1)))


def packed(value: Any) -> str:
    return base64.b64encode(
        gzip.compress(value if isinstance(value, bytes) else json.dumps(value).encode(), mtime=0)
    ).decode()


def found(value: Any, *allowed: str) -> tuple[list[Any], list[tuple[str, str]], list[str]]:
    """The payloads, the ids around them, and the rules by which others are refused."""
    unwrapped = unwrap(text_of(value), allowed or ALL)
    ids = [(item.envelope, item.id) for item in unwrapped.ids]
    return [item.value for item in unwrapped.payloads], ids, [item.rule for item in unwrapped.refusals]


@pytest.mark.parametrize(
    ("wrapped", "ids"),
    [
        (PAYLOAD, []),
        (sns(json.dumps(PAYLOAD)), [("sns", "sns-1")]),
        (eventbridge(PAYLOAD), [("eventbridge", "eb-1")]),
        (cloudevent(data=PAYLOAD), [("cloudevents", "ce-1")]),
        (cloudevent(data=json.dumps(PAYLOAD)), [("cloudevents", "ce-1")]),
        (cloudevent(data_base64=base64.b64encode(json.dumps(PAYLOAD).encode()).decode()), [("cloudevents", "ce-1")]),
        ([PAYLOAD], []),
        (packed(PAYLOAD), []),
        (sns(json.dumps(eventbridge(PAYLOAD))), [("sns", "sns-1"), ("eventbridge", "eb-1")]),
        (sns(packed([cloudevent(data=PAYLOAD)])), [("sns", "sns-1"), ("cloudevents", "ce-1")]),
        (nested(5), [("sns", "sns-1")]),
    ],
)
def test_a_payload_comes_out_with_the_ids_around_it(wrapped: Any, ids: list[tuple[str, str]]) -> None:
    assert found(wrapped) == ([PAYLOAD], ids, [])


@pytest.mark.parametrize("wrapped", [sns("{}"), eventbridge(PAYLOAD), cloudevent(data=1), [PAYLOAD]])
def test_an_envelope_that_the_system_does_not_expect_is_the_payload(wrapped: Any) -> None:
    assert found(wrapped, "gzip") == ([wrapped], [], [])


def test_one_of_many_that_cannot_be_read_leaves_the_others() -> None:
    assert found([PAYLOAD, "{", packed(b"\xff"), PAYLOAD]) == ([PAYLOAD] * 2, [], ["invalid_json", "envelope"])


@pytest.mark.parametrize(
    ("wrapped", "rule"),
    [
        ("", "invalid_json"),
        ("{", "invalid_json"),
        ('{"a": NaN}', "invalid_json"),
        ('{"a": 1, "a": 2}', "invalid_json"),
        ('{"a": "\\ud800"}', "invalid_json"),
        ('{"\\udc00": 1}', "invalid_json"),
        ("[" * 100_000, "invalid_json"),
        ('{"a":' * 33 + "1" + "}" * 33, "invalid_json"),
        (json.dumps({"a": "x" * 1_048_577}), "invalid_json"),
        (sns("{"), "invalid_json"),
        (sns(json.dumps(PAYLOAD), MessageId=7), "envelope"),
        (cloudevent(data=1, data_base64="MQ=="), "envelope"),
        (cloudevent(data_base64="%"), "envelope"),
        (packed(PAYLOAD)[:-8], "envelope"),
        ("H4sI%%%%", "envelope"),
        ("H4sIAAAA", "envelope"),
        (base64.b64encode(gzip.compress(b"1", mtime=0) + b"more").decode(), "envelope"),
        (nested(6), "envelope"),
        ([PAYLOAD] * (MAX_PAYLOADS + 1), "too_many"),
        ([[PAYLOAD] * MAX_PAYLOADS, PAYLOAD], "too_many"),
        ([PAYLOAD, [PAYLOAD] * MAX_PAYLOADS, PAYLOAD], "too_many"),
        (["{"] * 3, "invalid_json"),
        ([["{"] * MAX_PAYLOADS, "{"], "too_many"),
    ],
)
def test_what_cannot_be_read_is_refused(wrapped: Any, rule: str) -> None:
    payloads, _, rules = found(wrapped)

    assert (payloads, set(rules)) == ([], {rule})


def test_what_unpacks_to_too_much_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(packed(b" " * 9_000_000 + b"1")) == ([], [], ["too_large"])
    monkeypatch.setattr(envelopes, "MAX_BYTES", 100)
    part = packed(b" " * 59 + b"1")
    assert found([part, part, "2"]) == ([1, 2], [], ["too_large"]), "the bound is of the message"


def test_a_pair_of_surrogates_is_one_character() -> None:
    assert found('{"a": "\\ud83d\\ude00"}') == ([{"a": "😀"}], [], [])


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
_WRAPPED = st.recursive(
    _JSON,
    lambda inner: (
        inner.map(eventbridge)
        | inner.map(lambda value: sns(text_of(value)))
        | inner.map(lambda value: cloudevent(data=value))
        | inner.map(packed)
        | st.lists(inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.text() | st.binary().map(packed) | _WRAPPED.map(text_of))
def test_no_text_breaks_the_reader(text: str) -> None:
    unwrapped = unwrap(text, ALL)

    assert len(unwrapped.payloads) <= MAX_PAYLOADS
    if "[" not in text and "H4sI" not in text:
        assert len(unwrapped.payloads) + len(unwrapped.refusals) == 1


def test_after_the_last_byte_that_may_be_unpacked_nothing_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """To zlib, a limit of no bytes is no limit."""
    monkeypatch.setattr(envelopes, "MAX_BYTES", 100)
    unpacked: list[int] = []

    class Unpacker:
        def __init__(self, *given: Any) -> None:
            self._inner = zlib.decompressobj(*given)

        def decompress(self, data: bytes, most: int) -> bytes:
            found = self._inner.decompress(data, most)
            unpacked.append(len(found))
            return found

    monkeypatch.setattr(envelopes, "zlib", SimpleNamespace(
        decompressobj=Unpacker, MAX_WBITS=zlib.MAX_WBITS, error=zlib.error
    ))  # fmt: skip

    payloads, _, rules = found([packed("x" * 10_000)] * 3)

    assert (payloads, rules) == ([], ["too_large"] * 3)
    assert unpacked == [101]
