"""Lets days be taken in again by themselves, should the process die between the commits of their refused and good rows.

Such a day has lost quarantined rows that pass by now and are in no table yet. A day with pending files is taken again
anyway; of any other one, an object is made pending.
"""

from collections.abc import Sequence
from datetime import date

from pyiceberg.expressions import And, EqualTo

from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.contracts.render.columns import LANE
from txplatform.lake.catalog import Lake
from txplatform.lake.commit import in_days
from txplatform.ledger import LandedObject, Ledger, State


def reopen_quarantined(
    entity: str, lake: Lake, ledger: Ledger, objects: Sequence[LandedObject], days: Sequence[date]
) -> list[LandedObject]:
    """Make one of the objects pending for each of the days, if any of these has quarantined rows; return those.

    `objects` name the versions that were read. They have to be marked done after the commit.
    """
    where = And(EqualTo(LANE, str(Lane.FILES)), in_days(days))  # pyright: ignore[reportCallIssue]
    files = lake.table(names.quarantine_table(entity)).scan(row_filter=where, limit=1).plan_files()
    if next(iter(files), None) is None:
        return []
    entered = ledger.entered(Lane.FILES, entity, [item for item in objects if item.dt in days]).values()
    pending = {item.dt for state, item in entered if state is State.PENDING}
    done = {item.dt: item for state, item in entered if state is State.DONE and item.dt not in pending}
    ledger.reopen(done.values())
    return list(done.values())
