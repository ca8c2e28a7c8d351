"""Queries what the dashboard shows. Athena computes all sums and groupings; the ledger has the pending objects.

A mart that Athena cannot compute leaves its own section empty, with the reason, and no other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.dashboards.html.data import (
    CustomerValue,
    DashboardData,
    DayValue,
    EntityHealth,
    NotComputed,
    ParityLine,
    Refusals,
    StatusCount,
    SymbolVolume,
    Withheld,
)
from txplatform.dashboards.html.proven import ProvenFigures
from txplatform.errors import QueryError
from txplatform.warehouse.marts.rollup import rolled_up

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = """
SELECT count(*) AS records, count(*) FILTER (WHERE _order_key LIKE '0|%') AS file_records,
  max(_occurred_at) AS newest_record_at
FROM "{view}"
"""
_ARRIVAL = """
SELECT max(_ingested_at) AS newest_arrival_at
FROM (SELECT _ingested_at FROM "{files}" UNION ALL SELECT _ingested_at FROM "{changes}") arrivals
"""
_REFUSED = 'SELECT count(*) AS refused FROM "{table}"'
_REASONS = """
SELECT r.field AS field, r.rule AS rule, count(*) AS refused
FROM "{table}" CROSS JOIN UNNEST(reasons) AS r (field, rule, message)
GROUP BY r.field, r.rule
"""


@dataclass(frozen=True, slots=True)
class _Section:
    """A mart, by what of it is grouped, which measures are shown, and what a row becomes."""

    mart: str
    dimensions: tuple[str, ...]
    measures: tuple[str, ...]
    value: type[Any]


_PAYMENTS = {
    "payments_by_day": _Section("payments_daily", ("day", "currency"), ("payments", "value"), DayValue),
    "payments_by_status": _Section("payments_by_status", ("status",), ("payments",), StatusCount),
    "top_customers": _Section(
        "payments_top_customers", ("place", "customer", "currency"), ("paid_payments", "value"), CustomerValue
    ),
}
_TRADES = {
    "trades_by_day": _Section("trades_daily", ("day", "currency"), ("trades", "notional"), DayValue),
    "trades_by_symbol": _Section(
        "trades_by_symbol", ("symbol", "currency"), ("trades", "buy_notional", "sell_notional"), SymbolVolume
    ),
}


SECTIONS: Mapping[str, Mapping[str, _Section]] = {"payments": _PAYMENTS, "trades": _TRADES}


class Athena(Protocol):
    """The query service, as far as the dashboard needs it."""

    def arrow(self, sql: str, /) -> "pa.Table": ...


class Ledger(Protocol):
    """What has landed and is not in the lake yet."""

    def pending(self, lane: names.Lane, entity: str, /) -> Any: ...


class ParityOutcome(Protocol):
    """Counts of one comparison between the operational table and the lake."""

    @property
    def checked(self) -> int: ...
    @property
    def in_flight(self) -> int: ...
    @property
    def equal(self) -> bool: ...
    @property
    def differences(self) -> str: ...
    @property
    def verified_through(self) -> datetime | None: ...


def collect(
    athena: Athena,
    ledger: Ledger,
    parity: Mapping[str, ParityOutcome],
    contracts: Mapping[str, Contract],
    now: datetime,
    kept: Mapping[str, ProvenFigures] = MappingProxyType({}),
) -> DashboardData:
    """Query everything for one page; `parity` holds the latest outcomes by entity.

    An entity that cannot be read holds up no other. Of one that is not proven the figures are those that were `kept` as
    of the last proven time; without any, they are withheld.
    """
    health: list[EntityHealth] = []
    refusals: list[Refusals] = []
    unreadable: dict[str, str] = {}
    for name, contract in contracts.items():
        try:
            health.append(_health(athena, ledger, parity.get(name), contract))
            refusals += _refusals(athena, name)
        except QueryError as error:
            unreadable[name] = str(error)
    proven = {item.entity for item in health if item.proven} - unreadable.keys()
    return DashboardData(
        generated_at=now,
        health=tuple(item for item in health if item.entity not in unreadable),
        refusals=tuple(sorted(refusals, key=lambda item: (-item.count, item.entity, item.field, item.rule))),
        unreadable=unreadable,
        as_of={name: kept[name].as_of for name in SECTIONS.keys() & contracts.keys() & kept.keys() - proven},
        **{
            key: _rows_of(athena, contracts[name], section) if name in proven else _kept(kept.get(name), name, key)
            for name in SECTIONS.keys() & contracts.keys()
            for key, section in SECTIONS[name].items()
        },
    )


def _kept(figures: ProvenFigures | None, entity: str, section: str) -> tuple[Any, ...] | Withheld:
    return Withheld(f"{entity} is not proven") if figures is None else figures.sections[section]


def _rows(athena: Athena, sql: str) -> list[dict[str, Any]]:
    return athena.arrow(sql).to_pylist()


def _health(athena: Athena, ledger: Ledger, outcome: ParityOutcome | None, contract: Contract) -> EntityHealth:
    [row] = _rows(athena, _ROWS.format(view=contract.name))
    files, changes = names.files_table(contract.name), names.changes_table(contract.name)
    [arrival] = _rows(athena, _ARRIVAL.format(files=files, changes=changes))
    [quarantine] = _rows(athena, _REFUSED.format(table=names.quarantine_table(contract.name)))
    return EntityHealth(
        entity=contract.name,
        title=contract.title,
        rows=row["records"],
        file_rows=row["file_records"],
        newest_record_at=_utc(row["newest_record_at"]),
        newest_arrival_at=_utc(arrival["newest_arrival_at"]),
        pending_objects=sum(len(ledger.pending(lane, contract.name)) for lane in names.Lane),
        refused_rows=quarantine["refused"],
        parity=None if outcome is None else _parity_line(outcome),
    )


def _utc(moment: datetime | None) -> datetime | None:
    """Views hold UTC times without a zone, because a view of Athena cannot hold zoned ones."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def _parity_line(outcome: ParityOutcome) -> ParityLine:
    return ParityLine(
        checked=outcome.checked,
        in_flight=outcome.in_flight,
        equal=outcome.equal,
        differences=outcome.differences,
        verified_through=outcome.verified_through,
    )


def _refusals(athena: Athena, entity: str) -> list[Refusals]:
    rows = _rows(athena, _REASONS.format(table=names.quarantine_table(entity)))
    return [Refusals(entity, row["field"] or "", row["rule"], row["refused"]) for row in rows]


def _rows_of(athena: Athena, contract: Contract, section: _Section) -> tuple[Any, ...] | NotComputed:
    """The rows of a section, their columns in the order of the value's fields."""
    try:
        rows = _rows(athena, rolled_up(contract, section.mart, section.dimensions, section.measures))
    except QueryError as error:
        return NotComputed(str(error))
    return tuple(section.value(*row.values()) for row in rows)
