"""Counts what became of the records of a file that a source system wrote: each of them ends in one of four ways."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Tally:
    """The records of a file: `accepted`, `refused`, `ignored` by the reason of the rule, and `others`.

    A record counts once: as refused if anything of it is, else as accepted if it yields a row. `others` counts those
    that yield records of other entities alone; `other_records` counts, by entity, all that yield any.
    """

    accepted: int = 0
    refused: int = 0
    ignored: Mapping[str, int] = field(default_factory=Counter[str])
    others: int = 0
    other_records: Mapping[str, int] = field(default_factory=Counter[str])

    @property
    def records(self) -> int:
        """All records of the file."""
        return self.accepted + self.refused + sum(self.ignored.values()) + self.others


def total(tallies: Iterable[Tally]) -> Tally:
    """The counts of several files together."""
    accepted = refused = others = 0
    ignored, other_records = Counter[str](), Counter[str]()
    for tally in tallies:
        accepted += tally.accepted
        refused += tally.refused
        others += tally.others
        ignored.update(tally.ignored)
        other_records.update(tally.other_records)
    return Tally(accepted, refused, ignored, others, other_records)
