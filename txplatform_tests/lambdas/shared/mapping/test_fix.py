"""FIX messages: read exactly where they are whole, and refused by a rule in every other case."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared.mapping.envelopes import unwrap
from lambdas.shared.mapping.fix import decode
from lambdas.shared.mapping.refusals import RefusedError
from txplatform_tests.contracts.sources.fix_messages import SOH, fix_message

REPORT = [(35, "8"), (49, "BRKR"), (17, "E1"), (58, "a=b c"), (31, "61.05")]


@pytest.mark.parametrize("separator", [SOH, "|"])
def test_a_message_becomes_its_fields(separator: str) -> None:
    message = fix_message(REPORT, separator)

    fields = decode(message)

    assert fields == {
        "8": "FIX.4.4", "9": "37", "35": "8", "49": "BRKR", "17": "E1", "58": "a=b c", "31": "61.05",
        "10": message[-4:-1],
    }  # fmt: skip
    assert decode(message[:-1]) == decode(f"{message}\r\n") == fields


def test_a_bar_within_a_value_is_no_separator_where_soh_is() -> None:
    assert decode(fix_message([(35, "8"), (58, "a|b")]))["58"] == "a|b"


def test_data_may_hold_the_separator() -> None:
    assert decode(fix_message([(35, "8"), (95, 7), (96, f"a{SOH}10=9{SOH}"), (31, "1")]))["96"] == f"a{SOH}10=9{SOH}"
    assert decode(fix_message([(35, "8"), (354, 2), (355, "é")]))["355"] == "é", "lengths are in bytes"


def test_groups_are_left_out_whatever_repeats_in_them() -> None:
    parties = [(448, "A"), (447, "D"), (452, 1), (802, 1), (523, "X"), (803, 2)]

    fields = decode(fix_message([*REPORT, (453, 2), *parties, *parties, (555, 2), (600, "L1"), (566, 1), (600, "L2")]))

    assert fields["453"] == "2"
    assert not fields.keys() & {"448", "523", "600"}
    assert fields["31"] == "61.05"


@pytest.mark.parametrize("tag", [8, 9, 10, 17, 31, 35, 453, 5001])
def test_a_tag_that_stands_twice_is_refused(tag: int) -> None:
    with pytest.raises(RefusedError, match="twice") as caught:
        decode(fix_message([*REPORT, (453, 1), (5001, "x"), (tag, "7"), *([(10, "000")] if tag == 10 else [])]))

    assert caught.value.rule == "fix_duplicate"


def altered(pattern: str, replacement: str, message: str = "") -> str:
    text, count = re.subn(pattern, replacement, message or fix_message(REPORT, "|"), count=1)
    assert count == 1
    return text


@pytest.mark.parametrize(
    ("message", "rule"),
    [
        (altered("61.05", "61.06"), "fix_checksum"),
        (altered(r"10=...", "10=999"), "fix_checksum"),
        (altered(r"9=37", "9=36"), "fix_body_length"),
        (altered(r"9=37", "9=999999999"), "fix_body_length"),
        (altered(r"10=...\|", ""), "fix_body_length"),
        (altered(r"(10=...\|)", r"\1junk"), "fix_body_length"),
        (altered(r"(10=...)\|", r"\g<1>0|"), "fix_body_length"),
        (fix_message(REPORT) * 2, "fix_body_length"),
        (altered(r"9=37\|", ""), "fix_structure"),
        (altered("35=8", "36=8"), "fix_structure"),
        (altered(r"9=37", "9=-1"), "fix_structure"),
        ("8=FIX.4.4;9=5;35=0;10=000;", "fix_structure"),
        (fix_message([*REPORT, (0, "x")]), "fix_structure"),
        (fix_message([*REPORT, (44, "")]), "fix_structure"),
        (fix_message([(35, f"8{SOH}{SOH}31=1")]), "fix_structure"),
        (fix_message([(35, f"8{SOH}text")]), "fix_structure"),
        (fix_message([(35, "8"), (95, 3), (96, "abcd")]), "fix_structure"),
        (fix_message([(35, "8"), (95, 9999999), (96, "abcd")]), "fix_structure"),
        (fix_message([(35, "8"), (95, 1), (96, "é")]), "fix_structure"),
        ("8=FIX.4.4|9=5|35=8\udc00|10=000|", "fix_structure"),
    ],
)  # fmt: skip
def test_a_message_that_is_not_whole_is_refused(message: str, rule: str) -> None:
    with pytest.raises(RefusedError) as caught:
        decode(message)

    assert caught.value.rule == rule


@given(
    st.text(st.sampled_from("8=FIX.4953|10\x01é\udc00"))
    | st.lists(st.tuples(st.integers(0, 999), st.text())).map(fix_message)
)
def test_any_text_is_read_or_refused(text: str) -> None:
    read = unwrap(text, ["fix"])

    assert all({"8", "9", "35", "10"} <= item.value.keys() for item in read.payloads if isinstance(item.value, dict))
    assert len(read.payloads) + len(read.refusals) == 1


@given(st.data())
def test_any_byte_that_changes_is_noticed(data: st.DataObject) -> None:
    message = fix_message(REPORT)
    position = data.draw(st.integers(0, len(message) - 2))
    changed = data.draw(st.characters(codec="ascii", exclude_characters=message[position]))

    with pytest.raises(RefusedError):
        decode(message[:position] + changed + message[position + 1 :])


def test_messages_are_read_as_texts_in_envelopes_and_only_where_the_system_says_so() -> None:
    message = fix_message(REPORT)

    assert [item.value["17"] for item in unwrap(message, ["fix"]).payloads] == ["E1"]
    assert unwrap(message, ["array"]).refusals[0].rule == "invalid_json"
    assert unwrap('"8=FIX"', ["array"]).payloads[0].value == "8=FIX"
    assert unwrap('"8=FIX"', ["fix"]).refusals[0].rule == "fix_structure"
