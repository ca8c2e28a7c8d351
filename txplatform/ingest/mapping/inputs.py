"""What an expression reads, so that one without a form for columns is evaluated once for each distinct input."""

from collections.abc import Iterator
from typing import Any, cast

from txplatform.contracts.mapping.model import SourceSystem, ValueMapping
from txplatform.ingest.mapping.terms import Node, Step, parsed

Input = tuple[str, tuple[Step, ...]]
"""The root that an expression begins with, and the steps from there to a value."""

_EXPRESSIONS = {"minorUnits": "currency", "prefix": "with"}  # transforms that hold one, and under which name


def expressions_of(value: ValueMapping) -> Iterator[str]:
    """Every expression of a value, those of its transforms too."""
    yield from value.sources
    for transform in value.transforms:
        if transform.name in _EXPRESSIONS:
            yield transform.arguments[_EXPRESSIONS[transform.name]]


def inputs_of(*expressions: str) -> list[Input]:
    """The values that some expressions read, none within another. A list is read whole."""
    found: set[Input] = set()
    for expression in expressions:
        root, node = parsed(expression)
        found |= {(root, _to_a_list(steps)) for steps in _read(node)}
    return sorted((item for item in found if not any(_is_within(item, other) for other in found)), key=repr)


def names_in(system: SourceSystem) -> Iterator[str]:
    """Every name that an expression of a system reads, wherever it stands."""
    values = [value for record in system.records for value in record.fields.values()]
    values += [record.operation for record in system.records if isinstance(record.operation, ValueMapping)]
    whens = [system.match, *(rule.when for rule in (*system.records, *system.ignore, *system.refuse))]
    expressions = [*whens, *(step for rule in system.records for step in rule.over)]
    for expression in (*filter(None, expressions), *(text for value in values for text in expressions_of(value))):
        yield from _names(parsed(expression)[1])


def _names(node: Node) -> Iterator[str]:
    if node["type"] == "field":
        yield node["value"]
    for child in node.get("children", ()):
        if isinstance(child, dict):
            yield from _names(cast("Node", child))


def assembled(inputs: list[Input], values: list[Any]) -> dict[str, Any]:
    """The values by root, each where the expressions look for it."""
    made: dict[str, Any] = {"": {}, "$": {}, "^": {}}
    for (root, steps), value in zip(inputs, values, strict=True):
        if not steps:
            made[root] = value
        elif value is not None:
            place = made[root]
            for step in steps[:-1]:
                place = place.setdefault(step, {})
            place[steps[-1]] = value
    return made


def _to_a_list(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    return next((steps[:place] for place, step in enumerate(steps) if isinstance(step, int)), steps)


def _is_within(item: Input, other: Input) -> bool:
    (root, steps), (of_other, outer) = item, other
    return item != other and root == of_other and steps[: len(outer)] == outer


def _read(node: Node) -> Iterator[tuple[Step, ...]]:
    path = _path(node)
    if path is not None:
        yield path
    elif node["type"] in ("subexpression", "index_expression", "pipe", "projection", "flatten", "filter_projection"):
        yield from _read(node["children"][0])  # what comes after it reads of what it finds
    else:
        for child in node.get("children", ()):
            if isinstance(child, dict):
                yield from _read(cast("Node", child))


def _path(node: Node) -> tuple[Step, ...] | None:
    match node["type"]:
        case "identity" | "current":
            return ()
        case "field" | "index":
            return (node["value"],)
        case "subexpression" | "index_expression":
            inner = [_path(child) for child in node["children"]]
            return None if None in inner else tuple(step for steps in inner for step in steps or ())
        case _:
            return None
