"""Epochs: what commits and folds share, so that no row lies between what is folded and what is read as unfolded.

Each row of the files and changes tables carries the number of the epoch in which it was committed. The number of the
open epoch is a property of the table, and a commit stamps its rows with that of the very version it builds on. A fold
closes the epoch: one commit, of a snapshot without files, raises the number. A writer that began before it has lost
the race, loads the table again and stamps its rows anew. So when an epoch is closed, all its rows are in the table and
none can follow. No clock takes part: neither skew nor sleep nor a slow commit can hide a row.
"""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.table import Table

from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.render.columns import EPOCH, ORDER_KEY, UNCOMMITTED
from txplatform.errors import CommitConflictError
from txplatform.lake.catalog import Lake
from txplatform.lake.races import MAX_ATTEMPTS, NOT_COMMITTED, pause

OPEN_EPOCH = "txplatform.open-epoch"
_GREATEST = "txplatform.greatest-order-key"  # of all rows
_CLOSED = "txplatform.closed-order-key"  # the same, when the last epoch was closed

_compute: Any = pc  # its stubs leave the types of some overloads unknown


def open_epoch(table: Table) -> int:
    """The epoch that rows committed on this version of the table belong to."""
    return int(table.metadata.properties.get(OPEN_EPOCH, "1"))


def late_tombstone(epoch: int) -> int:
    """What the column holds of a tombstone that is outranked when it comes: the fold of this epoch takes it, no view.

    It is below all other values, so that the bounds of data files tell those that a fold needs.
    """
    return -1 - epoch


def closed_order_key(table: Table) -> str:
    """An order key that no row of a closed epoch exceeds."""
    return table.metadata.properties.get(_CLOSED, "")


def in_open_epoch(data: pa.Table, table: Table) -> pa.Table:
    """The rows, those in no epoch yet in the open one of the table."""
    uncommitted = _compute.equal(data[EPOCH], UNCOMMITTED)
    return with_epochs(data, _compute.if_else(uncommitted, pa.scalar(open_epoch(table), pa.int64()), data[EPOCH]))


def with_epochs(data: pa.Table, epochs: "pa.ChunkedArray[Any]") -> pa.Table:
    """The rows with these epochs."""
    schema: Any = data.schema
    position = schema.get_field_index(EPOCH)
    return data.set_column(position, schema.field(position), epochs)


def properties_after(data: pa.Table, table: Table) -> dict[str, str]:
    """The properties that the table has once these rows are in it, to be set in their commit."""
    return {_GREATEST: max(table.metadata.properties.get(_GREATEST, ""), _compute.max(data[ORDER_KEY]).as_py())}


def close_epoch(lake: Lake, contract: Contract) -> int:
    """Close what is open of both tables of the entity, and return the greatest epoch to which no row can be added.

    It may run twice or end in between: the next call closes again what it finds open.
    """
    tables = (names.changes_table(contract.name), names.files_table(contract.name))
    epoch = max(open_epoch(lake.table(name)) for name in tables)
    for name in tables:
        _close(lake, name, epoch)
    return epoch


def _close(lake: Lake, name: str, epoch: int) -> None:
    for attempt in range(MAX_ATTEMPTS):
        table = lake.table(name)
        if open_epoch(table) > epoch:
            return
        closing = table.transaction()
        greatest = table.metadata.properties.get(_GREATEST, "")
        closing.set_properties({OPEN_EPOCH: str(epoch + 1), _CLOSED: greatest})
        with closing.update_snapshot({OPEN_EPOCH: str(epoch + 1)}).fast_append():
            pass  # a snapshot without files: it makes every commit that has begun lose the race
        try:
            closing.commit_transaction()
        except NOT_COMMITTED:
            pause(attempt)
            continue
        return
    raise CommitConflictError(f"{name}: epoch {epoch} was not closed in {MAX_ATTEMPTS} attempts")
