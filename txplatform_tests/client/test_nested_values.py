"""Nested values as a program has them: typed at every depth, and written back with every digit."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from txplatform.client import jsontext
from txplatform.client.values import Typing
from txplatform_tests.samples.nested import purchases

ANSWERED = b"""{"total": "1.00", "line_items": [{"sku": "A", "amount": "1.1000", "discount": {"amount": "0.10"},
"ships_on": "2026-11-02", "taxes": ["0.210000"]}], "fees": {"bank": "0.30"}, "tags": ["1.00"],
"shipping": {"carrier": "post", "handed_over_at": "2026-11-01T09:30:00.000000Z"}, "notes": null,
"payload": {"price": 9007199254740993.01, "text": "1.00"}}"""
TYPED: dict[str, Any] = {
    "total": Decimal("1.00"),
    "line_items": [
        {
            "sku": "A",
            "amount": Decimal("1.1000"),
            "discount": {"amount": Decimal("0.10")},
            "ships_on": date(2026, 11, 2),
            "taxes": [Decimal("0.210000")],
        }
    ],
    "fees": {"bank": Decimal("0.30")},
    "tags": ["1.00"],
    "shipping": {"carrier": "post", "handed_over_at": datetime(2026, 11, 1, 9, 30, tzinfo=UTC)},
    "notes": None,
    "payload": {"price": Decimal("9007199254740993.01"), "text": "1.00"},
}


def test_values_have_their_types_at_every_depth() -> None:
    assert Typing(purchases()).record(jsontext.loads(ANSWERED)) == TYPED


def test_what_does_not_fit_stays_as_it_came() -> None:
    odd = {"line_items": {"sku": 1}, "shipping": ["x"], "fees": [{}], "total": "much"}
    assert Typing(purchases()).record(dict(odd)) == odd


def test_a_number_in_json_is_written_back_as_a_number_and_a_text_as_a_text() -> None:
    written = jsontext.loads(jsontext.dumps(TYPED))
    assert written["payload"] == TYPED["payload"]
    assert written["line_items"][0]["amount"] == Decimal("1.1000")
    assert written["shipping"]["handed_over_at"] == "2026-11-01T09:30:00.000000Z"
    assert b"9007199254740993.01" in jsontext.dumps(TYPED)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("1e2000")], ids=["no number", "too long"])
def test_what_would_make_a_whole_body_unreadable_is_a_text(value: Decimal) -> None:
    assert isinstance(json.loads(jsontext.dumps([value]))[0], str)


def test_a_float_has_no_exact_form_at_any_depth() -> None:
    with pytest.raises(TypeError):
        jsontext.dumps({"a": [{"b": 1.5}]})
