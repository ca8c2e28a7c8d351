"""Commits to Iceberg tables: a batch once and only once, a set of days replaced as one.

Writers race optimistically. The loser of a race reloads the table and looks whether its work is done already: a batch
id is kept in the summary of the snapshot that holds the batch, the days of a replacement likewise.
"""

# pyarrow carries no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false, reportUnknownArgumentType=false

import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pyarrow as pa
from pyiceberg.exceptions import CommitFailedException, CommitStateUnknownException
from pyiceberg.expressions import And, BooleanExpression, EqualTo, In
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Snapshot

from txplatform.clock import utc_now
from txplatform.contracts.render.columns import DAY, LANE
from txplatform.errors import CommitConflictError, CommitTooSlowError
from txplatform.lake.catalog import Lake

BATCH_ID = "txplatform.batch-id"
DAYS = "txplatform.days"
MAX_ATTEMPTS = 20
_LONGEST_CALL = timedelta(minutes=2)  # what the commit call itself may take, with its retries

_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 2.0
_LOST_RACE = (CommitFailedException, CommitStateUnknownException)


@dataclass(frozen=True, slots=True)
class Commit:
    """What a commit did. `repeated`: an earlier run had committed the batch as `snapshot_id`; nothing was written."""

    snapshot_id: int | None
    rows: int
    repeated: bool = False


def in_days(days: Iterable[date]) -> BooleanExpression:
    """The rows of these days."""
    return In(DAY, set(days))  # pyright: ignore[reportCallIssue]


def append_once(lake: Lake, name: str, data: pa.Table, batch_id: str, ingested_at: datetime) -> Commit:
    """Append a batch unless a snapshot of the table holds it already. An empty batch needs no commit.

    `ingested_at` is the moment its rows carry; raise CommitTooSlowError once that is older than the commit allowance,
    and CommitConflictError after losing too many races.
    """
    for attempt in range(MAX_ATTEMPTS):
        table = lake.table(name)
        held = _holding(table, batch_id)
        if held is not None:
            return Commit(held.snapshot_id, data.num_rows, repeated=True)
        if not data.num_rows:
            return Commit(None, 0)
        _check_in_time(lake, ingested_at)
        try:
            table.append(data, snapshot_properties={BATCH_ID: batch_id})
        except _LOST_RACE:
            _pause(attempt)
            continue
        return Commit(_snapshot_id(table), data.num_rows)
    raise CommitConflictError(f"{name}: batch {batch_id} lost {MAX_ATTEMPTS} races for the table")


def replace_days(
    lake: Lake, base: Table, name: str, data: pa.Table, days: Sequence[date], ingested_at: datetime
) -> Commit | None:
    """Replace all rows of the days by `data`, as one atomic change of the table.

    `base` is the table as it was before the days' objects were listed. None, and nothing done, if another run replaced
    one of the days since: `data` may lack what that run saw. Commits to other days do not matter.
    """
    table = base
    for attempt in range(MAX_ATTEMPTS):
        _check_in_time(lake, ingested_at)
        try:
            _overwrite(table, data, in_days(days), {DAYS: _listed(days)})
        except _LOST_RACE:
            table = lake.table(name)
            if _replaced_since(base, table, days):
                return None
            _pause(attempt)
            continue
        return Commit(_snapshot_id(table), data.num_rows)
    raise CommitConflictError(f"{name}: the days {_listed(days)} lost {MAX_ATTEMPTS} races for the table")


def replace_refused(lake: Lake, name: str, lane: str, data: pa.Table, days: Sequence[date]) -> Commit:
    """Replace the quarantined rows of a lane's days; of two racing runs the later commit stays."""
    where = And(EqualTo(LANE, lane), in_days(days))  # pyright: ignore[reportCallIssue]
    for attempt in range(MAX_ATTEMPTS):
        table = lake.table(name)
        try:
            _overwrite(table, data, where, {DAYS: _listed(days)})
        except _LOST_RACE:
            _pause(attempt)
            continue
        return Commit(_snapshot_id(table), data.num_rows)
    raise CommitConflictError(f"{name}: the days {_listed(days)} lost {MAX_ATTEMPTS} races for the table")


def _overwrite(table: Table, data: pa.Table, where: BooleanExpression, properties: dict[str, str]) -> None:
    """Overwrite where the filter may match a file, append where it cannot, and commit nothing for nothing."""
    if next(iter(table.scan(row_filter=where, limit=1).plan_files()), None) is not None:
        table.overwrite(data, overwrite_filter=where, snapshot_properties=properties)
    elif data.num_rows:
        table.append(data, snapshot_properties=properties)


def _holding(table: Table, batch_id: str) -> Snapshot | None:
    return next((item for item in reversed(table.metadata.snapshots) if _property(item, BATCH_ID) == batch_id), None)


def _replaced_since(base: Table, table: Table, days: Iterable[date]) -> bool:
    known = {item.snapshot_id for item in base.metadata.snapshots}
    later = (item for item in table.metadata.snapshots if item.snapshot_id not in known)
    return not {day.isoformat() for day in days}.isdisjoint(
        day for item in later for day in _property(item, DAYS).split(",")
    )


def _property(snapshot: Snapshot, key: str) -> str:
    return snapshot.summary.additional_properties.get(key, "") if snapshot.summary else ""


def _snapshot_id(table: Table) -> int | None:
    current = table.current_snapshot()
    return current.snapshot_id if current else None


def _listed(days: Iterable[date]) -> str:
    return ",".join(sorted(day.isoformat() for day in days))


def _pause(attempt: int) -> None:
    longest = min(_FIRST_PAUSE_SECONDS * 2**attempt, _LONGEST_PAUSE_SECONDS)
    time.sleep(longest * random.uniform(0.5, 1))  # noqa: S311 # spreads racing writers, no secret


def _check_in_time(lake: Lake, ingested_at: datetime) -> None:
    allowance = lake.clients.settings.commit_allowance
    age = utc_now() - ingested_at
    if age > allowance - min(_LONGEST_CALL, allowance / 4):
        raise CommitTooSlowError(f"the rows were read {age} ago, close to the commit allowance of {allowance}")
