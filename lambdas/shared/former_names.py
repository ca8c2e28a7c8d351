"""Reads what was written before a field was renamed: items, and requests of callers that know an older contract."""

from collections.abc import Mapping
from typing import TypeVar

from lambdas.shared.schema import EntitySchema

T = TypeVar("T")


def under_present_names(schema: EntitySchema, given: Mapping[str, T]) -> Mapping[str, T]:
    """What is given, each field under the name that it has now.

    A former name stays where the field is given under another one too: which value is meant is not known, so that it
    is refused as an unknown name.
    """
    if not schema.former_names or schema.former_names.keys().isdisjoint(given):
        return given
    named: dict[str, T] = {}
    for name, value in given.items():
        present = schema.former_names.get(name, name)
        named[name if present in given or present in named else present] = value
    return named
