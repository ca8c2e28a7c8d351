"""The data files of a batch of days: a partition a day, and complete rows in the epoch that is open now."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime

import polars as pl
import pyarrow as pa
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table

from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.contracts.render.arrow import lake_schema
from txplatform.contracts.render.columns import BATCH_ID, DAY, EPOCH, INGESTED_AT
from txplatform.lake.data_files import PartitionFiles
from txplatform.lake.delivered_rows import OBJECT, DeliveredRows
from txplatform.lake.epochs import open_epoch
from txplatform.lake.key_digest import with_key_digest
from txplatform.lake.system_columns import MOMENT
from txplatform.lake.table_types import as_wide_as
from txplatform.lake.written_rows import WrittenRows
from txplatform.ledger import LandedObject

_MOST_HELD = 64 << 20  # bytes of days that are not written yet
_PARALLEL = 8  # days whose files are finished at the same time


class DayFiles:
    """Rows of a batch on their way to the files table, into a version of which they are to be committed."""

    def __init__(self, contract: Contract, table: Table, batch_id: str, ingested_at: datetime) -> None:
        self.batch_id = batch_id
        self._contract = contract
        self._table = table
        own = lake_schema(contract, Lane.FILES)
        self._schema = as_wide_as(own, table)
        self._wider = _dtypes(self._schema) if self._schema.types != own.types else {}
        self._epoch = open_epoch(table)
        self._days: dict[date, PartitionFiles] = {}
        self._finished: dict[date, list[DataFile]] = {}
        self._delivered = DeliveredRows(contract, batch_id, ingested_at, self._epoch)
        self._stamp = (
            pl.lit(batch_id).alias(BATCH_ID),
            pl.lit(ingested_at).cast(MOMENT).alias(INGESTED_AT),
            pl.lit(self._epoch, pl.Int64).alias(EPOCH),
        )

    def of(self, day: date) -> PartitionFiles:
        """Where the rows of a day go."""
        if day not in self._days:
            if sum(files.held_bytes for files in self._days.values()) > _MOST_HELD:
                self._finish()
            self._days[day] = PartitionFiles(self._table, {DAY: day}, self._to_arrow, self._contract.key)
        return self._days[day]

    def number(self, item: LandedObject) -> int:
        """Give an object of the batch the number that its rows are to carry, see delivered_rows.py."""
        return self._delivered.number(item)

    def complete(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Tombstones of the batch with the columns that its rows share, and with the digests of their keys."""
        complete = with_key_digest(rows.with_columns(self._stamp), self._contract.key).select(self._schema.names)
        return complete.with_columns(pl.col(name).cast(of) for name, of in self._wider.items())

    def leave_out(self, days: Iterable[date]) -> None:
        """Forget the rows of days that are not to be replaced; maintenance removes their data files."""
        self._finish()
        for day in days:
            self._finished.pop(day, None)

    def written(self) -> WrittenRows:
        """The rows so far, in data files."""
        self._finish()
        return WrittenRows(self._table, self.batch_id, self._to_arrow, self._epoch, self._finished)

    def _finish(self) -> None:
        """Write what is left of each day, several days at a time: most of it is waiting for the object store."""
        with ThreadPoolExecutor(_PARALLEL) as threads:
            for day, files in zip(self._days, threads.map(PartitionFiles.finish, self._days.values()), strict=True):
                self._finished.setdefault(day, []).extend(files)
        self._days.clear()

    def _to_arrow(self, rows: pl.DataFrame) -> pa.Table:
        return self._delivered.complete(rows) if OBJECT in rows.columns else rows.to_arrow()


def _dtypes(schema: pa.Schema) -> dict[str, pl.DataType]:
    """The types of polars by column."""
    return dict(pl.DataFrame(schema.empty_table()).schema)
