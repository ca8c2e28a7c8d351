"""The order in which a template's resources are created: each after everything that it mentions."""

import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from txplatform.local.errors import LocalStackError

SUBSTITUTION = re.compile(r"\$\{([^!}][^}]*)\}")


def creation_order(resources: Mapping[str, Any]) -> list[str]:
    """Sort logical ids: what a resource refers to, or DependsOn, comes first. Raise LocalStackError on a cycle."""
    graph: dict[str, set[str]] = {}
    for logical_id, resource in resources.items():
        explicit = resource.get("DependsOn", [])
        mentioned = {
            *mentions(resource.get("Properties", {})),
            *([explicit] if isinstance(explicit, str) else explicit),
        }
        graph[logical_id] = mentioned & resources.keys()
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise LocalStackError(f"the template's resources depend on each other: {' → '.join(error.args[1])}") from error


def mentions(node: Any) -> Iterator[str]:
    """Yield the names that an expression refers to: logical ids and pseudo parameters."""
    if isinstance(node, list):
        for item in node:
            yield from mentions(item)
    elif isinstance(node, dict):
        match list(node.items()):
            case [("Ref", str(name))]:
                yield name
            case [("Fn::GetAtt", [str(name), _])]:
                yield name
            case [("Fn::Sub", str(text))]:
                yield from (name.split(".")[0] for name in SUBSTITUTION.findall(text))
            case _:
                for item in node.values():
                    yield from mentions(item)
