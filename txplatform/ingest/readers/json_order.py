"""Puts the batches that lines were read in by their form together again, in the order of the lines.

Which of two rows of a file comes first means something: of a key that stands twice, the later row may be refused.
"""

from collections.abc import Sequence
from itertools import accumulate

import polars as pl

from txplatform.ingest.batch import RawBatch

Read = tuple[RawBatch, pl.DataFrame]  # and what its rows hold beyond the names (UNKNOWN_SCHEMA)


def in_order(parts: Sequence[Read]) -> Read:
    """The batches of some lines, of which each has rows of its own, as one."""
    batches, members = [batch for batch, _ in parts], [found for _, found in parts]
    if len(parts) == 1:
        return parts[0]
    rows = pl.concat([batch.rows for batch in batches])
    order = rows.arg_sort()
    places = order.arg_sort()
    begins = list(accumulate((batch.rows.len() for batch in batches), initial=0))

    def moved(cells: Sequence[pl.DataFrame]) -> pl.DataFrame:
        by_place = (
            part.with_columns(places.gather(part["position"] + begin).cast(pl.UInt32).alias("position"))
            for part, begin in zip(cells, begins, strict=False)
        )
        return pl.concat(by_place).sort("position", maintain_order=True)

    joined = RawBatch(
        pl.concat([batch.frame for batch in batches])[order],
        rows.gather(order),
        pl.concat([batch.payload_of(pl.int_range(batch.rows.len(), eager=True)) for batch in batches]).gather(order),
        pl.concat([batch.broken for batch in batches]),
        unusable_cells=moved([batch.unusable_cells for batch in batches]),
        bare={name: mask.gather(order) for name, mask in _masks(batches).items()},
    )
    return joined, moved(members)


def _masks(batches: Sequence[RawBatch]) -> dict[str, pl.Series]:
    """Of each column which values were bare, in any batch."""
    masks = [batch.bare or {} for batch in batches]
    names = dict.fromkeys(name for mask in masks for name in mask)
    none = [pl.repeat(False, batch.rows.len(), dtype=pl.Boolean, eager=True) for batch in batches]
    return {
        name: pl.concat([mask.get(name, no) for mask, no in zip(masks, none, strict=True)]).alias(name)
        for name in names
    }
