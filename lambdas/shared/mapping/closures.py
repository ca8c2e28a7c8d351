"""Turns the nodes of a JMESPath expression into closures that read a value.

Paths, comparisons with literals and their combinations become closures; the rest is left to JMESPath's own interpreter.
Both read alike: a property test compares them.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, cast

from jmespath.exceptions import JMESPathError

from lambdas.shared.errors import ConfigurationError
from lambdas.shared.mapping.functions import FUNCTIONS, Interpreter, compare
from lambdas.shared.mapping.limits import Meter
from lambdas.shared.mapping.pointers import Step
from lambdas.shared.mapping.refusals import RefusedError

Read = Callable[[Any, Meter], Any]
Node = dict[str, Any]

_UNFIT = (JMESPathError, TypeError, ValueError, ArithmeticError, AttributeError, LookupError, RecursionError)

# What JSON is read as; a value is asked for it without being taken for one by the type checker.
OBJECT: Any = dict
_LIST: Any = list
CONTAINERS = frozenset((dict, list))
_NUMBERS = frozenset((int, float, Decimal))


def is_true(value: Any) -> bool:
    """Whether JMESPath takes a value for true; the number 0 is."""
    return bool(value) or type(value) in _NUMBERS


def steps_of(node: Node) -> tuple[Step, ...] | None:
    """The steps of a plain path; None for any other expression."""
    match node["type"]:
        case "identity" | "current":
            return ()
        case "field" | "index":
            return (node["value"],)
        case "subexpression" | "index_expression":
            inner = [steps_of(child) for child in node["children"]]
            return None if None in inner else tuple(step for steps in inner for step in steps or ())
        case _:
            return None


def text_literal(node: Node) -> str | None:
    """The text that a node is, None where it is anything else."""
    value = node["value"] if node["type"] == "literal" else None
    return value if isinstance(value, str) else None


def path(steps: tuple[Step, ...]) -> Read:
    """What reads along a plain path; the shortest ones, which are the most frequent, at once."""
    match steps:
        case ():
            return lambda value, meter: value
        case (str() as name,):
            return lambda value, meter: value.get(name) if type(value) is OBJECT else None
        case (str() as first, str() as second):

            def read_two(value: Any, meter: Meter) -> Any:
                inner: Any = value.get(first) if type(value) is OBJECT else None
                return inner.get(second) if type(inner) is OBJECT else None

            return read_two
        case _ if all(isinstance(step, str) for step in steps):
            return _names(steps)
        case _:
            return _along(steps)


def _names(names: tuple[Step, ...]) -> Read:
    def read(value: Any, meter: Meter) -> Any:
        for name in names:
            if type(value) is not OBJECT:
                return None
            value = value.get(name)
        return value

    return read


def _along(steps: tuple[Step, ...]) -> Read:
    def read(value: Any, meter: Meter) -> Any:
        for step in steps:
            if isinstance(step, str):
                value = value.get(step) if type(value) is OBJECT else None
            else:
                value = value[step] if type(value) is _LIST and -len(value) <= step < len(value) else None
            if value is None:
                return None
        return value

    return read


def closure(node: Node) -> Read:
    """What evaluates a node: closures where all of it is simple, else the interpreter."""
    return _simple(node) or _interpreted(node)


def _simple(node: Node) -> Read | None:
    steps = steps_of(node)
    if steps is not None:
        return path(steps)
    kind = node["type"]
    if kind == "literal":
        literal = node["value"]
        return lambda value, meter: literal
    compose = _COMPOSED.get(kind)
    if compose is None:
        return None
    parts = [_simple(child) for child in node["children"]]
    return None if None in parts else compose(node, cast("list[Read]", parts))


def _comparison(node: Node, parts: list[Read]) -> Read:
    kind, (left, right) = node["value"], parts
    literal = text_literal(node["children"][1])
    if kind == "eq" and literal is not None:  # by far the most frequent, and the fastest
        return lambda value, meter: left(value, meter) == literal
    return lambda value, meter: compare(kind, left(value, meter), right(value, meter))


def _negation(node: Node, parts: list[Read]) -> Read:
    [inner] = parts
    return lambda value, meter: not is_true(inner(value, meter))


def _conjunction(node: Node, parts: list[Read]) -> Read:
    first, second = parts

    def both(value: Any, meter: Meter) -> Any:
        left = first(value, meter)
        return second(value, meter) if left or is_true(left) else left

    return both


def _alternative(node: Node, parts: list[Read]) -> Read:
    first, second = parts

    def either(value: Any, meter: Meter) -> Any:
        left = first(value, meter)
        return left if left or (left is not None and is_true(left)) else second(value, meter)

    return either


def _chain(node: Node, parts: list[Read]) -> Read:
    if len(parts) == 2:
        first, second = parts
        return lambda value, meter: second(first(value, meter), meter)

    def read(value: Any, meter: Meter) -> Any:
        for part in parts:
            value = part(value, meter)
        return value

    return read


def _selection(node: Node, parts: list[Read]) -> Read:
    return lambda value, meter: None if value is None else [part(value, meter) for part in parts]


_COMPOSED: dict[str, Callable[[Node, list[Read]], Read]] = {
    "comparator": _comparison,
    "and_expression": _conjunction,
    "or_expression": _alternative,
    "not_expression": _negation,
    "multi_select_list": _selection,
    "subexpression": _chain,
    "index_expression": _chain,
    "pipe": _chain,
}


def _interpreted(node: Node) -> Read:
    _check_functions(node)

    def read(value: Any, meter: Meter) -> Any:
        try:
            return Interpreter(meter).visit(node, value)
        except _UNFIT as error:
            raise RefusedError("expression", "the expression does not fit what is there") from error

    return read


def _check_functions(node: Node) -> None:
    if node["type"] == "function_expression" and node["value"] not in FUNCTIONS:
        raise ConfigurationError(f"the expression calls {node['value']}()")
    for child in node.get("children", ()):
        if isinstance(child, dict):
            _check_functions(cast("Node", child))
