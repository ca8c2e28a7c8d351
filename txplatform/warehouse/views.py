"""Skeleton (signatures final): the exact current view of an entity and its dashboard-ready marts.

A mart is a file warehouse/sql/<entity>/<name>.sql and becomes the view <entity>_<name>; its first line is a comment
that describes it.
"""

from dataclasses import dataclass
from datetime import datetime

from txplatform.contracts.model import Contract
from txplatform.ledger import Ledger
from txplatform.warehouse.athena import Athena


@dataclass(frozen=True, slots=True)
class Mart:
    """A dashboard-ready view: payments_daily, payments_by_status, payments_top_customers, trades_daily, trades_by_symbol."""

    name: str
    entity: str
    description: str
    sql: str


@dataclass(frozen=True, slots=True)
class ViewReport:
    view: str
    query_id: str
    sql: str
    watermark: datetime | None


def marts(entity: str) -> tuple[Mart, ...]:
    """The marts of an entity, by name."""
    raise NotImplementedError


def refresh_view(contract: Contract, athena: Athena, ledger: Ledger) -> ViewReport:
    """Create or replace the exact current view `<entity>` over the snapshot and the rows after the watermark."""
    raise NotImplementedError


def refresh_mart(mart: Mart, athena: Athena) -> ViewReport:
    """Create or replace one mart (its entity's current view, and the ones it reads, must exist)."""
    raise NotImplementedError


def refresh_views(contract: Contract, athena: Athena, ledger: Ledger) -> tuple[ViewReport, ...]:
    """Refresh the current view, then every mart of the entity."""
    raise NotImplementedError
