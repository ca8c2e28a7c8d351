"""Rows of one batch that are in data files and in no table yet.

They carry the epoch that was open when they were written. A commit into a version of the table that has another one
open has to write them again, see epochs.py; rows of earlier batches among them stay in their epochs.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import polars as pl
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table

from txplatform.contracts.render.columns import BATCH_ID, DAY, EPOCH
from txplatform.lake.data_files import PartitionFiles, ToArrow
from txplatform.lake.epochs import open_epoch
from txplatform.lake.table_rows import read_files


@dataclass(slots=True)
class WrittenRows:
    """The data files of each day, in `table` (the version that they were written for) and the epoch open there."""

    table: Table
    batch_id: str
    to_arrow: ToArrow
    epoch: int
    files: dict[date, list[DataFile]] = field(default_factory=dict[date, list[DataFile]])

    def in_open_epoch(self, table: Table) -> list[DataFile]:
        """The files, with the rows of the batch in the open epoch of this version of the table."""
        epoch = open_epoch(table)
        if epoch != self.epoch:
            of_batch = pl.col(BATCH_ID) == self.batch_id
            stamp = pl.when(of_batch).then(pl.lit(epoch, pl.Int64)).otherwise(EPOCH).alias(EPOCH)
            for day in self.files:
                self.rewrite(day, lambda rows: rows.with_columns(stamp))
            self.epoch = epoch
        return [file for files in self.files.values() for file in files]

    def rewrite(self, day: date, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
        """Change the rows of a day, in their order.

        The files before stay for maintenance to remove: a commit of them may be under way whose answer was lost.
        """
        changed = PartitionFiles(self.table, {DAY: day}, self.to_arrow)
        for rows in read_files(self.table, self.files[day]):
            changed.add(change(rows))
        self.files[day] = changed.finish()
