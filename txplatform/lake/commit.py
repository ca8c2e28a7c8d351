"""Commits to Iceberg tables: each batch once, each replacement on the state it was computed from.

Every commit carries its batch id in the snapshot's summary. An append looks for it before each attempt, so a batch
whose run died after the commit, or that two runs raced for, is in the table once.
"""

import random
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.expressions import BooleanExpression
from pyiceberg.table import Table

from txplatform.clock import utc_now
from txplatform.contracts.render.columns import INGESTED_AT
from txplatform.errors import CommitConflictError, CommitTooSlowError
from txplatform.lake.catalog import Lake

BATCH_ID_PROPERTY = "txplatform.batch-id"
_ATTEMPTS = 20
_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Commit:
    """What a commit came to. `repeated`: the batch was in the table already, nothing was written."""

    snapshot_id: int | None
    rows: int
    repeated: bool = False


def append_once(lake: Lake, table_name: str, data: pa.Table, batch_id: str) -> Commit:
    """Append a batch exactly once; raise CommitConflictError or CommitTooSlowError."""
    if not data.num_rows:
        return Commit(None, 0)
    pause = _FIRST_PAUSE_SECONDS
    for _ in range(_ATTEMPTS):
        table = lake.table(table_name)
        committed = _snapshot_of(table, batch_id)
        if committed is not None:
            return Commit(committed, data.num_rows, repeated=True)
        _require_in_time(data, lake.clients.settings.commit_allowance)
        try:
            table.append(_fitted(data, table), snapshot_properties={BATCH_ID_PROPERTY: batch_id})
        except CommitFailedException:
            time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 # spreads racing writers, no secret
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
            continue
        return Commit(_current(table), data.num_rows)
    raise CommitConflictError(
        f"{table_name}: other writers won the race {_ATTEMPTS} times; batch {batch_id} can be retried"
    )


def replace_rows(
    table: Table, data: pa.Table, replaced: BooleanExpression, batch_id: str, allowance: timedelta
) -> Commit:
    """Replace the rows that match `replaced` by `data`, atomically and only on the state in which `table` was opened.

    Raise CommitConflictError when someone committed since: what was read before may be outdated, so read again.
    """
    _require_in_time(data, allowance)
    try:
        table.overwrite(_fitted(data, table), replaced, snapshot_properties={BATCH_ID_PROPERTY: batch_id})
    except CommitFailedException as error:
        raise CommitConflictError(f"{'.'.join(table.name())}: the table changed meanwhile") from error
    return Commit(_current(table), data.num_rows)


def _snapshot_of(table: Table, batch_id: str) -> int | None:
    for snapshot in reversed(table.metadata.snapshots):
        if snapshot.summary is not None and snapshot.summary.get(BATCH_ID_PROPERTY) == batch_id:
            return snapshot.snapshot_id
    return None


def _current(table: Table) -> int | None:
    snapshot = table.current_snapshot()
    return snapshot.snapshot_id if snapshot else None


def _fitted(data: pa.Table, table: Table) -> pa.Table:
    """The data with the table's columns in the table's order; columns that the data lacks are null."""
    wanted = table.schema().as_arrow()
    columns = [
        data.column(field.name) if field.name in data.column_names else pa.nulls(data.num_rows, field.type)
        for field in wanted
    ]
    return pa.table(columns, schema=pa.schema([f.with_metadata(None) for f in wanted])) if columns else data


def _require_in_time(data: pa.Table, allowance: timedelta) -> None:
    if INGESTED_AT not in data.column_names or not data.num_rows:
        return
    oldest: datetime = pc.min(data.column(INGESTED_AT)).as_py()
    if utc_now() - oldest > allowance:
        raise CommitTooSlowError(
            f"the batch was read at {oldest.isoformat()}, more than {allowance} ago; a fold may have passed it. "
            "It is read again at the next attempt"
        )
