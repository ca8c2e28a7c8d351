"""Compares days that are not hot with the ledger: by the bucket's inventory, or by a listing that can be resumed."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from txplatform.clock import utc_now
from txplatform.contracts.names import Lane
from txplatform.errors import InventoryError

if TYPE_CHECKING:
    from logging import Logger

    from txplatform.ledger import InventoryReport, Ledger, ListedThrough


def reconcile_other_days(
    log: "Logger", ledger: "Ledger", lane: Lane, hot: Mapping[str, tuple[date, date]], *, from_inventory: bool
) -> None:
    """Add what the ledger lacks of the days of each entity besides its hot ones, and say how much that was.

    Without a recent report of the inventory, or with one that cannot be read, the days are listed.
    """
    report = _latest(log, ledger, lane) if from_inventory else None
    if report is not None:
        try:
            for entity, added in ledger.reconcile_inventory(report, list(hot)).items():
                log.info(
                    f"{entity}, {lane.value}: {added} objects added by the inventory of {report.made_at:%F %R} UTC"
                )
            return
        except InventoryError as error:
            log.warning(f"{error}. All days are listed instead.")
    for entity, days in hot.items():
        added = ledger.reconcile_others(lane, entity, days, partial(_say, log, f"{entity}, {lane.value}"))
        log.info(f"{entity}, {lane.value}: {added} objects added of all other days, by listing")


def _latest(log: "Logger", ledger: "Ledger", lane: Lane) -> "InventoryReport | None":
    try:
        return ledger.inventory.latest(lane, utc_now())
    except InventoryError as error:
        log.warning(f"{error}. All days are listed instead.")
        return None


def _say(log: "Logger", what: str, listed: "ListedThrough") -> None:
    log.info(f"{what}: {listed.objects} objects listed through {listed.day}, {listed.added} added")
