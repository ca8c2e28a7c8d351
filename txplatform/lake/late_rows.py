"""Late changes: those that may be older than a folded row of their key, found and checked before they are committed.

The current view takes unfolded changes for newer than all that is folded, and does not compare them. So a change that
is not above the greatest order key of the closed epochs is looked up when it is committed. If one of those epochs holds
a newer row of its key, wherever it lies, it is outranked, and the view must not read it. A row that is live is then
kept in the table outside of every epoch. A tombstone may still end an older row in the place that its record left: the
next fold takes it. What was captured before a bootstrap that has finished is outranked too, since the bootstrap has
read what became of it.

Right after a fold a few changes are late, because the shards of a stream do not run in step; later hardly any, unless
old ones are redriven.
"""

from collections.abc import Iterator
from typing import Any

import polars as pl
import pyarrow as pa
from pyiceberg.expressions import AlwaysTrue, And, BooleanExpression, GreaterThan, In, LessThan
from pyiceberg.io.pyarrow import ArrowScan
from pyiceberg.table import Table

from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.render.columns import DELETED, EPOCH, KEY_HIGH, KEY_LOW, ORDER_KEY, OUTRANKED
from txplatform.lake.catalog import Lake
from txplatform.lake.epochs import closed_order_key, in_open_epoch, late_tombstone, open_epoch, with_epochs
from txplatform.lake.order_key import first_of
from txplatform.ledger import Ledger

_DIGEST = (KEY_HIGH, KEY_LOW)
_ROW, _NEWER = "_position", "_newer"
_MOST_NAMED = 1000  # digests in a condition; of more late rows all digests are read


def in_epoch(contract: Contract, lake: Lake, ledger: Ledger, data: pa.Table, table: Table) -> pa.Table:
    """The changes in the open epoch of their table, save those that are outranked."""
    rows = pl.DataFrame(data.select([*_DIGEST, ORDER_KEY, DELETED])).with_row_index(_ROW)
    loaded = pl.col(ORDER_KEY) < first_of(ledger.loaded_generation(contract.name))
    late = rows.filter(pl.col(ORDER_KEY) <= closed_order_key(table), ~loaded)
    outranked = rows.filter(loaded)
    if late.height:
        newest = _newest_closed(contract, lake, ledger, table, late)
        newer = late.join(newest, on=_DIGEST).filter(pl.col(_NEWER) > pl.col(ORDER_KEY))
        outranked = pl.concat([outranked, newer.select(outranked.columns)])
    if outranked.height:
        epochs = pl.Series(data[EPOCH])
        epochs = epochs.scatter(outranked.filter(~pl.col(DELETED))[_ROW], OUTRANKED)
        epochs = epochs.scatter(outranked.filter(DELETED)[_ROW], late_tombstone(open_epoch(table)))
        data = with_epochs(data, pa.chunked_array([epochs.to_list()], pa.int64()))
    return in_open_epoch(data, table)


def _newest_closed(contract: Contract, lake: Lake, ledger: Ledger, table: Table, late: pl.DataFrame) -> pl.DataFrame:
    """Of each key that late rows have, the greatest order key in the closed epochs."""
    folded = ledger.folded(
        contract.name
    )  # read first: what is folded after this is found in one of the two, or in both
    after = GreaterThan(EPOCH, folded.epoch if folded else OUTRANKED)  # pyright: ignore[reportCallIssue]
    unfolded = And(after, LessThan(EPOCH, open_epoch(table)))  # pyright: ignore[reportCallIssue]
    snapshot = lake.table(names.snapshot_table(contract.name))
    found = [*_matching(table, unfolded, late), *_matching(snapshot, AlwaysTrue(), late)]
    known = pl.concat([late.select(*_DIGEST, pl.col(ORDER_KEY).alias(_NEWER)).clear(), *found])
    return known.group_by(_DIGEST).agg(pl.col(_NEWER).max())


def _matching(table: Table, where: BooleanExpression, late: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The rows of the late rows' keys that may be newer, a data file at a time: no more is held."""
    where = And(where, GreaterThan(ORDER_KEY, late[ORDER_KEY].min()))  # pyright: ignore[reportCallIssue]
    if late.height <= _MOST_NAMED:
        where = And(where, In(KEY_HIGH, set(late[KEY_HIGH])))  # pyright: ignore[reportCallIssue]
    scan = table.scan(row_filter=where, selected_fields=(*_DIGEST, ORDER_KEY))
    for task in scan.plan_files():
        reader: Any = ArrowScan(table.metadata, table.io, scan.projection(), where)
        rows = pl.DataFrame(reader.to_table([task]))
        newer = rows.select(*_DIGEST, pl.col(ORDER_KEY).cast(pl.String).alias(_NEWER))
        yield newer.join(late, on=_DIGEST, how="semi")
