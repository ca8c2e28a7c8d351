"""Takes rows out of a quarantine table by their ids: after they were redriven, or because a person says so."""

from collections.abc import Collection, Iterator
from typing import Any

from pyiceberg.expressions import In

from txplatform.errors import CommitConflictError
from txplatform.lake.catalog import Lake
from txplatform.lake.quarantine_filter import QUARANTINE_ID
from txplatform.lake.races import MAX_ATTEMPTS, NOT_COMMITTED, pause

_IDS_OF_A_COMMIT = 2000


def remove_quarantined(lake: Lake, name: str, ids: Collection[str]) -> None:
    """Delete the rows of these ids from the table `name`; ids that it does not hold change nothing.

    Raise CommitConflictError when no attempt gets through; what was deleted before stays deleted.
    """
    for part in _parts(sorted(ids)):
        _remove(lake, name, part)


def _remove(lake: Lake, name: str, ids: list[str]) -> None:
    where: Any = In(QUARANTINE_ID, set(ids))  # pyright: ignore[reportCallIssue]
    for attempt in range(MAX_ATTEMPTS):
        table = lake.table(name)
        if table.scan(row_filter=where, selected_fields=(QUARANTINE_ID,), limit=1).to_arrow().num_rows == 0:
            return
        change = table.transaction()
        change.delete(where)
        try:
            change.commit_transaction()
        except NOT_COMMITTED:
            pause(attempt)
            continue
        return
    raise CommitConflictError(f"{name}: {len(ids)} rows could not be removed in {MAX_ATTEMPTS} attempts")


def _parts(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), _IDS_OF_A_COMMIT):
        yield ids[start : start + _IDS_OF_A_COMMIT]
