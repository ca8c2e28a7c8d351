"""What orders records of one version: the tie-breakers that a contract declares, and the rank of a record by them.

The lake puts the same order into the order keys of rows of files (txplatform/lake/tie_rank.py); a differential test
holds the two together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Value = str | int | bool
Rank = tuple[tuple[int, Value], ...]
_LOWEST: tuple[int, Value] = (0, 0)


@dataclass(frozen=True, slots=True)
class TieBreaker:
    """A field that is compared, by the place of its values in `ranks` where the contract lists any."""

    field: str
    ranks: Mapping[str, int] | None = None

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> "TieBreaker":
        ranks: Sequence[str] | None = document.get("ranks")
        places = None if ranks is None else {value: place for place, value in enumerate(ranks)}
        return cls(document["field"], places)

    def value_of(self, record: Mapping[str, Value]) -> tuple[int, Value]:
        """What is compared; an absent value, and one without a rank, come before all others."""
        value = record.get(self.field)
        if value is None:
            return _LOWEST
        if self.ranks is None:
            return (1, value)
        place = self.ranks.get(str(value))
        return _LOWEST if place is None else (1, place)


def rank(tie_breakers: Sequence[TieBreaker], record: Mapping[str, Value]) -> Rank:
    """The rank of a record among those of its version: the greatest is the state."""
    return tuple(item.value_of(record) for item in tie_breakers)
