"""JSON on the money path: exact, or refused."""

import sys
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared.errors import InvalidJsonError
from lambdas.shared.jsonio import MAX_DEPTH, MAX_NUMBER_LENGTH, Limits, dumps, loads

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "NaN",
        "[Infinity]",
        '{"a": -Infinity}',
        '{"a": 1, "a": 2}',
        '{"a": {"b": 1, "b": 1}}',
        "1e9999999999999999999999",
        "9" * 5000,
        "[" * 100_000,
        "{} {}",
        "\ufeff{}",
    ],
    ids=lambda text: text[:20],
)
def test_what_has_no_one_meaning_is_refused(text: str) -> None:
    with pytest.raises(InvalidJsonError):
        loads(text)


@pytest.mark.parametrize(
    ("text", "place"),
    [("", "line 1, column 1"), ('{"a": secret}', "line 1, column 7"), ('{\n "a": 1\n "b": 2}', "line 3, column 2")],
)
def test_where_a_text_is_no_json_is_said_and_nothing_of_it(text: str, place: str) -> None:
    with pytest.raises(InvalidJsonError) as caught:
        loads(text)
    assert str(caught.value) == f"the text is no valid JSON at {place}"


def nested(depth: int, shape: str) -> str:
    opening, closing = {"lists": ("[", "]"), "objects": ('{"a":', "}"), "both": ('[{"a":', "}]")}[shape]
    levels = depth // (2 if shape == "both" else 1)
    return f"{opening * levels}1{closing * levels}"


@pytest.mark.parametrize("shape", ["lists", "objects", "both"])
def test_a_text_nests_as_deep_as_is_said_and_no_deeper(shape: str) -> None:
    deepest = nested(MAX_DEPTH, shape)
    assert dumps(loads(deepest)) == deepest
    beside = f'[{"[]," * 1000}"[[[{{{{{{",{nested(MAX_DEPTH - 2, shape)}]'
    assert len(loads(beside)) == 1002, "how many there are beside each other does not count, nor what is in a text"
    for depth in (MAX_DEPTH + 2, 300, 900, 4_000, 100_000):
        for text in (nested(depth, shape), f"[{nested(depth, shape)}, 1]", f'{{"b": [0, {nested(depth, shape)}]}}'):
            with pytest.raises(InvalidJsonError, match=f"more than {MAX_DEPTH} deep"):
                loads(text)


def test_a_level_more_than_is_said_is_refused() -> None:
    with pytest.raises(InvalidJsonError):
        loads(f"[{nested(MAX_DEPTH, 'lists')}]")


@pytest.mark.parametrize("form", ["{}", "-{}", "0.{}", "1e-{}", "{}.5", '{{"a": [{}]}}'])
def test_a_number_is_as_long_as_is_said_and_no_longer(form: str) -> None:
    with pytest.raises(InvalidJsonError):
        loads(form.format("9" * (MAX_NUMBER_LENGTH + 1)))
    if "e" not in form:
        assert loads(form.format("9" * (MAX_NUMBER_LENGTH - 2)))


def test_a_number_that_this_python_could_make_is_refused_by_its_length() -> None:
    assert sys.get_int_max_str_digits() > MAX_NUMBER_LENGTH + 1
    with pytest.raises(InvalidJsonError, match=f"more than {MAX_NUMBER_LENGTH} characters"):
        loads("9" * (MAX_NUMBER_LENGTH + 1))


LIMITS = Limits(depth=3, text=8)


@pytest.mark.parametrize(
    "text",
    [
        '[[["a"]]]',
        '[{"a": ["[[[["]}]',
        '["]", "\\"[[[[", ["{{{{"]]',
        "[[], [], [], [[]]]",
        '"12345678"',
        '"\\ud83d\\ude00"',
        '{"12345678": "\\u00e9"}',
    ],
)
def test_what_is_within_the_limits_is_read_as_without_them(text: str) -> None:
    assert loads(text, LIMITS) == loads(text)


@pytest.mark.parametrize(
    "text",
    [
        "[[[[]]]]",
        '{"a": [{"b": [1]}]}',
        '["\\"", [[[1]]]]',
        '"123456789"',
        '{"123456789": 1}',
        '[["\\ud800"]]',
        '{"\\udfff": 1}',
        '"\\ude00\\ud83d"',
        '"\ud800"',
        "[" * 100_000,
        '"\\"' * 100_000 + "[[[[",
    ],
    ids=lambda text: text[:20].encode("ascii", "backslashreplace").decode(),
)
def test_what_is_beyond_the_limits_is_refused(text: str) -> None:
    with pytest.raises(InvalidJsonError):
        loads(text, LIMITS)


@given(JSON)
def test_limits_change_nothing_of_what_is_within_them(value: Any) -> None:
    assert loads(dumps(value), Limits(depth=100, text=10_000)) == value


def test_texts_without_a_limit_are_left_to_the_contract() -> None:
    assert loads('["\\ud800", "123456789"]', Limits(depth=1)) == ["\ud800", "123456789"]
    with pytest.raises(InvalidJsonError, match="nested more than 1 deep"):
        loads("[[]]", Limits(depth=1))


def test_numbers_with_a_point_keep_their_digits() -> None:
    assert loads('{"a": 9007199254740993.01, "b": 1.10}') == {"a": Decimal("9007199254740993.01"), "b": Decimal("1.10")}
    assert str(loads("1.10")) == "1.10"


@given(JSON)
def test_round_trip(value: Any) -> None:
    assert loads(dumps(value)) == value


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        value = loads(text)
    except InvalidJsonError:
        return
    assert isinstance(value, int | Decimal | str | list | dict | None)
