"""Correlation ids: which one is taken, that any other is passed over, and that no input makes a function fail."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared import correlation
from lambdas.shared.correlation import MAX_LENGTH, accepted, of_message, of_request
from txplatform.contracts.render.columns import TRACE_ID_PATTERN

UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
XRAY = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
HOSTILE = [
    "",
    " ",
    "a b",
    "a,b",
    "a\nb",
    "a\x00b",
    "é",
    "ada@example.com",
    '"; DROP TABLE payments; --',
    "<script>",
    "https://example.com/login",
    "//example.com",
    "=1+1",
    "a" * (MAX_LENGTH + 1),
    "trailing\n",
]


def message(given_id: Any = None, trace_header: Any = None, message_id: Any = "m-1") -> dict[str, Any]:
    made: dict[str, Any] = {"messageId": message_id, "attributes": {}, "messageAttributes": {}}
    if given_id is not None:
        made["messageAttributes"]["correlation_id"] = {"stringValue": given_id, "dataType": "String"}
    if trace_header is not None:
        made["attributes"]["AWSTraceHeader"] = trace_header
    return made


@pytest.mark.parametrize("text", ["a", "7f3a", "order-service:42.retry=1", "A" * MAX_LENGTH])
def test_ids_of_common_systems_are_taken(text: str) -> None:
    assert accepted(text) == text


@pytest.mark.parametrize("value", [*HOSTILE, None, 7, b"x", ["x"], {"x": 1}], ids=repr)
def test_a_hostile_id_is_replaced_by_the_next_one(value: Any) -> None:
    assert accepted(value) is None
    assert of_message(message(value)) == "m-1"
    assert of_request({"headers": {"x-correlation-id": value}, "requestContext": {"requestId": "r-1"}}) == "r-1"


def test_a_message_s_own_id_comes_before_aws_s_and_that_before_the_message_s() -> None:
    assert of_message(message("own", XRAY)) == "own"
    assert of_message(message(None, XRAY)) == "1-5759e988-bd862e3fe1be46a994272793"
    assert of_message(message(None, f"Sampled=1;{XRAY}")) == "1-5759e988-bd862e3fe1be46a994272793"
    assert of_message(message(None, "Root=nonsense")) == "m-1"


def test_a_request_s_own_id_comes_before_the_trace_s_and_that_before_the_gateway_s() -> None:
    headers = {"x-correlation-id": "own", "traceparent": TRACEPARENT}
    context = {"requestContext": {"requestId": "r-1"}}
    assert of_request({"headers": headers, **context}) == "own"
    del headers["x-correlation-id"]
    assert of_request({"headers": headers, **context}) == "0af7651916cd43dd8448eb211c80319c"
    assert of_request({"headers": {"traceparent": TRACEPARENT.replace("0af7", "0AF7")}, **context}) == "r-1"
    assert of_request({"headers": {"traceparent": f"00-{'0' * 32}-b7ad6b7169203331-01"}, **context}) == "r-1"
    assert of_request({"headers": {"traceparent": f"ff{TRACEPARENT[2:]}"}, **context}) == "r-1"
    assert of_request({"headers": None, **context}) == "r-1"


def test_where_nothing_can_serve_an_id_is_made() -> None:
    made = {of_message({}), of_message(message(message_id="\n")), of_request({}), of_request({"requestContext": 7})}
    assert len(made) == 4
    assert all(re.fullmatch(UUID, text) for text in made)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@given(JSON, JSON, JSON)
def test_any_json_in_its_place_gives_an_acceptable_id(one: Any, other: Any, third: Any) -> None:
    event = {"messageId": one, "attributes": other, "messageAttributes": third}
    for made in (of_message(event), of_message(message(one, other, third))):
        assert accepted(made) == made
    request = of_request({"headers": one, "requestContext": other})
    assert accepted(request) == request


def test_the_lake_accepts_the_same_ids() -> None:
    assert correlation._ID.pattern == TRACE_ID_PATTERN
