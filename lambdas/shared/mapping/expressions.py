"""Compiles expressions: JMESPath over the item, or over the whole payload (`$`), or over the step before (`^`)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from jmespath.exceptions import JMESPathError
from jmespath.parser import Parser

from lambdas.shared.errors import ConfigurationError
from lambdas.shared.mapping.closures import Node, Read, closure, path, steps_of
from lambdas.shared.mapping.conditions import Holds, condition
from lambdas.shared.mapping.limits import Meter
from lambdas.shared.mapping.pointers import Step


class Scope(NamedTuple):
    """What an expression may read: the item, the whole payload, and the item of the step before."""

    item: Any
    payload: Any
    before: Any


ReadScope = Callable[[Scope, Meter], Any]
"""Reads a value from a scope; raises RefusedError for what cannot be mapped."""

_BASES = {"$": 1, "^": 2}  # places in a Scope


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression; `base` is its place in a Scope, where `read` and `is_true` take what they read from.

    `path` is where a plain one reads, None for any other. `paths` are those that its value may come from as it is.
    `node` is its parsed form.
    """

    text: str
    base: int
    read: Read
    is_true: Holds
    path: tuple[Step, ...] | None
    paths: tuple[tuple[Step, ...], ...]
    node: Node

    def value(self, scope: Scope, meter: Meter) -> Any:
        """The value at a scope, None where there is none; raise RefusedError where it cannot be evaluated."""
        return self.read(scope[self.base], meter)

    def holds(self, scope: Scope, meter: Meter) -> bool:
        """Whether the value is true as JMESPath has it: not null, not false, and not empty."""
        return self.is_true(scope[self.base], meter)

    def source(self, scope: Scope, meter: Meter) -> tuple[Step, ...] | None:
        """The path that the value came from, and the last of several; None where it was made."""
        if self.path is not None:
            return self.path
        value = self.value(scope, meter)
        return next((steps for steps in reversed(self.paths) if path(steps)(scope[self.base], meter) is value), None)


def compile_expression(text: str) -> Expression:
    """Compile an expression that the contracts have checked; raise ConfigurationError for any other."""
    base = _BASES.get(text[:1], 0)
    inner = text[1:].removeprefix(".") if base else text
    try:
        node: Node = cast("Any", Parser().parse(inner or "@")).parsed
    except JMESPathError as error:
        raise ConfigurationError(f"the expression {text!r} cannot be used") from error
    return Expression(text, base, closure(node), condition(node), steps_of(node), tuple(_sources(node)), node)


def _sources(node: Node) -> Iterator[tuple[Step, ...]]:
    """Yield the plain paths that may be the value of a node as a whole."""
    steps = steps_of(node)
    if steps is not None:
        yield steps
    elif node["type"] in ("and_expression", "or_expression"):
        for child in node["children"]:
            yield from _sources(child)
