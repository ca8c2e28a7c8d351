"""What the dashboard shows, as plain values: what the queries return and the page holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from txplatform.dashboards.html.figures import Figures
from txplatform.dashboards.html.records import Records


@dataclass(frozen=True, slots=True)
class NotComputed:
    """In place of a result that Athena could not compute, with the reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Withheld(NotComputed):
    """In place of the figures of an entity that is not proven to equal its source, with the reason."""


@dataclass(frozen=True, slots=True)
class Refusals:
    """How often a rule refused a row of an entity."""

    entity: str
    field: str
    rule: str
    count: int


@dataclass(frozen=True, slots=True)
class ParityLine:
    """Outcome of comparing the operational table with the lake, record by record.

    `differences` says how many differ in which way. Up to `verified_through` every record was found equal.
    """

    checked: int
    in_flight: int
    equal: bool
    differences: str = ""
    verified_through: datetime | None = None


@dataclass(frozen=True, slots=True)
class EntityHealth:
    """State of an entity in the lake. `parity` is None when it was never checked.

    `file_rows` counts the rows that came by file alone: they have no operational record to be compared with.
    """

    entity: str
    title: str
    rows: int
    file_rows: int
    newest_record_at: datetime | None
    newest_arrival_at: datetime | None
    pending_objects: int
    refused_rows: int
    parity: ParityLine | None

    @property
    def proven(self) -> bool:
        """Whether the latest comparison found the entity equal to its source."""
        return self.parity is not None and self.parity.equal


@dataclass(frozen=True, slots=True)
class EntityFigures:
    """The figures of an entity's marts, by their names, and the newest of its records."""

    marts: Mapping[str, Figures | NotComputed]
    records: Records | NotComputed

    @property
    def as_of(self) -> datetime | None:
        """The last moment at which the entity was proven, of figures that are kept since then."""
        return self.records.as_of if isinstance(self.records, Records) else None


@dataclass(frozen=True, slots=True)
class DashboardData:
    """Everything on the page. An entity whose tables could not be read has no health, but a reason in `unreadable`."""

    generated_at: datetime
    health: tuple[EntityHealth, ...]
    refusals: tuple[Refusals, ...] = ()
    figures: Mapping[str, EntityFigures] = field(default_factory=dict[str, EntityFigures])
    unreadable: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def not_computed(self) -> dict[str, str]:
        """What could not be computed, by its view, each with Athena's reason."""
        results = {
            name: result
            for entity, found in self.figures.items()
            for name, result in {**found.marts, f"records of {entity}": found.records}.items()
        }
        return {
            name: result.reason
            for name, result in results.items()
            if isinstance(result, NotComputed) and not isinstance(result, Withheld)
        }
