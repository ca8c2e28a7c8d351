"""What a comparison found, as plain values: counts, named differences with personal values masked, and since when."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """How a record of the operational table and the rows of the lake differ."""

    MISSING = "missing"  # in the table alone
    EXTRA = "extra"  # in the lake alone: a ghost
    DOUBLED = "doubled"  # once in the table, more than once in the lake
    DIFFERENT = "different"  # a field has another value
    SCALE = "scale"  # a decimal has the same value in another scale, or more digits than its contract has
    UNRECOGNISED = "unrecognised"  # an item that the data API cannot have written
    DAY = "day"  # a day of files whose rows or sums are not those that its objects held


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one differing key, or the key as a whole where `field` is None.

    `key` is the record key; parts of it and values that are personal are masked. `expected` is the operational
    table's value, `actual` the lake's; of an unrecognised item `expected` says what is wrong with it.
    """

    kind: Kind
    key: str
    field: str | None = None
    expected: str | None = None
    actual: str | None = None


@dataclass(frozen=True, slots=True)
class ParityReport:
    """One comparison. `checked` counts live records of the operational table; those that differ are counted by kind.

    `in_flight` counts keys that changed on both sides while they were compared: the next comparison decides on them.
    `days` counts days of files that were compared, `day` those that differ. `samples` are the first differences;
    `fingerprints` stand for all of them, up to a bound, without naming a key. `verified_through` is the moment up to
    which every record has been compared and found equal, by this comparison or an earlier one; None before the first.
    """

    entity: str
    checked: int
    missing: int = 0
    extra: int = 0
    different: int = 0
    in_flight: int = 0
    samples: tuple[Difference, ...] = ()
    doubled: int = 0
    scale: int = 0
    unrecognised: int = 0
    day: int = 0
    days: int = 0
    fingerprints: frozenset[str] = frozenset()
    verified_through: datetime | None = None

    @property
    def counts(self) -> dict[Kind, int]:
        """How many keys differ, by kind; kinds without any are left out."""
        counted = {kind: getattr(self, kind) for kind in Kind}
        return {kind: count for kind, count in counted.items() if count}

    @property
    def equal(self) -> bool:
        """Whether nothing differs but what is in flight."""
        return not self.counts

    @property
    def differences(self) -> str:
        """The counts in words, such as `3 missing, 1 doubled`; empty where nothing differs."""
        names = {Kind.DAY: "days of files"}
        return ", ".join(f"{count} {names.get(kind, kind)}" for kind, count in self.counts.items())

    @property
    def remedies(self) -> list[str]:
        """What to do about the differences there are."""
        repairable = self.missing or self.extra or self.different or self.doubled
        found = [f"txplatform parity repair {self.entity}"] if repairable else []
        if self.unrecognised or self.scale:
            found.append("write the records that the data API did not write through it")
        if self.day:
            found.append(f"materialise the days of {self.entity}_files that differ again")
        return found
