"""The text of a caller: harmless, bounded, and another for every other caller."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared import caller
from lambdas.shared.caller import MAX_LENGTH, caller_text, escaped, is_caller_text
from txplatform.contracts.render.columns import WRITTEN_BY_PATTERN

ANY_TEXT = st.text(st.characters(), min_size=1, max_size=600)  # lone surrogates too, as JSON may bring them
ISSUER = "https://login.example/tenant/v2.0"


def test_usual_callers_can_be_read() -> None:
    assert caller_text(ISSUER, "crm-sync") == f"{ISSUER}#crm-sync"
    assert caller_text(ISSUER, "sync@project.iam.example") == f"{ISSUER}#sync@project.iam.example"


@given(ANY_TEXT, ANY_TEXT)
def test_any_caller_has_a_harmless_text_of_bounded_length(issuer: str, client_id: str) -> None:
    text = caller_text(escaped(issuer), escaped(client_id))
    assert text is not None
    assert is_caller_text(text)
    assert len(text) <= 2 * MAX_LENGTH + 1
    assert re.search(r"""["'`\\<>{}|;\s]""", text) is None
    assert text.split("#") == [escaped(issuer), escaped(client_id)]


@given(ANY_TEXT, ANY_TEXT)
def test_different_clients_have_different_texts(one: str, other: str) -> None:
    assert (escaped(one) == escaped(other)) == (one == other)


@pytest.mark.parametrize("long", ["A" * 400, "A" * 189 + "é" * 200, "A" * 190 + "é" * 200, "A" * 191 + "é" * 200])
def test_what_looks_like_a_shortened_one_is_another(long: str) -> None:
    assert escaped(escaped(long)) != escaped(long)


@pytest.mark.parametrize("end", ["", "é", "x", "%"])
def test_what_is_too_long_is_cut_and_stays_distinct(end: str) -> None:
    """Wherever an escape is cut, whole ones stay."""
    made = {escaped("a" * length + "é" * 200 + end) for length in range(6)}
    assert len(made) == 6
    assert all(caller._IDENTIFIER.fullmatch(text) for text in made)


def test_what_an_earlier_authorizer_said_is_escaped_here() -> None:
    assert caller_text("https://i", 'a"b') == "https://i#a%22b"
    assert caller_text("https://i#", "a") == "https://i%23#a"


@pytest.mark.parametrize(("issuer", "client_id"), [("", "a"), ("https://i", ""), ("", "")])
def test_nobody_is_no_caller(issuer: str, client_id: str) -> None:
    assert caller_text(issuer, client_id) is None


@pytest.mark.parametrize("text", ["", "a", "a#", "#a", "a#b#c", "a#b\n", "a#b c", "a#" + "b" * 257])
def test_what_is_not_the_text_of_a_caller(text: str) -> None:
    assert not is_caller_text(text)


def test_the_lake_accepts_the_same_texts() -> None:
    assert caller._CALLER.pattern == WRITTEN_BY_PATTERN
