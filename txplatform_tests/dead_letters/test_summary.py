"""Counts of dead letters."""

from txplatform.clock import timestamp_text
from txplatform.contracts.loader import load_contracts
from txplatform.dead_letters.summary import UNKNOWN_FIELD, Summary
from txplatform_tests.dead_letters.messages import message, refused_body


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


def test_without_a_contract_fields_count_under_their_own_names() -> None:
    summary = Summary(None)
    summary.add([message(refused_body("{}", ("/data/object", "unmapped")))])
    assert list(summary.groups) == [("unmapped", "/data/object")]
