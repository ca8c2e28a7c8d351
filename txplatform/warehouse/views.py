"""The exact current view of an entity and its dashboard-ready marts.

A mart is a file `warehouse/sql/<entity>/<name>.sql` and becomes the view `<entity>_<name>`; its first line is a
comment that describes it.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from txplatform.contracts.model import Contract
from txplatform.warehouse import statements

if TYPE_CHECKING:
    from txplatform.ledger import Ledger
    from txplatform.warehouse.athena import Athena

_MARTS = Path(__file__).parent / "sql"


@dataclass(frozen=True, slots=True)
class Mart:
    """A dashboard-ready view over an entity's current view."""

    name: str
    entity: str
    description: str
    sql: str


@dataclass(frozen=True, slots=True)
class ViewReport:
    """One refresh: the view, the statement that made it and, for a current view, the watermark it reads after."""

    view: str
    query_id: str
    sql: str
    watermark: datetime | None


@cache
def marts(entity: str) -> tuple[Mart, ...]:
    """The marts of an entity, by name."""
    found: list[Mart] = []
    for path in sorted((_MARTS / entity).glob("*.sql")):
        first, _, sql = path.read_text(encoding="utf-8").partition("\n")
        found.append(Mart(f"{entity}_{path.stem}", entity, first.removeprefix("--").strip(), sql.strip()))
    return tuple(found)


def refresh_view(contract: Contract, athena: "Athena", ledger: "Ledger") -> ViewReport:
    """Create or replace the exact current view `<entity>` over the snapshot and the rows after the watermark."""
    watermark = ledger.watermark(contract.name)
    return _replace(contract.name, statements.current_view(contract, watermark), athena, watermark)


def refresh_mart(mart: Mart, athena: "Athena") -> ViewReport:
    """Create or replace one mart; its entity's current view must exist."""
    return _replace(mart.name, mart.sql, athena, None)


def _replace(view: str, sql: str, athena: "Athena", watermark: datetime | None) -> ViewReport:
    statement = f"CREATE OR REPLACE VIEW {statements.quoted(view)} AS {sql}"
    return ViewReport(view, athena.execute(statement).query_id, statement, watermark)
