"""The rows that the files table holds of some days, read a bounded number at a time."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

import polars as pl
import pyarrow as pa
from pyiceberg.table import FileScanTask, Table

from txplatform.contracts.render.columns import DAY, DELETED, INGESTED_AT
from txplatform.lake.commit import in_days
from txplatform.lake.system_columns import MOMENT
from txplatform.lake.table_rows import rows_of


@dataclass(slots=True)
class Summary:
    """How many rows there are, how many live ones of each day, and when the newest was ingested."""

    rows: int = 0
    live: Counter[date] = field(default_factory=Counter[date])
    newest: datetime | None = None


class FormerRows:
    """The rows of some days in one version of the files table, of which each file holds one day."""

    def __init__(self, table: Table, days: Sequence[date], schema: pa.Schema) -> None:
        self._table, self._days, self._schema = table, days, schema

    def read(self, *columns: str) -> Iterator[pl.DataFrame]:
        """The rows with these columns, all of the lake schema if none are named, in its types; always in one order."""
        known: Any = self._schema
        schema = pa.schema([known.field(name) for name in columns or known.names])
        projected = self._table.scan(selected_fields=tuple(schema.names)).projection()
        yield pl.DataFrame(schema.empty_table())
        for task in self._tasks:
            for batch in rows_of(self._table, task, projected):
                yield pl.DataFrame(pa.Table.from_batches([batch]).select(schema.names).cast(schema))

    @cached_property
    def _tasks(self) -> list[FileScanTask]:
        return list(self._table.scan(row_filter=in_days(self._days)).plan_files())

    def summary(self) -> Summary:
        """Count them."""
        found = Summary()
        for rows in self.read(DAY, DELETED, INGESTED_AT):
            live = rows.filter(~pl.col(DELETED))[DAY].value_counts()
            found.rows += rows.height
            found.live.update(dict(live.iter_rows()))
            newest = rows[INGESTED_AT].cast(MOMENT).max()
            if isinstance(newest, datetime):
                found.newest = newest if found.newest is None else max(newest, found.newest)
        return found
