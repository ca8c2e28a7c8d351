"""A commit of 10,000 changes to a large entity against the same to an empty one, and against pyiceberg's upsert.

A commit is the whole run of the changes lane over one landed object: reading, validating, appending, marking it done.
The upsert gets the rows ready made, with the contract's key.
"""

import time
from collections.abc import Iterator
from statistics import median

import polars as pl

from txplatform.clock import utc_now
from txplatform.contracts import names
from txplatform.contracts.render.arrow import stored
from txplatform.contracts.render.columns import SNAPSHOT
from txplatform.lake.system_columns import to_table
from txplatform_tests.bench.frame.figures import Figure, Size
from txplatform_tests.bench.frame.measuring import progress
from txplatform_tests.bench.frame.payments import change_records, changes
from txplatform_tests.bench.frame.stand import empty_stand, filled_stand
from txplatform_tests.lake_stand import Stand

_ROWS = {Size.SMALL: 4_500, Size.FULL: 10_000_000}
_CHANGES = {Size.SMALL: 50, Size.FULL: 10_000}
_TURNS = {Size.SMALL: 1, Size.FULL: 5}
_MOST_TIMES = 1.5
_LEAST_TIMES_OF_UPSERT = 30
SETTINGS = {size: f"{_CHANGES[size]:,} changes in one object, {_TURNS[size]} times." for size in Size}


def measure(size: Size) -> Iterator[Figure]:
    """Commit the same objects to both entities, by turns, then upsert the rows of one into the large one's snapshot."""
    rows = _ROWS[size]
    empty, large = empty_stand(), filled_stand(rows)
    taken = [(empty, list[float]()), (large, list[float]())]
    for turn in range(_TURNS[size] + 1):  # the first is not counted: it makes tables and warms caches
        made = changes(large.contract, rows, _CHANGES[size], utc_now(), turn)
        for stand, seconds in taken:
            progress(f"turn {turn}: landing and committing {made.num_rows:,} changes")
            stand.put_changes(f"turn-{turn:04d}", change_records(stand.contract, made))
            started = time.perf_counter()
            report = stand.ingest_changes()
            seconds.append(time.perf_counter() - started)
            assert (report.rows, report.refused) == (made.num_rows, 0)
    into_empty, into_large = (median(seconds[1:]) for _, seconds in taken)
    upsert = _upsert(large, rows, _CHANGES[size], _TURNS[size])
    yield Figure("commit to an empty entity", into_empty, "s")
    yield Figure(f"commit to {rows:,} rows", into_large, "s")
    yield Figure(f"{rows:,} rows to empty", into_large / into_empty, "x", most=_MOST_TIMES)
    yield Figure(f"upsert into {rows:,} rows", upsert, "s")
    yield Figure("upsert to commit", upsert / into_large, "x", least=_LEAST_TIMES_OF_UPSERT)


def _upsert(stand: Stand, rows: int, count: int, turn: int) -> float:
    """Seconds of pyiceberg's upsert of one row a key into the snapshot, by the contract's key."""
    key = list(stand.contract.key)
    made = pl.DataFrame(changes(stand.contract, rows, count, utc_now(), turn)).unique(key)
    table = stand.lake.table(names.snapshot_table(stand.contract.name))
    data = stored(to_table(stand.contract, SNAPSHOT, made))
    progress(f"upserting {data.num_rows:,} rows")
    started = time.perf_counter()
    table.upsert(data, join_cols=key)
    return time.perf_counter() - started
