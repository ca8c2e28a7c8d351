"""Compiles expressions: JMESPath over the item, or over the whole payload (`$`), or over the step before (`^`).

Paths, comparisons with literals and their combinations become closures; the rest is left to JMESPath's own interpreter.
Both read alike: a property test compares them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from jmespath.exceptions import JMESPathError
from jmespath.parser import Parser

from lambdas.shared.errors import ConfigurationError
from lambdas.shared.mapping.functions import FUNCTIONS, Interpreter, compare
from lambdas.shared.mapping.limits import Meter
from lambdas.shared.mapping.pointers import Step
from lambdas.shared.mapping.refusals import RefusedError

Read = Callable[[Any, Meter], Any]
Node = dict[str, Any]

_UNFIT = (JMESPathError, TypeError, ValueError, ArithmeticError, AttributeError, LookupError, RecursionError)


class Scope(NamedTuple):
    """What an expression may read: the item, the whole payload, and the item of the step before."""

    item: Any
    payload: Any
    before: Any


# What JSON is read as; a value is asked for it without being taken for one by the type checker.
_OBJECT: Any = dict
_LIST: Any = list
_BASES = {"$": 1, "^": 2}  # places in a Scope


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression; `base` is its place in a Scope.

    `path` is where a plain one reads, None for any other. `paths` are those that its value may come from as it is.
    """

    text: str
    base: int
    read: Read
    path: tuple[Step, ...] | None
    paths: tuple[tuple[Step, ...], ...]

    def value(self, scope: Scope, meter: Meter) -> Any:
        """The value at a scope, None where there is none; raise RefusedError where it cannot be evaluated."""
        return self.read(scope[self.base], meter)

    def holds(self, scope: Scope, meter: Meter) -> bool:
        """Whether the value is true as JMESPath has it: not null, not false, and not empty."""
        return is_true(self.read(scope[self.base], meter))

    def source(self, scope: Scope, meter: Meter) -> tuple[Step, ...] | None:
        """The path that the value came from, and the last of several; None where it was made."""
        if self.path is not None:
            return self.path
        value = self.value(scope, meter)
        return next((path for path in reversed(self.paths) if _path(path)(scope[self.base], meter) is value), None)


def compile_expression(text: str) -> Expression:
    """Compile an expression that the contracts have checked; raise ConfigurationError for any other."""
    base = _BASES.get(text[:1], 0)
    inner = text[1:].removeprefix(".") if base else text
    if not inner:
        return Expression(text, base, _path(()), (), ((),))
    try:
        node: Node = cast("Any", Parser().parse(inner)).parsed
    except JMESPathError as error:
        raise ConfigurationError(f"the expression {text!r} cannot be used") from error
    path = _steps(node)
    return Expression(text, base, _path(path) if path is not None else _closure(node), path, tuple(_sources(node)))


def is_true(value: Any) -> bool:
    """Whether JMESPath takes a value for true; the number 0 is."""
    return value is not None and value is not False and value != "" and value != [] and value != {}


def _steps(node: Node) -> tuple[Step, ...] | None:
    """The steps of a plain path; None for any other expression."""
    match node["type"]:
        case "identity" | "current":
            return ()
        case "field" | "index":
            return (node["value"],)
        case "subexpression" | "index_expression":
            inner = [_steps(child) for child in node["children"]]
            return None if None in inner else tuple(step for steps in inner for step in steps or ())
        case _:
            return None


def _sources(node: Node) -> Iterator[tuple[Step, ...]]:
    """Yield the plain paths that may be the value of a node as a whole."""
    path = _steps(node)
    if path is not None:
        yield path
    elif node["type"] in ("and_expression", "or_expression"):
        for child in node["children"]:
            yield from _sources(child)


def _path(steps: tuple[Step, ...]) -> Read:
    """What reads along a plain path; the shortest ones, which are the most frequent, at once."""
    match steps:
        case ():
            return lambda value, meter: value
        case (str() as name,):
            return lambda value, meter: value.get(name) if type(value) is _OBJECT else None
        case (str() as first, str() as second):

            def read_two(value: Any, meter: Meter) -> Any:
                inner: Any = value.get(first) if type(value) is _OBJECT else None
                return inner.get(second) if type(inner) is _OBJECT else None

            return read_two
        case _:
            return lambda value, meter: _along(steps, value)


def _along(steps: tuple[Step, ...], value: Any) -> Any:
    for step in steps:
        if isinstance(step, str):
            value = value.get(step) if type(value) is _OBJECT else None
        else:
            value = value[step] if type(value) is _LIST and -len(value) <= step < len(value) else None
        if value is None:
            return None
    return value


def _closure(node: Node) -> Read:
    """What evaluates a node: closures where all of it is simple, else the interpreter."""
    return _simple(node) or _interpreted(node)


def _simple(node: Node) -> Read | None:
    path = _steps(node)
    if path is not None:
        return _path(path)
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
    literal = node["children"][1]["value"] if node["children"][1]["type"] == "literal" else None
    if kind == "eq" and isinstance(literal, str):  # by far the most frequent, and the fastest
        return lambda value, meter: left(value, meter) == literal
    return lambda value, meter: compare(kind, left(value, meter), right(value, meter))


def _negation(node: Node, parts: list[Read]) -> Read:
    [inner] = parts
    return lambda value, meter: not is_true(inner(value, meter))


def _conjunction(node: Node, parts: list[Read]) -> Read:
    first, second = parts

    def both(value: Any, meter: Meter) -> Any:
        left = first(value, meter)
        return second(value, meter) if is_true(left) else left

    return both


def _alternative(node: Node, parts: list[Read]) -> Read:
    first, second = parts

    def either(value: Any, meter: Meter) -> Any:
        left = first(value, meter)
        return left if left is not None and is_true(left) else second(value, meter)

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
