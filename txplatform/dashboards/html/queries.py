"""Queries what the dashboard shows. Athena computes all sums and groupings; the ledger has the pending objects.

A mart that Athena cannot compute leaves its own card empty, with the reason, and no other.
"""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from txplatform.contracts.model import Contract
from txplatform.dashboards.html.data import DashboardData, EntityFigures, EntityHealth, NotComputed, Refusals, Withheld
from txplatform.dashboards.html.figures import Figures
from txplatform.dashboards.html.grain import Athena
from txplatform.dashboards.html.health import Ledger, ParityOutcome, health_of, refusals_of
from txplatform.dashboards.html.mart_figures import mart_figures
from txplatform.dashboards.html.proven import ProvenFigures
from txplatform.dashboards.html.records import Records, newest_statement, records_of
from txplatform.errors import QueryError

_DAY = "day"


def collect(
    athena: Athena,
    ledger: Ledger,
    parity: Mapping[str, ParityOutcome],
    contracts: Mapping[str, Contract],
    now: datetime,
    kept: Mapping[str, ProvenFigures] = MappingProxyType({}),
) -> DashboardData:
    """Query everything for one page; `parity` holds the latest outcomes by entity.

    An entity that cannot be read holds up no other. Of a mart of which an entity is not proven the figures are those
    that were `kept` as of the last proven time; without any, they are withheld.
    """
    health: list[EntityHealth] = []
    refusals: list[Refusals] = []
    unreadable: dict[str, str] = {}
    for name, contract in contracts.items():
        try:
            found = health_of(athena, ledger, parity.get(name), contract)
            refusals += refusals_of(athena, name)
            health.append(found)
        except QueryError as error:
            unreadable[name] = str(error)
    proven = {item.entity for item in health if item.proven}
    return DashboardData(
        generated_at=now,
        health=tuple(health),
        refusals=tuple(sorted(refusals, key=lambda item: (-item.count, item.entity, item.field, item.rule))),
        unreadable=unreadable,
        figures={
            name: EntityFigures(found, _records(athena, contracts, name, found, name in proven, kept.get(name)))
            for name, found in mart_figures(athena, contracts, proven, kept).items()
        },
    )


def _records(
    athena: Athena,
    contracts: Mapping[str, Contract],
    entity: str,
    figures: Mapping[str, Figures | NotComputed],
    proven: bool,
    kept: ProvenFigures | None,
) -> Records | NotComputed:
    if not proven:
        return (kept.records if kept else None) or Withheld(f"{entity} is not proven")
    try:
        return records_of_days(athena, contracts, entity, figures)
    except QueryError as error:
        return NotComputed(str(error))


def records_of_days(
    athena: Athena, contracts: Mapping[str, Contract], entity: str, figures: Mapping[str, Figures | NotComputed]
) -> Records:
    """The newest records of the days that an entity's figures have; raise QueryError."""
    words = [item.words[_DAY] for item in figures.values() if isinstance(item, Figures) and _DAY in item.words]
    days = {date.fromisoformat(word) for found in words for word in found if word}
    if not days:
        return Records((), (), {}, "")
    return records_of(athena.arrow(newest_statement(contracts[entity], contracts, sorted(days))))
