"""A payload is shown with its own digits and names, and without a value that may be personal."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from txplatform.contracts.loader import load_contracts
from txplatform.dead_letters.masking import shown_payload
from txplatform_tests.samples.nested import purchases

CUSTOMERS = load_contracts()["customers"]
SECRET = "ada@example.com"


def shown(payload: str) -> str:
    return shown_payload(payload, CUSTOMERS, personal=False)


@pytest.mark.parametrize(
    "payload",
    [
        {"email": SECRET},
        {"Email": SECRET},
        {"e-mail": SECRET},
        {"op": "upsert", "record": {"email": SECRET}},
        {"status": [SECRET]},
        {"status": {"email": SECRET}},
        [{"status": SECRET}],
        SECRET,
    ],
)
def test_a_value_that_may_be_personal_is_masked(payload: object) -> None:
    text = json.dumps(payload)
    assert "ada" not in shown(text)
    assert "***" in shown(text)
    assert SECRET in shown_payload(text, CUSTOMERS, personal=True)


def test_values_of_fields_that_are_not_personal_are_shown_under_name_and_alias() -> None:
    assert json.loads(shown('{"op":"delete","record":{"country":"GB","BillingCountry":"DE","email":null}}')) == {
        "op": "delete",
        "record": {"country": "GB", "BillingCountry": "DE", "email": None},
    }


def test_what_lies_in_fields_without_anything_personal_is_shown() -> None:
    lines = [{"sku": "A", "discount": {"amount": 1.10}, "typo": SECRET}]
    record = {"line_items": lines, "attributes": {"any": "x"}, "payload": [{"a": [1]}], "tags": ["t"]}
    hidden = {"notes": [{"text": SECRET, "channel": "mail"}], "rest": {"b": SECRET}, "shipping": SECRET}
    found = shown_payload(json.dumps({**record, **hidden}), purchases(), personal=False)
    assert "ada" not in found
    assert json.loads(found) == {
        **record,
        "line_items": [{**lines[0], "typo": "***"}],
        "notes": [{"text": "***", "channel": "***"}],
        "rest": {"b": "***"},
        "shipping": "***",
    }


@pytest.mark.parametrize("payload", ["{", "no JSON", "[" * 5000 + "]" * 5000, '{"email": "ada'])
def test_what_is_no_json_is_masked_whole(payload: str) -> None:
    assert shown(payload) == f"*** ({len(payload)} characters that are no JSON, or nested too deeply)"
    assert shown_payload(payload, CUSTOMERS, personal=True) == payload


def test_numbers_keep_their_digits_and_doubled_names_are_both_there() -> None:
    payload = '{"a": 9007199254740993.010, "a": 1E400, "b": [], "c": {}, "d": [NaN, -0]}'
    assert shown_payload(payload, None, personal=True) == (
        '{\n  "a": 9007199254740993.010,\n  "a": 1E400,\n  "b": [],\n  "c": {},\n  "d": [\n    NaN,\n    -0\n  ]\n}'
    )


def test_without_a_contract_every_value_is_masked() -> None:
    assert json.loads(shown_payload('{"status": "x", "list": [1, true], "none": null}', None, personal=False)) == {
        "status": "***",
        "list": ["***", "***"],
        "none": None,
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(JSON)
def test_unmasked_it_is_the_same_value(value: object) -> None:
    assert json.loads(shown_payload(json.dumps(value), None, personal=True)) == value


@given(st.text())
def test_no_text_stops_it(text: str) -> None:
    assert shown(text)
