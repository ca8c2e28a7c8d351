"""Tables of marts that nothing shows any more are dropped: former ones, and all of a mart that is no table now.

One that was shown is left for as long as any query may still read it, and so is one that may be on its way.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from txplatform.contracts.model import Contract
from txplatform.ledger import Ledger, MartTable
from txplatform.warehouse.athena import Athena
from txplatform.warehouse.marts.files import mart_names, mart_tables
from txplatform.warehouse.statements import quoted

LEFT_FOR = timedelta(hours=6)  # longer than any run or query takes


def shown_tables(contract: Contract, ledger: Ledger) -> list[str]:
    """The tables that views of the entity's marts show."""
    return [kept.table for kept in ledger.mart_tables(contract.name) if kept.table]


def drop_former_tables(contract: Contract, athena: Athena, ledger: Ledger, now: datetime) -> int:
    """Drop what is due, and return how many tables that was. It may end halfway: a dropped table is dropped again."""
    return sum(_drop(contract, kept, athena, ledger, now) for kept in ledger.mart_tables(contract.name))


def _drop(contract: Contract, kept: MartTable, athena: Athena, ledger: Ledger, now: datetime) -> int:
    left, others = kept.table, dict(kept.others)
    if kept.table and kept.mart not in mart_tables(contract) and not _is_shown(contract, kept, athena):
        left, others[kept.table] = "", now - LEFT_FOR
    due = [name for name, since in others.items() if abs(now - since) >= LEFT_FOR]
    if not due:
        return 0
    for name in due:
        athena.execute(f"DROP TABLE IF EXISTS {_in_ddl(name)}")
    ledger.set_mart_table(contract.name, replace(kept, table=left, others=_without(others, due)))
    return len(due)


def _is_shown(contract: Contract, kept: MartTable, athena: Athena) -> bool:
    """Whether the view still shows the table of a mart that has become a view; that of a mart without a file goes."""
    view = quoted(kept.mart)
    if kept.mart not in mart_names(contract):
        athena.execute(f"DROP VIEW IF EXISTS {view}")
        return False
    lines = athena.arrow(f"SHOW CREATE VIEW {view}") if athena.view_version(kept.mart) else None
    return lines is not None and any(kept.table in str(line) for line in lines[0].to_pylist())


def _without(others: dict[str, datetime], names: Iterable[str]) -> dict[str, datetime]:
    return {name: since for name, since in others.items() if name not in names}


def _in_ddl(name: str) -> str:
    """An identifier for DDL, which Hive's grammar is of."""
    return f"`{name}`"
