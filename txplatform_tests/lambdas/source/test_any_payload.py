"""Any record comes back from its payload, each single mutation is named, and no text breaks the reader."""

import base64
import gzip
import json
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.shared.jsonio import dumps, loads
from lambdas.shared.mapping.document import SystemMapping
from lambdas.shared.mapping.messages import read_message
from lambdas.source.core import MAX_REASONS_IN_DEAD_LETTER, Delivery, Message, Origin
from lambdas.source.systems import Outcome, dead_letter, read
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.mapping.loader import SHIPPED, load_systems
from txplatform.contracts.render.mapping import mapping_document
from txplatform_tests.contracts.strategies import records
from txplatform_tests.lambdas.conftest import SCHEMAS
from txplatform_tests.lambdas.source.inverse import MAPPING, MUTATIONS, payload_of

CONTRACT = load_contracts()["payments"]
RECORDS = records(CONTRACT)
SYSTEMS = {
    name: SystemMapping.parse(loads(dumps(mapping_document(system))))
    for name, system in load_systems(load_contracts()).items()
}
GOLDENS = [(path.parent.name, path) for path in sorted(SHIPPED.glob("*/*.json")) if ".expected." not in path.name]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["", "usd", "2024-01-01", 10**400]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def _json(value: Any) -> str:
    return json.dumps(value, default=float)


@given(st.lists(RECORDS, min_size=1, max_size=3), st.booleans())
def test_a_record_comes_back_unchanged_from_its_payload(given_records: list[dict[str, Any]], packed: bool) -> None:
    for record in given_records:
        record["merchant_id"] = given_records[0]["merchant_id"]
    text = json.dumps(payload_of(*given_records))
    text = base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode() if packed else text

    made = read_message(MAPPING, SCHEMAS.__getitem__, text)

    assert (made.refusals, made.ignored) == ([], [])
    assert [dict(item.record) for item in made.records] == given_records


@pytest.mark.parametrize("system", SYSTEMS)
def test_messages_that_come_together_are_each_read_as_if_alone(system: str) -> None:
    texts = [path.read_text(encoding="utf-8") for name, path in GOLDENS if name == system]
    messages = [_message(system, text) for text in ("{", *texts, "[]")]

    together = read(SYSTEMS[system], SCHEMAS.__getitem__, messages)
    alone = [read(SYSTEMS[system], SCHEMAS.__getitem__, [message])[0] for message in messages]

    assert [_said(outcome) for outcome in together] == [_said(outcome) for outcome in alone]


def _said(outcome: Outcome) -> tuple[object, ...]:
    found = outcome.read
    operations = [accepted.operation for accepted in outcome.accepted]
    return outcome.message, operations, found.refusals, found.ignored, found.ids, found.further


@pytest.mark.parametrize("field", MUTATIONS)
@settings(max_examples=10)
@given(data=st.data())
def test_a_single_mutation_is_refused_naming_exactly_its_field(field: str, data: st.DataObject) -> None:
    good, bad = data.draw(RECORDS), data.draw(RECORDS)
    bad["merchant_id"] = good["merchant_id"]
    payload = payload_of(good, bad)
    key, values = MUTATIONS[field]
    value = data.draw(st.sampled_from(values))
    if key is None:
        payload["rows"][1][0] = value
    else:
        payload["rows"][1][1][key] = value

    made = read_message(MAPPING, SCHEMAS.__getitem__, _json_exact(payload))

    assert {refusal.field for refusal in made.refusals} == {field}
    places = {refusal.pointer for refusal in made.refusals}
    assert all(place.startswith("/rows/1/0" if key is None else f"/rows/1/1/{key}") for place in places)
    assert [dict(item.record) for item in made.records] == [good], "the other record goes on"


def _json_exact(value: Any) -> str:
    """JSON in which decimals keep their digits."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{_json_exact(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_json_exact, value)) + "]"
    return json.dumps(value) if isinstance(value, str | int | None) else str(value)


def _mutated(payload: Any, data: st.DataObject) -> Any:
    """The payload with one of its values replaced or removed."""
    places: list[tuple[Any, Any]] = []
    waiting = [payload]
    while waiting:
        value = waiting.pop()
        for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
            places.append((value, key))
            waiting.append(value[key])
    container, key = data.draw(st.sampled_from(places))
    if data.draw(st.booleans()):
        container[key] = data.draw(JSON)
    else:
        del container[key]
    return payload


@settings(max_examples=1000)
@given(data=st.data())
def test_no_mutation_of_a_payload_breaks_the_reader(data: st.DataObject) -> None:
    system, path = data.draw(st.sampled_from(GOLDENS))
    payload = _mutated(deepcopy(json.loads(path.read_text(encoding="utf-8"))), data)

    _check(system, _json(payload))


@settings(max_examples=3000)
@given(
    st.sampled_from(sorted(SYSTEMS)), st.text() | st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape"))
)
def test_no_text_breaks_the_reader(system: str, text: str) -> None:
    _check(system, text)


def _check(system: str, text: str) -> None:
    """The message ends in records, in reasons, or ignored; and its dead letter is a text that SQS takes."""
    [outcome] = read(SYSTEMS[system], SCHEMAS.__getitem__, [_message(system, text)])
    assert outcome.read.records or outcome.read.refusals or outcome.read.ignored
    sent = json.loads(dead_letter(outcome, system, "2026-01-01T00:00:00.000000Z", "1.0.0"))
    assert len(sent["reasons"]) == min(len(outcome.read.refusals), MAX_REASONS_IN_DEAD_LETTER)
    assert sent["payload"] == text


def _message(system: str, text: str) -> Message:
    delivery = Delivery("q", datetime(2026, 1, 1, tzinfo=UTC), 1, "receipt")
    return Message(system, "m", text, Origin("q", "m", "2026-01-01T00:00:00.000000Z", 1), "c", delivery)
