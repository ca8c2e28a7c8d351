"""Folds the unfolded rows of both lanes into the snapshot table, as one MERGE that Athena runs.

A fold closes the open epoch first, so it knows every row that it has to take: see epochs.py. The snapshot is committed
next, and what counts as folded moves last. Rows that are folded and still count as unfolded are harmless; a row that
counts as folded and is not in the snapshot cannot be.

Athena writes to 100 partitions in one statement, no more: a fold that touches many (a backfill, late corrections) is
several MERGEs, each of its own partitions.
"""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from pyiceberg.expressions import BooleanExpression, GreaterThan, LessThan
from pyiceberg.table import Table

from txplatform.clock import utc_now
from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.contracts.render.columns import EPOCH, ORDER_KEY, OUTRANKED
from txplatform.lake.catalog import Lake
from txplatform.lake.commit import commits_of
from txplatform.lake.epochs import close_epoch, late_tombstone
from txplatform.lake.reports import FoldReport
from txplatform.ledger import Folded, Ledger
from txplatform.warehouse import statements
from txplatform.warehouse.athena import Athena
from txplatform.warehouse.statements import LookUp
from txplatform.wording import counted

MOST_UNFOLDED = 0.01  # of the rows of the snapshot: a query pays for each of them again
FEWEST_ROWS = 1_000  # that are worth a fold before its time
LEAST_AGE = timedelta(minutes=2)  # a fold is a snapshot of the table, and there is no need for one every few seconds
MOST_AGE = timedelta(hours=1)
FEWEST_COMMITS = 30  # that the first fold waits for, unless the first of them is old

_LANE_TABLES = {Lane.FILES: names.files_table, Lane.CHANGES: names.changes_table}
_MOST_PARTITIONS = 90  # of one MERGE: rows without a partition find room beside them


def fold(contract: Contract, lake: Lake, athena: Athena, ledger: Ledger) -> FoldReport:
    """MERGE the newest unfolded row of each key into the snapshot, then count the rows of these epochs as folded."""
    lake.ensure(contract)
    previous = ledger.folded(contract.name)
    epoch = close_epoch(lake, contract)
    look_up = _look_up(contract, lake, previous)
    touched = athena.arrow(statements.folded_partitions(contract, previous, epoch, look_up))
    partitions: list[Any] = touched["value"].to_pylist()
    bounds = partitions[_MOST_PARTITIONS - 1 : -1 : _MOST_PARTITIONS]
    query_id = ""
    for after, until in pairwise([None, *bounds, None]):
        query_id = athena.execute(statements.fold(contract, previous, epoch, look_up, after, until)).query_id
    folded = Folded(epoch, utc_now())
    ledger.set_folded(contract.name, folded)
    return FoldReport(contract.name, names.snapshot_table(contract.name), query_id, previous, folded)


def why_fold(contract: Contract, lake: Lake, ledger: Ledger) -> str | None:
    """Why it is time to fold: rows of files, or the share or the age of the unfolded changes; None when it is not.

    Rows of files are always worth one: they enter the current view with it. Only metadata is read: data files that
    compaction made of several epochs count as a whole.
    """
    lake.ensure(contract)
    folded = ledger.folded(contract.name)
    of_files, changes = (unfolded_rows(contract, lake, folded, lane) for lane in Lane)
    if of_files:
        return f"{counted(of_files, 'row')} of files"
    if folded and (late := _rows_planned(lake.table(names.changes_table(contract.name)), _late(folded))):
        return f"{counted(late, 'row')} beside late tombstones"
    if not changes:
        return None
    if folded is None:
        begun = _is_old_or_long(lake.table(names.changes_table(contract.name)))
        return f"{counted(changes, 'change')}, and none was folded before" if begun else None
    snapshot = lake.table(names.snapshot_table(contract.name)).current_snapshot()
    size = int(snapshot.summary["total-records"] or 0) if snapshot and snapshot.summary else 0
    age = abs(utc_now() - folded.at)
    if changes > max(FEWEST_ROWS, MOST_UNFOLDED * size) and age > LEAST_AGE:
        return f"{changes} unfolded changes beside {size} folded rows"
    return f"{changes} unfolded changes, the last fold {age} ago" if age > MOST_AGE else None


def _is_old_or_long(table: Table) -> bool:
    """Whether a table's commits are many, or began a while ago: snapshots expire only after more commits than that."""
    first = datetime.fromtimestamp(table.metadata.snapshots[0].timestamp_ms / 1000, UTC)
    return commits_of(table) >= FEWEST_COMMITS or abs(utc_now() - first) > LEAST_AGE


def unfolded_rows(contract: Contract, lake: Lake, folded: Folded | None, lane: Lane) -> int:
    """How many rows of a lane are not folded, as its table's metadata says."""
    return _rows_planned(lake.table(_LANE_TABLES[lane](contract.name)), _after(folded))


def _look_up(contract: Contract, lake: Lake, folded: Folded | None) -> LookUp:
    """What has to be looked up in other partitions, as the tables' metadata says: nothing, while files took no part."""
    if unfolded_rows(contract, lake, folded, Lane.FILES):
        return LookUp.ALL_ROWS
    snapshot = lake.table(names.snapshot_table(contract.name))
    of_files = LessThan(ORDER_KEY, statements.FILES_END)  # pyright: ignore[reportCallIssue]
    return LookUp.ROWS_OF_FILES if _rows_planned(snapshot, of_files) else LookUp.NOTHING


def _after(folded: Folded | None) -> BooleanExpression:
    return GreaterThan(EPOCH, folded.epoch if folded else OUTRANKED)  # pyright: ignore[reportCallIssue]


def _late(folded: Folded) -> BooleanExpression:
    return LessThan(EPOCH, late_tombstone(folded.epoch))  # pyright: ignore[reportCallIssue]


def _rows_planned(table: Table, where: BooleanExpression) -> int:
    return sum(task.file.record_count for task in table.scan(row_filter=where).plan_files())
