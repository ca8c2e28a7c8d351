"""Distinct keys have distinct texts, and a text gives its values back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared.record_key import key_values, record_key

PAIRS = st.tuples(st.text("ab%#/?23F5"), st.text("ab%#/?23F5"))


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (("pay_1", ""), "pay_1#"),
        (("XNYS", "a#b"), "XNYS#a%23b"),
        (("a/b", "c%d?"), "a%2Fb#c%25d%3F"),
        ((7, True), "7#true"),
    ],
)
def test_record_key(values: tuple[str | int | bool, str | int | bool], text: str) -> None:
    assert record_key(("one", "two"), {"two": values[1], "one": values[0]}) == text


@given(PAIRS)
def test_a_key_gives_its_values_back(pair: tuple[str, str]) -> None:
    text = record_key(("one", "two"), {"one": pair[0], "two": pair[1]})
    assert key_values(text) == list(pair)
    assert not set("/?") & set(text)
