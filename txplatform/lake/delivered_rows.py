"""Rows of delivered objects until they are written: as typed by the gate, with key digest, line and object's number.

What the rows of an object or of a batch share, and what follows from a row's own values, is added to those that are
written at once: held, sorted and encoded for each row, it would cost as much as these values.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import polars as pl
import pyarrow as pa

from txplatform.contracts.model import Contract, FieldType
from txplatform.contracts.render.columns import (
    BATCH_ID,
    DAY,
    DELETED,
    EPOCH,
    INGESTED_AT,
    OCCURRED_AT,
    ORDER_KEY,
    PROVENANCE,
    ROW,
    SOURCE,
)
from txplatform.ingest.row_gate import Gated
from txplatform.lake.key_digest import with_key_digest
from txplatform.lake.order_key import LANDED_AT, file_order_keys
from txplatform.lake.system_columns import MOMENT
from txplatform.ledger import LandedObject

OBJECT = "_object"
_PART = "_part"  # of a mapped file: the number of the row among those of one record


def numbered_rows(contract: Contract, gated: Gated, number: int) -> pl.DataFrame:
    """The good rows of an object with this number, with the digests of their keys, and texts of enumerations as codes.

    Digests are not left to those that are written at once: these are sorted, and to read keys from all over the memory
    takes twice the time. Codes are held, sorted and written in a third of the time that texts take.
    """
    part = pl.lit(0, pl.UInt32) if gated.parts is None else pl.lit(gated.parts).cast(pl.UInt32)
    origin = (gated.rows.alias(ROW), pl.lit(number, pl.UInt32).alias(OBJECT), part.alias(_PART))
    return with_key_digest(gated.good, contract.key).with_columns(*origin, *_codes(contract))


def _codes(contract: Contract) -> Iterator[pl.Expr]:
    """The columns of enumerations but those that rows are ordered by, which is by their texts."""
    ordering = {*contract.key, contract.version_field, *(item.field for item in contract.tie_breakers)}
    for field in contract.fields:
        if field.enum and field.type is FieldType.STRING and field.name not in ordering:
            yield pl.col(field.name).cast(pl.Enum(field.enum))


class DeliveredRows:
    """Numbers the objects of a batch and completes their rows."""

    def __init__(self, contract: Contract, batch_id: str, ingested_at: datetime, epoch: int) -> None:
        self._contract = contract
        self._batch_id = batch_id
        self._objects: list[LandedObject] = []
        self._shared = (
            pl.lit(value=False).alias(DELETED),
            pl.lit(ingested_at).cast(MOMENT).alias(INGESTED_AT),
            pl.lit(epoch, pl.Int64).alias(EPOCH),
            *(pl.lit(None, pl.String).alias(name) for name in PROVENANCE),
        )

    def number(self, item: LandedObject) -> int:
        """Give an object its number."""
        self._objects.append(item)
        return len(self._objects) - 1

    def complete(self, rows: pl.DataFrame) -> pa.Table:
        """All columns of the files table for numbered rows; texts that many rows share are dictionaries."""
        version = pl.col(self._contract.version_field)
        is_moment = self._contract[self._contract.version_field].type is FieldType.TIMESTAMP
        numbers = rows[OBJECT].unique().sort()
        known: list[int] = numbers.to_list()
        objects = [self._objects[number] for number in known]
        place = numbers.search_sorted(rows[OBJECT])
        landed_at = pl.Series([item.landed_at for item in objects], dtype=MOMENT)
        full = rows.with_columns(
            pl.Series([item.dt for item in objects], dtype=pl.Date).gather(place).alias(DAY),
            landed_at.gather(place).alias(LANDED_AT),
            *self._shared,
        ).with_columns((version if is_moment else pl.col(DAY).cast(MOMENT)).alias(OCCURRED_AT))
        order_keys = file_order_keys(self._contract, full, rows[_PART] if (rows[_PART] != 0).any() else None)
        table = full.drop(LANDED_AT, OBJECT, _PART).to_arrow().append_column(ORDER_KEY, order_keys)
        table = table.append_column(SOURCE, _shared_texts(place, [item.uri for item in objects]))
        return table.append_column(BATCH_ID, _shared_texts(place * 0, [self._batch_id]))


def _shared_texts(place: pl.Series, texts: list[str]) -> Any:
    arrow: Any = pa  # its stubs leave the types of dictionaries unknown
    return arrow.DictionaryArray.from_arrays(place.cast(pl.Int32).to_arrow(), arrow.array(texts, pa.large_string()))
