"""What the dashboard shows, as plain values: what the queries return and the page draws."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class NotComputed:
    """In place of a result that Athena could not compute, with the reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Withheld(NotComputed):
    """In place of the figures of an entity that is not proven to equal its source, with the reason."""


@dataclass(frozen=True, slots=True)
class DayValue:
    """Records and their value on one business day in one currency."""

    day: date
    currency: str
    count: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class StatusCount:
    status: str
    count: int


@dataclass(frozen=True, slots=True)
class CustomerValue:
    """What one customer paid in one currency; `customer` is masked already; `place` is the rank in the currency."""

    place: int
    customer: str
    currency: str
    count: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class SymbolVolume:
    symbol: str
    currency: str
    trades: int
    bought: Decimal
    sold: Decimal


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
class DashboardData:
    """Everything on the page. Sections whose entity is not deployed are empty.

    An entity whose tables could not be read has no health, but a reason in `unreadable`. Figures of an entity that
    `as_of` has are those of that moment, the last at which it was proven.
    """

    generated_at: datetime
    health: tuple[EntityHealth, ...]
    refusals: tuple[Refusals, ...] = ()
    payments_by_day: tuple[DayValue, ...] | NotComputed = ()
    payments_by_status: tuple[StatusCount, ...] | NotComputed = ()
    top_customers: tuple[CustomerValue, ...] | NotComputed = ()
    trades_by_day: tuple[DayValue, ...] | NotComputed = ()
    trades_by_symbol: tuple[SymbolVolume, ...] | NotComputed = ()
    unreadable: Mapping[str, str] = field(default_factory=dict[str, str])
    as_of: Mapping[str, datetime] = field(default_factory=dict[str, datetime])

    @property
    def not_computed(self) -> dict[str, str]:
        """Sections that could not be computed, in words, each with Athena's reason."""
        sections = {
            "payments by day": self.payments_by_day,
            "payments by status": self.payments_by_status,
            "top customers": self.top_customers,
            "trades by day": self.trades_by_day,
            "trades by symbol": self.trades_by_symbol,
        }
        return {
            name: rows.reason
            for name, rows in sections.items()
            if isinstance(rows, NotComputed) and not isinstance(rows, Withheld)
        }
