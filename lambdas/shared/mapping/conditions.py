"""Turns the nodes of a JMESPath expression into closures that only say whether its value is true.

A condition needs no value: what its parts are is decided when it is compiled, and its first part that decides ends it.
"""

from collections.abc import Callable
from typing import Any

from lambdas.shared.mapping.closures import CONTAINERS, OBJECT, Node, closure, is_true, path, steps_of, text_literal
from lambdas.shared.mapping.limits import Meter

Holds = Callable[[Any, Meter], bool]


def condition(node: Node) -> Holds:
    """What says whether a node's value is true, as `is_true` has it."""
    match node:
        case {"type": "comparator", "value": "eq" | "ne" as kind, "children": [left, right]}:
            literal = text_literal(right)
            if literal is not None:
                return _is(left, literal) if kind == "eq" else _is_not(left, literal)
        case {"type": "and_expression" | "or_expression" as kind}:
            return _decided([condition(part) for part in _operands(node, kind)], by=kind == "or_expression")
        case {"type": "not_expression", "children": [inner]}:
            return _no(inner)
        case {"type": "pipe", "children": [before, last]}:
            return _of(before, last)
        case _:
            pass
    return _there(node)


def _there(node: Node) -> Holds:
    """Whether there is a value that is true; most often its first name leads to none."""
    match steps_of(node):
        case (str() as name,):
            return lambda value, meter: type(value) is OBJECT and is_true(value.get(name))
        case (str() as name, *steps):
            rest = path(tuple(steps))
            return lambda value, meter: (
                type(value) is OBJECT and type(value.get(name)) in CONTAINERS and is_true(rest(value[name], meter))
            )
        case _:
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


def _operands(node: Node, kind: str) -> list[Node]:
    """The conditions of a chain of one kind, in order."""
    if node["type"] != kind:
        return [node]
    return [operand for child in node["children"] for operand in _operands(child, kind)]


def _decided(parts: list[Holds], *, by: bool) -> Holds:
    """Whether a chain is true: the first part that is `by` decides, and no later one is asked."""

    def hold(value: Any, meter: Meter) -> bool:
        for holds in parts:
            if holds(value, meter) is by:
                return by
        return not by

    return hold


def _no(inner: Node) -> Holds:
    holds = condition(inner)
    return lambda value, meter: not holds(value, meter)


def _of(before: Node, last: Node) -> Holds:
    read, holds = closure(before), condition(last)
    return lambda value, meter: holds(read(value, meter), meter)
