"""Where in a payload a mapped value came from, found only when something is refused."""

from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from lambdas.shared.mapping.expressions import Scope
from lambdas.shared.mapping.limits import Meter
from lambdas.shared.mapping.pointers import Places, Step, pointer_text
from lambdas.shared.mapping.refusals import RefusedError
from lambdas.shared.mapping.values import Value


class Item(NamedTuple):
    """What becomes one record: its scope, and how `over` led to it, for pointers."""

    scope: Scope
    place: tuple[Step, ...] | None  # from the item before, where it is known


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value came from: the steps from one of the places of a scope, empty for what an expression made."""

    base: int
    steps: tuple[Step, ...]


def source_of(value: Value, scope: Scope, meter: Meter) -> Source | None:
    """The source of a value: of its expressions the first that is not null, else the first."""
    if not value.sources:
        return None
    found = value.sources[0]
    try:
        found = next((source for source in value.sources if source.value(scope, meter) is not None), found)
        return Source(found.base, found.source(scope, meter) or ())
    except RefusedError:
        return Source(found.base, ())


def pointer_within(places: Places, item: Item, value: Value | None, steps: tuple[Step, ...]) -> str:
    """Where what these steps lead to in a mapped value came from: what has no mapping of its own lies as it lay."""
    if value is None:
        return pointer_of(places, item, None)
    if not steps or not value.members:
        source = source_of(value, item.scope, places.meter)
        if source is not None and source.steps:
            source = Source(source.base, (*source.steps, *steps))
        return pointer_of(places, item, source)
    try:
        found = value.read(item.scope, places.meter)
    except RefusedError:
        return pointer_of(places, item, None)
    position, rest = (steps[0], steps[1:]) if isinstance(steps[0], int) else (None, steps)
    if position is not None and isinstance(found, list):
        around, found = places.of(found), cast("list[Any]", found)[position]
        if around is not None and not isinstance(found, dict):
            return pointer_text((*around, position))
    inner = Item(Scope(found, item.scope.payload, item.scope.item), None)
    if not rest:
        return pointer_of(places, inner, None)
    return pointer_within(places, inner, value.members.get(str(rest[0])), rest[1:])


def pointer_of(places: Places, item: Item, source: Source | None) -> str:
    """Where a value came from: exact for plain paths, for others the item that they read from."""
    steps = () if source is None else source.steps
    if source is not None and source.base == 1:
        return pointer_text(steps)
    before = places.of(item.scope.before)
    own = places.of(item.scope.item)
    if own is None and item.place is not None:
        own = (*(before or ()), *item.place)
    base = before if source is not None and source.base == 2 else own
    return pointer_text(own or before or ()) if base is None else pointer_text((*base, *steps))
