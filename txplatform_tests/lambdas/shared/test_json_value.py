"""A JSON value has one text: equal values have equal texts, and different ones have different texts."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from lambdas.shared.json_value import MAX_DEPTH, Json, UnfitJsonError
from lambdas.shared.jsonio import dumps, loads
from txplatform_tests.contracts.strategies import json_values


@pytest.mark.parametrize(
    ("given_text", "text"),
    [
        ('{"b": 1, "a": [true, null]}', '{"a":[true,null],"b":1}'),
        ("1.500", "1.5"),
        ("1.0", "1"),
        ("1E+2", "100"),
        ("-0.0", "0"),
        ("-0", "0"),
        ("0e-99999", "0"),
        ("12e-3", "0.012"),
        ("9007199254740993.01", "9007199254740993.01"),
        ("1e400", None),
        ("1e-401", None),
        ("5e-324", f"0.{'0' * 323}5"),
        ('"\\u00e9\\u0041\\n"', '"éA\\n"'),
        ('"\\ud800"', None),
        ('{"\\ud800": 1}', None),
        ("[" * MAX_DEPTH + "]" * MAX_DEPTH, "[" * MAX_DEPTH + "]" * MAX_DEPTH),
        ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), None),
    ],
)
def test_the_text_of_a_value(given_text: str, text: str | None) -> None:
    value = loads(given_text)
    if text is None:
        with pytest.raises(UnfitJsonError):
            Json.of(value)
    else:
        assert str(Json.of(value)) == text


@pytest.mark.parametrize(
    "number",
    [10**400 + 1, Decimal("1e999999"), Decimal("1e-999999"), Decimal("NaN")],
    ids=["integer", "great", "small", "no number"],
)
def test_a_number_that_would_be_a_book_is_refused_at_once(number: Any) -> None:
    with pytest.raises(UnfitJsonError):
        Json.of([number])


@given(json_values(), json_values())
def test_texts_are_equal_as_the_values_are(one: Any, other: Any) -> None:
    assert loads(Json.of(one).text) == loads(dumps(one)) == one
    assert Json.of(loads(Json.of(one).text)) == Json.of(one)
    if Json.of(one) == Json.of(other):
        assert one == other
    assert Json.of({"a": one, "b": other}) == Json.of({"b": other, "a": one})


@pytest.mark.parametrize(("one", "other"), [(1, True), (0, False), ("1", 1), ([], {}), (None, "null")])
def test_what_python_or_a_reader_may_take_for_the_same_is_not(one: Any, other: Any) -> None:
    assert Json.of(one) != Json.of(other)


@given(json_values())
def test_a_value_is_written_among_others_as_what_it_is(value: Any) -> None:
    kept = Json.of(value)
    for written in (dumps({"é": kept, "b": [kept, "x"]}), dumps({"é": kept, "b": [kept, "x"]}, ascii_only=False)):
        read = loads(written)
        assert (Json.of(read["é"]), Json.of(read["b"][0]), read["b"][1]) == (kept, kept, "x")
    assert dumps([kept]).isascii()
