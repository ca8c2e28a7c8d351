"""The data files of a batch of days: a partition a day, and complete rows in the epoch that is open now."""

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
from txplatform.lake.written_rows import WrittenRows
from txplatform.ledger import LandedObject

_MOST_HELD = 64 << 20  # bytes of days that are not written yet


class DayFiles:
    """Rows of a batch on their way to the files table, into a version of which they are to be committed."""

    def __init__(self, contract: Contract, table: Table, batch_id: str, ingested_at: datetime) -> None:
        self.batch_id = batch_id
        self._contract = contract
        self._table = table
        self._schema = lake_schema(contract, Lane.FILES)
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
        return with_key_digest(rows.with_columns(self._stamp), self._contract.key).select(self._schema.names)

    def written(self) -> WrittenRows:
        """The rows so far, in data files."""
        self._finish()
        return WrittenRows(self._table, self.batch_id, self._to_arrow, self._epoch, self._finished)

    def _finish(self) -> None:
        for day, files in self._days.items():
            self._finished.setdefault(day, []).extend(files.finish())
        self._days.clear()

    def _to_arrow(self, rows: pl.DataFrame) -> pa.Table:
        return self._delivered.complete(rows) if OBJECT in rows.columns else rows.to_arrow()
