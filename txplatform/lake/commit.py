"""Commits to Iceberg tables: a batch appended once, a set of days replaced as one.

Writers race optimistically. A writer that lost a race, or the answer to a commit, reloads the table and looks whether
its work is done already. The table's own properties say so, which outlive its snapshots: the id of the last batch is
set in the commit of its rows. A lane has one open batch (see ledger/batches.py), so no earlier one can still come.
Rows enter the epoch that is open in the version of the table that they are added to: see epochs.py.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.expressions import And, BooleanExpression, EqualTo, In
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table, Transaction
from pyiceberg.table.snapshots import Snapshot

from txplatform.contracts.render.arrow import stored
from txplatform.contracts.render.columns import DAY, LANE
from txplatform.errors import BatchSupersededError, CommitConflictError
from txplatform.lake.catalog import Lake
from txplatform.lake.epochs import properties_after
from txplatform.lake.races import MAX_ATTEMPTS, NOT_COMMITTED, pause
from txplatform.lake.written_rows import WrittenRows

BATCH = "txplatform.batch-id"  # of a snapshot
LAST_BATCH = "txplatform.last-batch-id"  # of a table
DAYS = "txplatform.days"
_QUARANTINE_ID = "quarantine_id"

_compute: Any = pc  # its stubs leave the types of some overloads unknown
InEpoch = Callable[[pa.Table, Table], pa.Table]


@dataclass(frozen=True, slots=True)
class Commit:
    """What a commit did. If `repeated`, an earlier run had committed the batch, and this one nothing.

    `snapshot_id` is None where there was nothing to commit, or where the batch's snapshot has expired since.
    """

    snapshot_id: int | None
    rows: int
    repeated: bool = False


def append_once(lake: Lake, name: str, data: pa.Table, batch_id: str, in_epoch: InEpoch) -> Commit:
    """Append a batch unless the table holds it already; `in_epoch` gives its rows their epochs in a table's version.

    An empty batch needs no commit. Raise BatchSupersededError when a later batch is there already, and
    CommitConflictError when no attempt gets through.
    """
    for attempt in range(MAX_ATTEMPTS):
        table = lake.table(name)
        if _holds(table, batch_id):
            return Commit(_snapshot_of(table, batch_id), data.num_rows, repeated=True)
        if not data.num_rows:
            return Commit(None, 0)
        append = table.transaction()
        append.set_properties({LAST_BATCH: batch_id, **properties_after(data, table)})
        append.append(stored(in_epoch(data, table)), snapshot_properties={BATCH: batch_id})
        try:
            append.commit_transaction()
        except NOT_COMMITTED:
            pause(attempt)
            continue
        return Commit(_snapshot_id(table), data.num_rows)
    raise CommitConflictError(f"{name}: batch {batch_id} did not get through in {MAX_ATTEMPTS} attempts")


def append_refused(lake: Lake, name: str, data: pa.Table, batch_id: str) -> None:
    """Append those quarantined rows of a batch that the table lacks.

    A batch that is resumed may have more refused than the interrupted run saw, under a contract grown stricter.
    Raises as `append_once`.
    """
    for attempt in range(MAX_ATTEMPTS):
        table = lake.table(name)
        held = _quarantined(table, batch_id) if _holds(table, batch_id) else pa.array([], pa.string())
        missing = data.filter(_compute.invert(_compute.is_in(data[_QUARANTINE_ID], held)))
        if not missing.num_rows:
            return
        append = table.transaction()
        append.set_properties({LAST_BATCH: batch_id})
        append.append(stored(missing), snapshot_properties={BATCH: batch_id})
        try:
            append.commit_transaction()
        except NOT_COMMITTED:
            pause(attempt)
            continue
        return
    raise CommitConflictError(f"{name}: batch {batch_id} did not get through in {MAX_ATTEMPTS} attempts")


def replace_days(lake: Lake, base: Table, name: str, written: WrittenRows, days: Sequence[date]) -> Commit | None:
    """Replace all rows of the days by those written, as one atomic change of the table.

    `base` is the table as it was before the days' objects were listed. Return None if the days have to be read and
    replaced again: one of them was replaced since, by a run that may have seen what was not read (or by this one, which
    lost the answer). Commits to other days do not matter.
    """
    table = base
    for attempt in range(MAX_ATTEMPTS):
        try:
            files = written.in_open_epoch(table)
            _overwriting(table, files, in_days(days), {DAYS: _listed(days)}).commit_transaction()
        except NOT_COMMITTED:
            table = lake.table(name)
            if _replaced_since(base, table, days):
                return None
            pause(attempt)
            continue
        return Commit(_snapshot_id(table), sum(file.record_count for file in files))
    raise CommitConflictError(f"{name}: the days {_listed(days)} did not get through in {MAX_ATTEMPTS} attempts")


def replace_refused(lake: Lake, name: str, lane: str, files: Sequence[DataFile], days: Sequence[date]) -> Commit:
    """Replace the quarantined rows of a lane's days by those written; of two racing runs the later commit stays."""
    where = And(EqualTo(LANE, lane), in_days(days))  # pyright: ignore[reportCallIssue]
    for attempt in range(MAX_ATTEMPTS):
        table = lake.table(name)
        try:
            _overwriting(table, files, where, {DAYS: _listed(days)}).commit_transaction()
        except NOT_COMMITTED:
            pause(attempt)
            continue
        return Commit(_snapshot_id(table), sum(file.record_count for file in files))
    raise CommitConflictError(f"{name}: the days {_listed(days)} did not get through in {MAX_ATTEMPTS} attempts")


def _overwriting(
    table: Table, files: Sequence[DataFile], where: BooleanExpression, properties: dict[str, str]
) -> Transaction:
    """Delete where the filter may match a file, append where there is something to append."""
    change = table.transaction()
    if next(iter(table.scan(row_filter=where, limit=1).plan_files()), None) is not None:
        change.delete(where, snapshot_properties=properties)
    if files:
        with change.update_snapshot(snapshot_properties=properties).merge_append() as append:
            for file in files:
                append.append_data_file(file)
    return change


def in_days(days: Iterable[date]) -> BooleanExpression:
    """The rows of these days."""
    return In(DAY, set(days))  # pyright: ignore[reportCallIssue]


def _holds(table: Table, batch_id: str) -> bool:
    """Whether the batch was the last one committed. Ids of a lane and entity sort as their batches follow."""
    last = table.metadata.properties.get(LAST_BATCH, "")
    if last > batch_id:
        raise BatchSupersededError(f"{table.name()[-1]} holds batch {last} already, which came after {batch_id}")
    return last == batch_id


def _quarantined(table: Table, batch_id: str) -> "pa.Array[Any]":
    """The ids of the rows that the table holds of a batch."""
    of_batch = EqualTo("batch_id", batch_id)  # pyright: ignore[reportCallIssue]
    rows = table.scan(of_batch, selected_fields=(_QUARANTINE_ID,)).to_arrow()
    return rows[_QUARANTINE_ID].combine_chunks()


def _snapshot_of(table: Table, batch_id: str) -> int | None:
    snapshots = reversed(table.metadata.snapshots)
    return next((item.snapshot_id for item in snapshots if _property(item, BATCH) == batch_id), None)


def _replaced_since(base: Table, table: Table, days: Iterable[date]) -> bool:
    """Whether a commit since `base` replaced one of the days, or may have: its snapshot may have expired."""
    known, last = (commits_of(version) for version in (base, table))
    later = [item for item in table.metadata.snapshots if (item.sequence_number or 0) > known]
    if len(later) < last - known:
        return True
    return not {day.isoformat() for day in days}.isdisjoint(
        day for item in later for day in _property(item, DAYS).split(",")
    )


def commits_of(table: Table) -> int:
    """How many commits the table has had that made a snapshot."""
    metadata: Any = table.metadata  # of format version 2, which the tables are made with
    return metadata.last_sequence_number


def _property(snapshot: Snapshot, key: str) -> str:
    return snapshot.summary.additional_properties.get(key, "") if snapshot.summary else ""


def _snapshot_id(table: Table) -> int | None:
    current = table.current_snapshot()
    return current.snapshot_id if current else None


def _listed(days: Iterable[date]) -> str:
    return ",".join(sorted(day.isoformat() for day in days))
