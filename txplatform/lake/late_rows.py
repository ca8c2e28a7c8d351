"""Late changes: those that may be older than a folded row of their key, found and checked before they are committed.

The current view takes unfolded changes for newer than all that is folded, and does not compare them. So a change that
is not above the greatest order key of the closed epochs is looked up when it is committed. If one of those epochs holds
a newer row of its key, it is outranked: it is kept in the table, outside of every epoch. Right after a fold a few
changes are late, because the shards of a stream do not run in step; later hardly any, unless old ones are redriven.
"""

from collections.abc import Iterator
from typing import Any

import polars as pl
import pyarrow as pa
from pyiceberg.expressions import (
    AlwaysTrue,
    And,
    BooleanExpression,
    GreaterThan,
    GreaterThanOrEqual,
    LessThan,
    LessThanOrEqual,
)
from pyiceberg.table import Table

from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.render.arrow import stored
from txplatform.contracts.render.columns import EPOCH, KEY_HIGH, KEY_LOW, ORDER_KEY, OUTRANKED
from txplatform.lake.catalog import Lake
from txplatform.lake.epochs import closed_order_key, in_open_epoch, open_epoch, with_epochs
from txplatform.ledger import Ledger

_DIGEST = (KEY_HIGH, KEY_LOW)
_ROW, _NEWER = "_position", "_newer"


def in_epoch(contract: Contract, lake: Lake, ledger: Ledger, data: pa.Table, table: Table) -> pa.Table:
    """The changes in the open epoch of their table, those that are outranked in none."""
    rows = pl.DataFrame(stored(data)).select(*_DIGEST, contract.partition_field, ORDER_KEY).with_row_index(_ROW)
    late = rows.filter(pl.col(ORDER_KEY) <= closed_order_key(table))
    if late.height:
        # Read first: what is folded after this is found in one of the two, or in both.
        folded = ledger.folded(contract.name)
        closed = _closed_rows(contract, lake, table, late, folded.epoch if folded else OUTRANKED)
        newest = [part.join(late, on=_DIGEST, how="semi") for part in closed]
        known = pl.concat([late.select(*_DIGEST, ORDER_KEY).clear(), *newest])
        known = known.group_by(_DIGEST).agg(pl.col(ORDER_KEY).max().alias(_NEWER))
        outranked = late.join(known, on=_DIGEST).filter(pl.col(_NEWER) > pl.col(ORDER_KEY))[_ROW]
        epochs = pl.Series(data[EPOCH]).scatter(outranked, OUTRANKED)
        data = with_epochs(data, pa.chunked_array([epochs.to_list()], pa.int64()))
    return in_open_epoch(data, table)


def _closed_rows(
    contract: Contract, lake: Lake, table: Table, late: pl.DataFrame, folded: int
) -> Iterator[pl.DataFrame]:
    """Digest and order key of the rows in closed epochs that late rows may meet, in parts."""
    columns = (*_DIGEST, ORDER_KEY)
    newer = GreaterThan(ORDER_KEY, late[ORDER_KEY].min())  # pyright: ignore[reportCallIssue]
    unfolded = And(GreaterThan(EPOCH, folded), LessThan(EPOCH, open_epoch(table)))  # pyright: ignore[reportCallIssue]
    snapshot = lake.table(names.snapshot_table(contract.name))
    for where, source in ((unfolded, table), (_places(contract, late), snapshot)):
        scan = source.scan(row_filter=And(where, newer), selected_fields=columns)
        for batch in scan.to_arrow_batch_reader():
            frame = pl.DataFrame(pa.Table.from_batches([batch]))
            yield frame.select(*_DIGEST, pl.col(ORDER_KEY).cast(pl.String))


def _places(contract: Contract, late: pl.DataFrame) -> BooleanExpression:
    """The partition values of the late rows; all, if one of them is a tombstone without."""
    places = late[contract.partition_field]
    if places.null_count():
        return AlwaysTrue()
    low, high = (_literal(value) for value in (places.min(), places.max()))
    field = contract.partition_field
    return And(GreaterThanOrEqual(field, low), LessThanOrEqual(field, high))  # pyright: ignore[reportCallIssue]


def _literal(value: Any) -> str:
    return value.isoformat()
