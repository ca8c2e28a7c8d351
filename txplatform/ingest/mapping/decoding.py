"""The columns that a plan uses, out of payloads and out of the items of the lists in them."""

import polars as pl

from txplatform.ingest.mapping.mapped import POSITION
from txplatform.ingest.mapping.plans import Plan
from txplatform.ingest.mapping.tokens import columns_of, items_of

_MOST_ITEMS = 1_000  # of one payload; the function bounds them all together
_ITEM = "item"


def decoded(plan: Plan, level: int, values: pl.Series, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the columns of the paths within these values, without the rows that cannot be read."""
    used = [path for path in plan.used if path.level == level]
    columns, fits = columns_of(level, values, used)
    return pl.concat([frame, columns], how="horizontal").filter(fits) if used else frame.filter(fits)


def items_in(plan: Plan, level: int, frame: pl.DataFrame, lists: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A row for each item of the lists, and those of lists that are left out: empty, too long, with a null in them."""
    items, fits = items_of(lists)
    frame = frame.with_columns(items.alias(_ITEM), fits.alias("fits"))
    listed = pl.col(_ITEM).list
    whole = pl.col("fits") & listed.len().is_between(1, _MOST_ITEMS) & ~listed.contains(None)
    good = frame.filter(whole).drop("fits").explode(_ITEM)
    made = decoded(plan, level, good[_ITEM], good.drop(_ITEM))
    lost = frame.select(POSITION).join(made, on=POSITION, how="anti")
    return made, lost
