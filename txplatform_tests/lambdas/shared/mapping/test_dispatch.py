"""The rules of a payload: those that each condition, asked by itself, would say, and the same refusals."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared.errors import ConfigurationError
from lambdas.shared.mapping.dispatch import Dispatch, shortened
from lambdas.shared.mapping.expressions import Expression, compile_expression
from lambdas.shared.mapping.limits import Meter
from lambdas.shared.mapping.refusals import RefusedError
from txplatform_tests.lambdas.shared.mapping.test_expressions import EXPRESSIONS, VALUES

_PLACES = st.sampled_from(["a", "b.c", "(b || @).a", "(b || @) | a", "(b || @) | c.a"])
_WORDS = st.sampled_from(["'x'", "'a'", "''"])
_COMPARED = st.builds("{} {} {}".format, _PLACES, st.sampled_from(["==", "!="]), _WORDS)
_ASKED = _COMPARED | EXPRESSIONS | st.sampled_from(["a == b", "length(a) == `1`", "(b || @) | a == 'x' && c"])
_CONDITIONS = st.recursive(
    _ASKED,
    lambda inner: (
        st.builds("({}) && ({})".format, inner, inner)
        | st.builds("({}) || ({})".format, inner, inner)
        | st.builds("!({})".format, inner)
        | st.builds("(b || @) | ({})".format, inner)
    ),
    max_leaves=5,
)


@given(st.lists(_CONDITIONS, min_size=1, max_size=6), st.lists(VALUES, min_size=1, max_size=4))
def test_rules_take_the_payloads_that_their_conditions_say(texts: list[str], payloads: list[Any]) -> None:
    try:
        conditions = [compile_expression(text) for text in texts]
    except ConfigurationError:
        return
    dispatch = Dispatch([(condition.text, condition.node) for condition in conditions])
    for payload in [*payloads, *payloads]:
        assert _outcome(dispatch.rules(payload, Meter())) == _outcome(_asked(conditions, payload))


def _asked(conditions: list[Expression], payload: Any) -> Iterator[str]:
    return (condition.text for condition in conditions if condition.is_true(payload, Meter()))


def _outcome(found: Iterator[str]) -> Any:
    try:
        return list(found)
    except RefusedError as error:
        return error.rule, error.message


@pytest.mark.parametrize(
    ("condition", "text", "left"),
    [
        ("a == 'x' && b", "x", "field"),
        ("a == 'x' && b", None, "literal"),
        ("a != 'x' || b", "x", "field"),
        ("length(b) == `1` && a == 'x'", None, "and_expression"),  # what is asked first may refuse the payload
    ],
)
def test_a_condition_is_as_short_as_it_can_be(condition: str, text: str | None, left: str) -> None:
    place = '[{"type": "field", "children": [], "value": "a"}]'
    assert shortened(compile_expression(condition).node, {place: text})["type"] == left
