"""Makes rows of the lake from the typed rows of the gate: fills in the system columns and takes the table's types."""

from datetime import datetime

import polars as pl
import pyarrow as pa

from txplatform.contracts.model import Contract, FieldType
from txplatform.contracts.render.arrow import lake_schema
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
    UNCOMMITTED,
    LakeTable,
)
from txplatform.ingest.batch import RawBatch
from txplatform.ingest.row_gate import Gated
from txplatform.lake.key_digest import with_key_digest
from txplatform.lake.order_key import LANDED_AT, file_order_key
from txplatform.ledger import LandedObject

MOMENT = pl.Datetime("us", "UTC")


def change_rows(item: LandedObject, batch: RawBatch, gated: Gated) -> pl.DataFrame:
    """The good rows of a change file; the changes bring order key, time, tombstone mark and who made them."""
    envelope = batch.frame.select(ORDER_KEY, DELETED, OCCURRED_AT, *PROVENANCE)[gated.positions]
    return pl.concat([gated.good, envelope], how="horizontal").with_columns(
        pl.lit(item.uri).alias(SOURCE), gated.rows.alias(ROW)
    )


def file_rows(contract: Contract, item: LandedObject, gated: Gated) -> pl.DataFrame:
    """The good rows of a file, ordered by version, landing and line; those of one mapped record by their number."""
    version = pl.col(contract.version_field)
    is_moment = contract[contract.version_field].type is FieldType.TIMESTAMP
    occurred_at = version if is_moment else pl.col(DAY).cast(MOMENT)
    part = None if gated.parts is None else pl.lit(gated.parts)
    return (
        gated.good.with_columns(
            pl.lit(item.dt).alias(DAY),
            pl.lit(item.landed_at).cast(MOMENT).alias(LANDED_AT),
            gated.rows.alias(ROW),
            pl.lit(value=False).alias(DELETED),
            pl.lit(item.uri).alias(SOURCE),
            *(pl.lit(None, pl.String).alias(name) for name in PROVENANCE),
        )
        .with_columns(file_order_key(contract, part), occurred_at.alias(OCCURRED_AT))
        .drop(LANDED_AT)
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
