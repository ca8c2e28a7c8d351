"""The values of a mapping, each compiled once into what reads it from a scope."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
    places = tuple((source.base, source.read) for source in sources)
    if len(places) == 1 and constant is None:
        [(base, read)] = places
        return lambda scope, meter: read(scope[base], meter)

    def first(scope: Scope, meter: Meter) -> Any:
        for base, read in places:
            found = read(scope[base], meter)
            if found is not None:
                return found
        return constant

    return first
