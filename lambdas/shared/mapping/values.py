"""The values of a mapping, each compiled once into what reads it from a scope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from lambdas.shared.mapping.closures import CONTAINERS, OBJECT, Read, path
from lambdas.shared.mapping.expressions import Expression, ReadScope, Scope, compile_expression
from lambdas.shared.mapping.limits import Meter
from lambdas.shared.mapping.transforms import transformed


@dataclass(frozen=True, slots=True)
class Value:
    """A value: the first of `sources` that is not null, else a constant; then its transforms, in order.

    Where there are `members`, an object is made of what was read, or a list of objects.
    """

    sources: tuple[Expression, ...]
    read: ReadScope
    members: Mapping[str, "Value"]

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> "Value":
        sources = tuple(compile_expression(text) for text in document.get("from", ()))
        first = _first(sources, document.get("constant"))
        members = {name: cls.parse(member) for name, member in document.get("fields", {}).items()}
        return cls(sources, transformed(first, document.get("transforms", ())), members)


def _first(sources: tuple[Expression, ...], constant: str | int | bool | None) -> ReadScope:
    """What reads the first source that is not null, else gives the constant."""
    match sources:
        case (Expression(base=base, path=(str() as name,)),) if constant is None:
            return lambda scope, meter: value.get(name) if type(value := scope[base]) is OBJECT else None
        case (Expression(base=base, read=read),) if constant is None:
            return lambda scope, meter: read(scope[base], meter)
        case _:
            pass
    groups = [_of_base(base, [*found]) for base, found in groupby(sources, lambda source: source.base)]
    if len(groups) == 1 and constant is None:
        return groups[0]

    def first(scope: Scope, meter: Meter) -> Any:
        for read in groups:
            found = read(scope, meter)
            if found is not None:
                return found
        return constant

    return first


def _of_base(base: int, sources: Sequence[Expression]) -> ReadScope:
    """What reads the first of sources of one base. Most of the names that they begin with lead nowhere."""
    places: list[tuple[str, Read | None]] = []
    for source in sources:
        match source.path:
            case (str() as name, *steps):
                places.append((name, path(tuple(steps)) if steps else None))
            case _:
                reads = [source.read for source in sources]
                return lambda scope, meter: next(
                    (found for read in reads if (found := read(scope[base], meter)) is not None), None
                )

    def first(scope: Scope, meter: Meter) -> Any:
        value = scope[base]
        if type(value) is not OBJECT:
            return None
        get = value.get
        for name, rest in places:
            found = get(name)
            if found is None:
                continue
            if rest is None:
                return found
            if type(found) in CONTAINERS:
                found = rest(found, meter)
                if found is not None:
                    return found
        return None

    return first
