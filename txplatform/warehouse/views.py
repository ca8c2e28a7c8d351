"""Makes the views of an entity: its exact current view, the view of its quarantine, and its marts."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.render.views import view_columns
from txplatform.warehouse import statements
from txplatform.warehouse.mart_tables import table_view
from txplatform.warehouse.marts.model import Mart

if TYPE_CHECKING:
    from txplatform.ledger import Folded, Ledger
    from txplatform.warehouse.athena import Athena


@dataclass(frozen=True, slots=True)
class ViewReport:
    """One refresh: the view, its text, and the statement that replaced it, None where the view had that text already.

    `folded` is what a current view takes as folded.
    """

    view: str
    sql: str
    query_id: str | None
    folded: "Folded | None" = None


def quality_view(entity: str) -> Mart:
    """What is in quarantine of an entity, counted by day, lane, field and rule."""
    sql = (
        "SELECT q.dt, q.lane, r.field, r.rule, count(DISTINCT q.quarantine_id) AS refused_rows, "
        "max(q.quarantined_at) AS last_refused_at "
        f"FROM {statements.quoted(names.quarantine_table(entity))} q "
        "CROSS JOIN UNNEST(q.reasons) AS r(field, rule, message) GROUP BY q.dt, q.lane, r.field, r.rule"
    )
    description = "Rows in quarantine by day, lane, field and rule; a row counts under each rule that it broke"
    return Mart(names.quality_view(entity), entity, description, sql)


def quality_figures(entity: str, since: date) -> tuple[str, str]:
    """The statements for what is in quarantine of the days from `since` on: by day and lane, and by lane and rule."""
    table, view = (statements.quoted(name(entity)) for name in (names.quarantine_table, names.quality_view))
    return (
        f"SELECT dt, lane, count(*) AS refused FROM {table} WHERE dt >= DATE '{since}' "
        "GROUP BY dt, lane ORDER BY dt, lane",
        f"SELECT lane, field, rule, sum(refused_rows) AS refused FROM {view} WHERE dt >= DATE '{since}' "
        "GROUP BY lane, field, rule ORDER BY refused DESC, lane, field, rule",
    )


def refresh_view(contract: Contract, athena: "Athena", ledger: "Ledger") -> ViewReport:
    """Make or replace the exact current view `<entity>`, if it has changed: over what is folded by now."""
    folded = ledger.folded(contract.name)
    return _replace(contract.name, statements.current_view(contract, folded), athena, ledger, [contract], folded)


def refresh_mart(mart: Mart, athena: "Athena", ledger: "Ledger", read: Sequence[Contract] = ()) -> ViewReport:
    """Make or replace one mart, if it has changed; the entities that it reads must have their views."""
    return _replace(mart.name, mart.sql, athena, ledger, read, None)


def show_table(mart: Mart, table: str, athena: "Athena", ledger: "Ledger") -> ViewReport:
    """Let the view of a mart show a table, unless it does."""
    return _replace(mart.name, table_view(mart, table), athena, ledger, (), None)


def _replace(
    view: str, sql: str, athena: "Athena", ledger: "Ledger", read: Sequence[Contract], folded: "Folded | None"
) -> ViewReport:
    """Each replacement is a version in Glue, which keeps them all: one that changes nothing is not made.

    A view keeps the types of its columns. Over a column that has become wider Athena refuses it as stale, whatever its
    text, so that the types of what it reads count too.
    """
    statement = f"CREATE OR REPLACE VIEW {statements.quoted(view)} AS {sql}"
    types = [f"{column.name} {column.trino_type}" for contract in read for column in view_columns(contract)]
    digest = hashlib.sha256("\n".join([statement, *types]).encode()).hexdigest()
    version = athena.view_version(view)
    if version and ledger.published(view) == (digest, version):
        return ViewReport(view, statement, None, folded)
    query_id = athena.execute(statement).query_id
    ledger.set_published(view, digest, athena.view_version(view))
    return ViewReport(view, statement, query_id, folded)
