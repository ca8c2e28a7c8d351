"""Expressions of source systems: what can be used, and why another cannot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from txplatform.contracts.mapping.expressions import MAX_CHARACTERS, problem_of


@pytest.mark.parametrize(
    "expression",
    [
        "a.b[0].c",
        "$",
        "^",
        "$.created",
        "^[0]",
        "[price, qty]",
        "type == 'order' && !contains(tags, 'test')",
        "items(result)[?[0] != 'last']",
        "not_null(a, b, c)",
        "a == `1`",
    ],
)
def test_an_expression_can_be_used(expression: str) -> None:
    assert problem_of(expression) is None


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("", "is no JMESPath"),
        ("a b", "is no JMESPath"),
        ("$created", "has 'c' after '$'"),
        ("a == `1.5`", "reads as a float"),
        ('`{"a": [1.5]}`', "reads as a float"),
        ("a == `open`", "no JSON"),
        ("!(a || b).c", "what '!' gives"),
        ("avg(a)", "calls avg(), which is not one of"),
        ("to_number(a)", "calls to_number()"),
        ("contains(a)", "calls contains() with 1 arguments, not 2"),
        ("merge(" + ", ".join("abcdefghijk") + ")", "not 1 to 10"),
        ("a" * (MAX_CHARACTERS + 1), "1000 at most"),
        ("a" + ".a" * 100, "parts, 100 at most"),
        ("(" * 900, "nested too deeply"),
    ],
)
def test_an_expression_is_refused_with_its_reason(expression: str, problem: str) -> None:
    assert problem in (problem_of(expression) or "")


@given(st.text(st.sampled_from("ab.[]*?&|!()'\"`{}:,@<=>0$^- \\"), max_size=40))
def test_no_text_breaks_the_check(text: str) -> None:
    assert problem_of(text) is None or problem_of(text)
