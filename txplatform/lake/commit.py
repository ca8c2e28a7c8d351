"""Commits to Iceberg tables: a batch appended once, or again if it may be too late, a set of days replaced as one.

Writers race optimistically. A writer that lost a race, or the answer to a commit, reloads the table and looks whether
its work is done already: the summary of a snapshot holds the id of its batch, or the days that it replaced.

A fold passes over rows that are older than the commit allowance (see fold.py). So data is written first, the time is
checked next, and what remains, the commit call alone, is short. If it ends too late all the same, the work is done
again.
"""

import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.exceptions import CommitFailedException, CommitStateUnknownException
from pyiceberg.expressions import And, BooleanExpression, EqualTo, In
from pyiceberg.table import Table, Transaction
from pyiceberg.table.snapshots import Snapshot

from txplatform.clock import parse_timestamp, timestamp_text, utc_now
from txplatform.contracts.render.columns import DAY, LANE
from txplatform.errors import CommitConflictError, CommitTooSlowError
from txplatform.lake.catalog import Lake
from txplatform.lake.system_columns import stamped

BATCH = "txplatform.batch-id"
READ_AT = "txplatform.read-at"
DAYS = "txplatform.days"
_QUARANTINE_ID = "quarantine_id"
MAX_ATTEMPTS = 20
_LONGEST_CALL = timedelta(minutes=2)  # what the commit call takes at most, as a rule; what takes longer is made again

_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 2.0
_compute: Any = pc  # its stubs leave the types of some overloads unknown
_NOT_COMMITTED = (CommitFailedException, CommitStateUnknownException)


@dataclass(frozen=True, slots=True)
class Commit:
    """What a commit did. If `repeated`, an earlier run had committed the batch as `snapshot_id`, and this one nothing.

    `snapshot_id` is None where there was nothing to commit.
    """

    snapshot_id: int | None
    rows: int
    repeated: bool = False


def rows_of_days(table: Table, days: Iterable[date], schema: pa.Schema) -> pa.Table:
    """The rows of these days as the table holds them, in columns and types of the schema."""
    held = table.scan(row_filter=_in_days(days), selected_fields=tuple(schema.names)).to_arrow()
    return held.select(schema.names).cast(schema)


def append_once(lake: Lake, name: str, data: pa.Table, batch_id: str, ingested_at: datetime) -> Commit:
    """Append a batch unless the table holds it already, in time for every fold. An empty batch needs no commit.

    `ingested_at` is the moment that its rows carry. Raise CommitTooSlowError once that is close to the commit
    allowance, and CommitConflictError when no attempt gets through. A batch that is in the table but may have come too
    late, as may one that is resumed once the allowance is over, is appended again, as rows read now under an id of
    their own: rows that are there twice change no state, rows that no fold reads would.
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
        missing = data.filter(_compute.invert(_compute.is_in(data[_QUARANTINE_ID], _quarantined(table, batch_id))))
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

    `base` is the table as it was before the days' objects were listed. Return None if the days have to be read and
    replaced again: one of them was replaced since, by a run that may have seen what `data` lacks (or by this one, which
    lost the answer), or the commit may have come too late. Commits to other days do not matter.
    """
    table = base
    for attempt in range(MAX_ATTEMPTS):
        try:
            overwrite = _overwriting(table, data, _in_days(days), {DAYS: _listed(days)})
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
    where = And(EqualTo(LANE, lane), _in_days(days))  # pyright: ignore[reportCallIssue]
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


def _in_days(days: Iterable[date]) -> BooleanExpression:
    return In(DAY, set(days))  # pyright: ignore[reportCallIssue]


def _holding(table: Table, batch_id: str) -> list[Snapshot]:
    """The snapshots that hold the batch, oldest first: more than one if it came too late."""
    return [item for item in table.metadata.snapshots if _property(item, BATCH) == batch_id]


def _quarantined(table: Table, batch_id: str) -> "pa.Array[Any]":
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
    return stamped(pl.DataFrame(data), batch_id, ingested_at).to_arrow().cast(data.schema)


def _moment(snapshot: Snapshot) -> datetime:
    """The moment that the rows of a snapshot with a batch carry."""
    return parse_timestamp(_property(snapshot, READ_AT))


def _in_time(lake: Lake, ingested_at: datetime) -> bool:
    """Whether rows of that moment which are in the table by now were there before a fold could pass over them."""
    return utc_now() - ingested_at <= lake.commit_allowance


def _check_in_time(lake: Lake, ingested_at: datetime) -> None:
    allowance = lake.commit_allowance
    age = utc_now() - ingested_at
    if age > allowance - min(_LONGEST_CALL, allowance / 4):
        raise CommitTooSlowError(f"the rows were read {age} ago, close to the commit allowance of {allowance}")
