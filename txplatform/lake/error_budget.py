"""Holds what was refused of a file, and of a day of files, against the error budget of the contract."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from txplatform.contracts.quality import Limit
from txplatform.ingest.batch import FileRejected
from txplatform.lake.reporting import Refused, most_frequent

ERROR_BUDGET = "file.error_budget"
_SHOWN = 3  # reasons


@dataclass(slots=True)
class Counts:
    """How many rows of a file or of a day were accepted and refused when they were read, and why (`field:rule`)."""

    accepted: int = 0
    refused: int = 0
    reasons: Counter[str] = field(default_factory=Counter[str])

    @classmethod
    def of(cls, accepted: int, refused: Sequence[Refused]) -> "Counts":
        reasons = Counter(most_frequent(part.reasons for part in refused))
        return cls(accepted, sum(part.rows for part in refused), reasons)

    def add(self, other: "Counts") -> None:
        self.accepted += other.accepted
        self.refused += other.refused
        self.reasons.update(other.reasons)

    def excess(self, limit: Limit) -> str | None:
        """Say what was counted where it is more than the limit bears; None where it is not."""
        records = self.accepted + self.refused
        if not limit.exceeded(self.refused, records):
            return None
        shown = ", ".join(f"{reason} ({count})" for reason, count in self.reasons.most_common(_SHOWN))
        return f"{self.refused} of {records} rows are refused, and the error budget bears {limit}; most for {shown}"


def over_budget(counts: Counts, limit: Limit) -> FileRejected | None:
    """The refusal of a file as a whole, where more of its rows are refused than the limit bears."""
    excess = counts.excess(limit)
    return None if excess is None else FileRejected(ERROR_BUDGET, excess)
