"""Counts of dead letters."""

from txplatform.clock import timestamp_text
from txplatform.contracts.loader import load_contracts
from txplatform.dead_letters.summary import UNKNOWN_FIELD, Summary
from txplatform_tests.dead_letters.messages import message, refused_body
from txplatform_tests.samples.nested import purchases


def test_each_message_counts_once_under_each_of_its_reasons() -> None:
    summary = Summary(load_contracts()["payments"])
    first = refused_body("{}", ("currency", "enum"), ("currency", "enum"), ("", "type"))
    later = refused_body("{}", ("currency", "enum"), refused_at="2026-11-02T00:00:00.000000Z")
    unknown = refused_body("{}", ("ada", "unknown_field"), ("bob", "unknown_field"))
    summary.add([message(later), message(first)])
    summary.add([message(unknown), message("{}"), message("{")])
    assert summary.total is not None
    assert summary.total.count == 5
    assert {key: group.count for key, group in summary.groups.items()} == {
        ("enum", "currency"): 2,
        ("type", ""): 1,
        ("unknown_field", UNKNOWN_FIELD): 1,
        ("undelivered", ""): 1,
        ("unreadable", ""): 1,
    }
    enum = summary.groups["enum", "currency"]
    assert timestamp_text(enum.oldest) == "2026-11-01T10:00:01.000000Z"
    assert timestamp_text(enum.newest) == "2026-11-02T00:00:00.000000Z"


def test_reasons_within_a_field_count_by_place_without_the_source_s_own_words() -> None:
    summary = Summary(purchases())
    places = (("line_items[0].amount", "scale"), ("line_items[1].amount", "scale"), ('attributes["ada"]', "type"))
    summary.add([message(refused_body("{}", *places, ("shipping.ada", "unknown_field"), ("ada.lovelace", "type")))])
    assert set(summary.groups) == {
        ("scale", "line_items[].amount"),
        ("type", "attributes[]"),
        ("unknown_field", UNKNOWN_FIELD),
        ("type", UNKNOWN_FIELD),
    }


def test_without_a_contract_fields_count_under_their_own_names() -> None:
    summary = Summary(None)
    summary.add([message(refused_body("{}", ("/data/object", "unmapped")))])
    assert list(summary.groups) == [("unmapped", "/data/object")]
