"""Where an item stands in a list, which is where the next page begins."""

from dataclasses import dataclass

from lambdas.data_api.queries import Lookup
from lambdas.shared.items import KEY, Attributes


@dataclass(frozen=True, slots=True)
class Position:
    """The item after which a page begins: its key and, in an index, the time that sorts it."""

    key: str
    sorted_by: str | None = None


def position_of(item: Attributes, lookup: Lookup | None) -> Position:
    """Where an item stands in the table, or in the index that a lookup reads."""
    return Position(item[KEY]["S"], item[lookup.index.sorted_by]["S"] if lookup else None)
