"""Brings marts that are tables up to date: whole at first, later by the days whose records have changed.

What a table was made of is read before its rows are, and kept after they are committed: a record that comes meanwhile
is found by the next refresh once more, and none is missed. So a refresh that died at any point is done again by the
next one. A table that is made whole has a name of its own; the view shows it when it is complete.
"""

import hashlib
import uuid
from dataclasses import dataclass, replace
from typing import Any

from txplatform.clock import utc_now
from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.errors import CommitConflictError
from txplatform.lake.catalog import MAX_AGE, OPTIMIZED_BYTES, PROPERTIES, Lake
from txplatform.lake.epochs import open_epoch
from txplatform.ledger import Ledger, MartSource, MartTable
from txplatform.warehouse import mart_tables, statements
from txplatform.warehouse.athena import Athena
from txplatform.warehouse.marts.model import Mart
from txplatform.warehouse.views import ViewReport, show_table

_MOST_DAYS = 366  # that are replaced; of more the table is made whole
_READ = (names.changes_table, names.files_table, names.snapshot_table)


@dataclass(frozen=True, slots=True)
class TableRefresh:
    """What a refresh did: `days` were replaced in the table, or None where it was made whole."""

    view: ViewReport
    table: str
    days: int | None


def refresh_table(mart: Mart, contract: Contract, lake: Lake, athena: Athena, ledger: Ledger) -> TableRefresh:
    """Bring the table of a mart up to date and let its view show it; the entity must have its current view.

    Raise CommitConflictError where another refresh of the mart was faster.
    """
    kept = ledger.mart_table(contract.name, mart.name)
    source = _source(mart, contract, lake, ledger)
    days: list[Any] | None = None
    if _continues(kept, source) and athena.view_version(kept.table):
        days = athena.arrow(mart_tables.changed_days(contract, kept.source))["day"].to_pylist()
    if days is None or len(days) > _MOST_DAYS:
        days, kept = None, _made_whole(mart, contract, lake, athena, ledger, kept, source)
    else:
        if days:
            athena.execute(mart_tables.replace_days(contract, mart, kept.table, days))
        if source != kept.source:
            kept = _keep(ledger, contract, replace(kept, source=source))
    view = show_table(mart, kept.table, athena, ledger)
    return TableRefresh(view, kept.table, None if days is None else len(days))


def _source(mart: Mart, contract: Contract, lake: Lake, ledger: Ledger) -> MartSource:
    """The state of the entity now. What is folded is read first: it is never more than what the tables hold."""
    folded = ledger.folded(contract.name)
    tables = [lake.table(name(contract.name)) for name in _READ]
    texts = [mart.sql, *(f"{column.name} {column.trino_type}" for column in mart.columns)]
    texts += [statements.current_view(contract, None), *(str(table.metadata.table_uuid) for table in tables)]
    digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()
    return MartSource(digest, open_epoch(tables[0]), folded.epoch if folded else 0)


def _continues(kept: MartTable, source: MartSource) -> bool:
    return bool(kept.table) and kept.source.digest == source.digest


def _made_whole(
    mart: Mart, contract: Contract, lake: Lake, athena: Athena, ledger: Ledger, kept: MartTable, source: MartSource
) -> MartTable:
    """Make a table under a new name, which is kept before: maintenance finds it should this process die."""
    table = f"{mart.name}__{uuid.uuid4().hex[:12]}"
    kept = _keep(ledger, contract, replace(kept, others={**kept.others, table: utc_now()}))
    location = f"s3://{lake.bucket}/{names.WAREHOUSE_PREFIX}/{table}"
    properties = {name: PROPERTIES[name] for name in (MAX_AGE, OPTIMIZED_BYTES)}
    athena.execute(mart_tables.create_table(mart, table, location, properties))
    others = {name: since for name, since in kept.others.items() if name != table}
    if kept.table:
        others[kept.table] = utc_now()
    return _keep(ledger, contract, replace(kept, table=table, source=source, others=others))


def _keep(ledger: Ledger, contract: Contract, new: MartTable) -> MartTable:
    if not ledger.set_mart_table(contract.name, new):
        raise CommitConflictError(f"{new.mart}: another refresh of it was faster")
    return replace(new, revision=new.revision + 1)
