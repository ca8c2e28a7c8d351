"""Turns the nodes of a JMESPath expression into closures that only say whether its value is true.

A condition needs no value: what its parts are is decided when it is compiled, and its first part that decides ends it.
"""

from collections.abc import Callable
from typing import Any

from lambdas.shared.mapping.closures import OBJECT, Node, closure, is_true, path, steps_of, text_literal
from lambdas.shared.mapping.limits import Meter

Holds = Callable[[Any, Meter], bool]


def condition(node: Node) -> Holds:
    """What says whether a node's value is true, as `is_true` has it."""
    match node:
        case {"type": "comparator", "value": "eq" | "ne" as kind, "children": [left, right]}:
            literal = text_literal(right)
            if literal is not None:
                return _is(left, literal) if kind == "eq" else _is_not(left, literal)
        case {"type": "and_expression", "children": [left, right]}:
            return _all(left, right)
        case {"type": "or_expression", "children": [left, right]}:
            return _any(left, right)
        case {"type": "not_expression", "children": [inner]}:
            return _no(inner)
        case {"type": "pipe", "children": [before, last]}:
            return _of(before, last)
        case _:
            pass
    read = closure(node)
    return lambda value, meter: is_true(read(value, meter))


def _is(node: Node, text: str) -> Holds:
    match steps_of(node):
        case (str() as name,):
            return lambda value, meter: type(value) is OBJECT and value.get(name) == text
        case steps:
            read = closure(node) if steps is None else path(steps)
            return lambda value, meter: read(value, meter) == text


def _is_not(node: Node, text: str) -> Holds:
    read = closure(node)
    return lambda value, meter: read(value, meter) != text


def _all(left: Node, right: Node) -> Holds:
    first, second = condition(left), condition(right)
    return lambda value, meter: first(value, meter) and second(value, meter)


def _any(left: Node, right: Node) -> Holds:
    first, second = condition(left), condition(right)
    return lambda value, meter: first(value, meter) or second(value, meter)


def _no(inner: Node) -> Holds:
    holds = condition(inner)
    return lambda value, meter: not holds(value, meter)


def _of(before: Node, last: Node) -> Holds:
    read, holds = closure(before), condition(last)
    return lambda value, meter: holds(read(value, meter), meter)
