"""Expressions of the engine: they read as JMESPath does, and no payload makes them slow."""

import json
from decimal import Decimal
from typing import Any, cast

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared.errors import ConfigurationError
from lambdas.shared.mapping.expressions import Scope, compile_expression
from lambdas.shared.mapping.limits import MAX_VISITS, Meter
from lambdas.shared.mapping.refusals import RefusedError

NAMES = st.sampled_from("abc")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["", "a", "x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)
LITERALS = st.sampled_from(["'x'", "'a'", "`null`", "`true`", "`0`", "`1`", "''"])


def _combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(inner, inner)
    return (
        pairs.map(lambda pair: f"({pair[0]}) && ({pair[1]})")
        | pairs.map(lambda pair: f"({pair[0]}) || ({pair[1]})")
        | pairs.map(lambda pair: f"[{pair[0]}, {pair[1]}]")
        | pairs.map(lambda pair: f"({pair[0]}) | {pair[1]}")
        | inner.map(lambda text: f"!({text})")
        | st.tuples(inner, LITERALS).map(lambda pair: f"({pair[0]}) == {pair[1]}")
        | st.tuples(inner, LITERALS).map(lambda pair: f"({pair[0]}) != {pair[1]}")
        | st.tuples(inner, st.sampled_from([".a", "[0]", "[-1].b", "[*].a", "[].b", "[?a].c"])).map("".join)
    )


PATHS = st.sampled_from(["a", "b.c", "a[0]", "a[-1].b", "@", "c.a.b", "[0]"])
EXPRESSIONS = st.recursive(PATHS | LITERALS, _combined, max_leaves=6)


def value(expression: str, item: Any, payload: Any = None, before: Any = None) -> Any:
    return compile_expression(expression).value(Scope(item, payload, before), Meter())


@given(EXPRESSIONS, VALUES)
def test_expressions_read_as_jmespath_reads_them(expression: str, item: Any) -> None:
    try:
        compiled = compile_expression(expression)
    except ConfigurationError:
        with pytest.raises(jmespath.exceptions.JMESPathError):
            jmespath.compile(expression)
        return
    expected = cast("Any", jmespath).search(expression, item)

    made = compiled.value(Scope(item, item, item), Meter())

    assert json.dumps(made) == json.dumps(expected)
    scope = Scope(item, item, item)
    assert compiled.holds(scope, Meter()) is not cast("Any", jmespath).search(f"!({expression})", item)


def test_the_whole_payload_and_the_step_before_are_read_by_their_signs() -> None:
    assert value("$.a", {}, {"a": 1}) == 1
    assert value("^[0]", [], {}, ["pair", []]) == "pair"
    assert value("$", {}, {"a": 1}) == {"a": 1}
    assert value("a", {"a": 2}, {"a": 1}) == 2


@pytest.mark.parametrize(
    ("expression", "item", "result"),
    [
        ("items(@)[?[0] != 'last'] | [0]", {"last": "1", "pair": [1]}, ["pair", [1]]),
        ("type(@)", Decimal("1.5"), "number"),
        ("a < b", {"a": Decimal("1.5"), "b": 2}, True),
        ("a < b", {"a": "1", "b": 2}, None),
        ("a == b", {"a": 1, "b": True}, False),
        ("a == b", {"a": Decimal("1.0"), "b": 1}, True),
        ("not_null(a, b)", {"b": "x"}, "x"),
    ],
)
def test_numbers_stay_exact_within_expressions(expression: str, item: Any, result: Any) -> None:
    assert value(expression, item) == result


@pytest.mark.parametrize("expression", ["starts_with(a, b)", "length(a)", "keys(a)", "join('-', a)"])
def test_what_does_not_fit_is_refused_without_its_value(expression: str) -> None:
    with pytest.raises(RefusedError, match=r"^expression: ") as caught:
        value(expression, {"a": 4242, "b": "4242"})
    assert "4242" not in str(caught.value)


def test_comparing_two_objects_is_refused() -> None:
    with pytest.raises(RefusedError, match="compares two"):
        value("a == b", {"a": {"x": 1}, "b": {"x": 1}})
    assert value("a == `[]`", {"a": [1]}) is False


@pytest.mark.parametrize("expression", ["avg(a)", "a[?to_number(b) == c]", "a["])
def test_an_expression_that_the_contracts_refuse_is_not_compiled(expression: str) -> None:
    with pytest.raises(ConfigurationError):
        compile_expression(expression)


def test_a_payload_has_a_bound_of_visits() -> None:
    numbers = [{"a": number} for number in range(MAX_VISITS // 2)]
    with pytest.raises(RefusedError, match=r"^too_costly: "):
        value("[?a == `1`]", numbers)
