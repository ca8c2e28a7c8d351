"""Makes rows of the lake from the typed rows of the gate: fills in the system columns and takes the table's types."""

from datetime import datetime

import polars as pl
import pyarrow as pa

from txplatform.contracts.model import Contract
from txplatform.contracts.render.arrow import lake_schema
from txplatform.contracts.render.columns import (
    BATCH_ID,
    DELETED,
    EPOCH,
    INGESTED_AT,
    OCCURRED_AT,
    ORDER_KEY,
    PROVENANCE,
    ROW,
    SOURCE,
    UNCOMMITTED,
    LakeTable,
)
from txplatform.ingest.batch import RawBatch
from txplatform.ingest.row_gate import Gated
from txplatform.lake.key_digest import with_key_digest
from txplatform.ledger import LandedObject

MOMENT = pl.Datetime("us", "UTC")


def change_rows(item: LandedObject, batch: RawBatch, gated: Gated) -> pl.DataFrame:
    """The good rows of a change file; the changes bring order key, time, tombstone mark and who made them."""
    envelope = batch.frame.select(ORDER_KEY, DELETED, OCCURRED_AT, *PROVENANCE)[gated.positions]
    return pl.concat([gated.good, envelope], how="horizontal").with_columns(
        pl.lit(item.uri).alias(SOURCE), gated.rows.alias(ROW)
    )


def to_table(contract: Contract, table: LakeTable, rows: pl.DataFrame) -> pa.Table:
    """The Arrow table of complete rows, columns and types as the lake table has them."""
    schema = lake_schema(contract, table)
    rows = with_key_digest(rows, contract.key)
    return rows.select(schema.names).to_arrow().cast(schema)


def stamped(rows: pl.DataFrame, batch_id: str, ingested_at: datetime) -> pl.DataFrame:
    """The rows, marked with their batch and the moment it was read, and in no epoch yet: their commit gives it."""
    return rows.with_columns(
        pl.lit(batch_id).alias(BATCH_ID),
        pl.lit(ingested_at).cast(MOMENT).alias(INGESTED_AT),
        pl.lit(UNCOMMITTED, pl.Int64).alias(EPOCH),
    )
