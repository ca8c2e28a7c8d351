"""Commits to Iceberg tables: a batch appended once, or again if it may be too late, a set of days replaced as one.

Writers race optimistically. Who lost a race, or the answer to a commit, reloads the table and looks whether the work is
done already: a batch id is kept in the summary of the snapshot that holds it, the days of a replacement likewise.

A fold passes over rows that are older than the commit allowance (see fold.py). So data is written first, the time is
checked next, and what remains, the commit call alone, is short. Should it yet end too late, the commit does not count.
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
import pyarrow.compute as pc
from pyiceberg.exceptions import CommitFailedException, CommitStateUnknownException
from pyiceberg.expressions import And, BooleanExpression, EqualTo, In
from pyiceberg.table import Table, Transaction
from pyiceberg.table.snapshots import Snapshot

from txplatform.clock import parse_timestamp, timestamp_text, utc_now
from txplatform.contracts.render.columns import BATCH_ID, DAY, INGESTED_AT, LANE
from txplatform.errors import CommitConflictError, CommitTooSlowError
from txplatform.lake.catalog import Lake

BATCH = "txplatform.batch-id"
READ_AT = "txplatform.read-at"
DAYS = "txplatform.days"
_QUARANTINE_ID = "quarantine_id"
MAX_ATTEMPTS = 20
_LONGEST_CALL = timedelta(minutes=2)  # what the commit call takes at most, as a rule; what takes longer is made again

_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 2.0
_NOT_COMMITTED = (CommitFailedException, CommitStateUnknownException)


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
    """Append a batch unless the table holds it already, in time for every fold. An empty batch needs no commit.

    `ingested_at` is the moment its rows carry; raise CommitTooSlowError once that is older than the commit allowance,
    and CommitConflictError when no attempt gets through. A batch that is there but may have come too late, as may one
    that is resumed once the allowance is over, is appended again, as rows read now under an id of their own: rows that
    are there twice change no state, invisible ones would.
    """
    for attempt in range(MAX_ATTEMPTS):
        table = lake.table(name)
        held = _holding(table, batch_id)
        if held and _in_time(lake, _moment(held[-1])):
            return Commit(held[-1].snapshot_id, data.num_rows, repeated=True)
        if not data.num_rows:
            return Commit(None, 0)
        if held:
            ingested_at = utc_now()
            data = _restamped(data, f"{batch_id}+{len(held)}", ingested_at)
        properties = {BATCH: batch_id, READ_AT: timestamp_text(ingested_at)}
        try:
            append = table.transaction()
            append.append(data, snapshot_properties=properties)
            _check_in_time(lake, ingested_at)
            append.commit_transaction()
        except _NOT_COMMITTED:
            _pause(attempt)
            continue
        if _in_time(lake, ingested_at):
            return Commit(_snapshot_id(table), data.num_rows)
    raise CommitConflictError(f"{name}: batch {batch_id} did not get through in {MAX_ATTEMPTS} attempts")


def append_refused(lake: Lake, name: str, data: pa.Table, batch_id: str) -> None:
    """Append those quarantined rows of a batch that the table lacks.

    A batch that is resumed may have more refused than the interrupted run saw, under a contract grown stricter.
    """
    for attempt in range(MAX_ATTEMPTS):
        table = lake.table(name)
        there = pc.is_in(data[_QUARANTINE_ID], _quarantined(table, batch_id))  # pyright: ignore[reportAttributeAccessIssue] # generated
        missing = data.filter(pc.invert(there))  # pyright: ignore[reportAttributeAccessIssue] # generated
        if not missing.num_rows:
            return
        try:
            table.append(missing, snapshot_properties={BATCH: batch_id})
        except _NOT_COMMITTED:
            _pause(attempt)
            continue
        return
    raise CommitConflictError(f"{name}: batch {batch_id} did not get through in {MAX_ATTEMPTS} attempts")


def replace_days(
    lake: Lake, base: Table, name: str, data: pa.Table, days: Sequence[date], ingested_at: datetime
) -> Commit | None:
    """Replace all rows of the days by `data`, as one atomic change of the table.

    `base` is the table as it was before the days' objects were listed. None if the days have to be looked at and
    replaced again: one of them was replaced since, by a run that may have seen what `data` lacks (or by this one, which
    lost the answer), or the commit may have come too late. Commits to other days do not matter.
    """
    table = base
    for attempt in range(MAX_ATTEMPTS):
        try:
            overwrite = _overwriting(table, data, in_days(days), {DAYS: _listed(days)})
            _check_in_time(lake, ingested_at)
            overwrite.commit_transaction()
        except _NOT_COMMITTED:
            table = lake.table(name)
            if _replaced_since(base, table, days):
                return None
            _pause(attempt)
            continue
        return Commit(_snapshot_id(table), data.num_rows) if _in_time(lake, ingested_at) else None
    raise CommitConflictError(f"{name}: the days {_listed(days)} did not get through in {MAX_ATTEMPTS} attempts")


def replace_refused(lake: Lake, name: str, lane: str, data: pa.Table, days: Sequence[date]) -> Commit:
    """Replace the quarantined rows of a lane's days; of two racing runs the later commit stays."""
    where = And(EqualTo(LANE, lane), in_days(days))  # pyright: ignore[reportCallIssue]
    for attempt in range(MAX_ATTEMPTS):
        table = lake.table(name)
        try:
            _overwriting(table, data, where, {DAYS: _listed(days)}).commit_transaction()
        except _NOT_COMMITTED:
            _pause(attempt)
            continue
        return Commit(_snapshot_id(table), data.num_rows)
    raise CommitConflictError(f"{name}: the days {_listed(days)} did not get through in {MAX_ATTEMPTS} attempts")


def _overwriting(table: Table, data: pa.Table, where: BooleanExpression, properties: dict[str, str]) -> Transaction:
    """Overwrite where the filter may match a file, append where it cannot, and change nothing for nothing."""
    change = table.transaction()
    if next(iter(table.scan(row_filter=where, limit=1).plan_files()), None) is not None:
        change.overwrite(data, overwrite_filter=where, snapshot_properties=properties)
    elif data.num_rows:
        change.append(data, snapshot_properties=properties)
    return change


def _holding(table: Table, batch_id: str) -> list[Snapshot]:
    """The snapshots that hold the batch, oldest first: more than one if it came too late."""
    return [item for item in table.metadata.snapshots if _property(item, BATCH) == batch_id]


def _quarantined(table: Table, batch_id: str) -> pa.Array:
    """The ids of the rows that the table holds of a batch; rows are read only if a snapshot says that there are any."""
    if not _holding(table, batch_id):
        return pa.array([], pa.string())
    of_batch = EqualTo("batch_id", batch_id)  # pyright: ignore[reportCallIssue]
    rows = table.scan(of_batch, (_QUARANTINE_ID,)).to_arrow()
    return rows[_QUARANTINE_ID].combine_chunks()


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


def _restamped(data: pa.Table, batch_id: str, ingested_at: datetime) -> pa.Table:
    for name, value in ((BATCH_ID, batch_id), (INGESTED_AT, ingested_at)):
        place = data.schema.get_field_index(name)
        column = data.schema.field(place)
        data = data.set_column(place, column, pa.repeat(pa.scalar(value, column.type), data.num_rows))
    return data


def _moment(snapshot: Snapshot) -> datetime:
    """The moment that the rows of a snapshot with a batch carry."""
    return parse_timestamp(_property(snapshot, READ_AT))


def _in_time(lake: Lake, ingested_at: datetime) -> bool:
    """Whether rows of that moment which are in the table by now were there before a fold could pass over them."""
    return utc_now() - ingested_at <= lake.clients.settings.commit_allowance


def _check_in_time(lake: Lake, ingested_at: datetime) -> None:
    allowance = lake.clients.settings.commit_allowance
    age = utc_now() - ingested_at
    if age > allowance - min(_LONGEST_CALL, allowance / 4):
        raise CommitTooSlowError(f"the rows were read {age} ago, close to the commit allowance of {allowance}")
