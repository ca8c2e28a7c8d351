"""What is said of runs: what one is to do, how far it is, what it has materialised. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ENDS = frozenset(("SUCCESS", "FAILURE", "CANCELED"))


@dataclass(frozen=True, slots=True)
class Launch:
    """A run to launch: a job of the code location, or, without one, some of its assets."""

    job: str | None = None
    assets: tuple[str, ...] = ()
    config: Mapping[str, Any] = field(default_factory=dict[str, Any])
    tags: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def subject(self) -> str:
        """What a message calls it."""
        return f"job {self.job}" if self.job else f"assets {', '.join(self.assets)}"


@dataclass(frozen=True, slots=True)
class Run:
    """A run as Dagster has it."""

    run_id: str
    status: str
    tags: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status in ENDS


@dataclass(frozen=True, slots=True)
class Materialized:
    """A partition that a run has materialised, with the whole numbers of its metadata."""

    asset: str
    partition: str
    counts: Mapping[str, int]
