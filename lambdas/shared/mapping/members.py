"""Maps what a value found to an object, or to a list of objects: each has the members that its mapping names.

The members of an object are values over it: `^` reads what the value itself was read from, `$` the whole payload.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, cast

from lambdas.shared.mapping.expressions import Scope
from lambdas.shared.mapping.limits import Meter
from lambdas.shared.mapping.refusals import RefusedError
from lambdas.shared.mapping.values import Value

_STEP = re.compile(r'\.([a-z0-9_]+)|\[([0-9]+)\]|\["((?:[^"\\]|\\.)*)"\]')


Refuse = Callable[[str, Value, Scope, RefusedError], None]
"""Takes what could not be mapped: its place, its value in the mapping, and the scope that it was read from."""


def map_members(value: Value, found: Any, scope: Scope, meter: Meter, place: str, refuse: Refuse) -> Any:
    """The object or list that a value makes of what it found; None for an object of which every member is null.

    What is neither stays as it is: validation refuses it.
    """
    if isinstance(found, dict):
        return _object(value, found, scope, meter, place, refuse) or None
    if not isinstance(found, list):
        return found
    items = cast("list[Any]", found)
    meter.spend(len(items))
    return [
        _object(value, item, scope, meter, f"{place}[{position}]", refuse) if isinstance(item, dict) else item
        for position, item in enumerate(items)
    ]


def _object(value: Value, found: Any, scope: Scope, meter: Meter, place: str, refuse: Refuse) -> dict[str, Any]:
    made: dict[str, Any] = {}
    meter.spend(len(value.members))
    inner = Scope(found, scope.payload, scope.item)
    for name, member in value.members.items():
        where = f"{place}.{name}"
        try:
            read = member.read(inner, meter)
            if read is not None and member.members:
                read = map_members(member, read, inner, meter, where, refuse)
        except RefusedError as error:
            if error.rule == "too_costly":
                raise
            refuse(where, member, inner, error)
        else:
            if read is not None:
                made[name] = read
    return made


def steps_within(place: str) -> Iterator[str | int]:
    """The steps of a place after the name of its field."""
    for name, position, key in (match.groups() for match in _STEP.finditer(place)):
        yield int(position) if position else name or key
