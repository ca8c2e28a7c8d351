"""Holds how long things are kept that more than one place has to agree on: bucket rules, ledger, maintenance."""

from datetime import datetime, timedelta

from txplatform.contracts.names import Lane

CHANGE_OBJECTS = timedelta(days=90)  # an object under `cdc/`, from its landing: so long it can be replayed
SUPERSEDED_OBJECTS = timedelta(days=90)  # a version that was overwritten or deleted, unless a place has its own time
REWRITTEN_OBJECTS = timedelta(days=7)  # such a version under `warehouse/` and `dashboards/`, rewritten all day
QUERY_RESULTS = timedelta(days=7)
INVENTORY_REPORTS = timedelta(days=14)  # of which the latest is read
_LEDGER_ROWS_LONGER = timedelta(days=7)  # than the object can be taken for one that the ledger lacks


def ledger_row_expires(lane: Lane, landed_at: datetime, done_at: datetime) -> datetime | None:
    """When the ledger may forget an object that is in the lake; None for never.

    A row outlives the time in which reconciliation looks for its object (`is_replayable`); else the object would be
    entered as new. Files are listed for ever, because their days are materialised again, so their rows stay.
    """
    if lane is Lane.FILES:
        return None
    return max(landed_at + CHANGE_OBJECTS, done_at) + _LEDGER_ROWS_LONGER


def is_replayable(lane: Lane, landed_at: datetime, now: datetime) -> bool:
    """Whether an object is one that its landing area promises to keep; S3 removes others within days of their time."""
    return lane is Lane.FILES or now - landed_at <= CHANGE_OBJECTS
