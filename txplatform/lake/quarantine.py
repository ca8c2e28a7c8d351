"""Refused rows on their way to the quarantine table: payload, origin and every reason."""

# pyarrow carries no types, polars and pyiceberg some.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false, reportUnknownArgumentType=false

import hashlib
from collections.abc import Iterable
from datetime import date, datetime

import polars as pl
import pyarrow as pa
from pyiceberg.expressions import And, EqualTo, GreaterThanOrEqual

from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.contracts.render.arrow import quarantine_schema
from txplatform.contracts.render.columns import DAY, LANE
from txplatform.ingest.batch import FileRejected
from txplatform.ingest.row_gate import REFUSED_SCHEMA
from txplatform.lake.catalog import Lake
from txplatform.landed import LandedObject

_QUARANTINED_AT = "quarantined_at"
Refused = tuple[LandedObject, date, pl.DataFrame]  # what an object had refused, and its day as the lane counts it


def refused_file(item: LandedObject, rejected: FileRejected) -> pl.DataFrame:
    """A whole object refused: one row, numbered 0; its payload stays in S3 under the versioned source."""
    reasons = [{"field": "", "rule": rejected.rule, "message": rejected.message}]
    return pl.DataFrame({"row": [0], "payload": [item.uri], "reasons": [reasons]}, schema=REFUSED_SCHEMA)


def quarantine_rows(lane: Lane, refused: Iterable[Refused], batch_id: str, quarantined_at: datetime) -> pa.Table:
    """The rows of the quarantine table for what each object had refused."""
    parts = [
        frame.with_columns(pl.lit(item.uri).alias("source"), pl.lit(day).alias(DAY)) for item, day, frame in refused
    ]
    empty = pl.DataFrame(schema={**REFUSED_SCHEMA, "source": pl.String, DAY: pl.Date})
    rows = pl.concat([empty, *parts])
    identity = [_identity(source, row) for source, row in rows.select("source", "row").iter_rows()]
    rows = rows.with_columns(
        pl.Series("quarantine_id", identity, dtype=pl.String),
        pl.lit(str(lane)).alias(LANE),
        pl.lit(batch_id).alias("batch_id"),
        pl.lit(quarantined_at).cast(pl.Datetime("us", "UTC")).alias(_QUARANTINED_AT),
    )
    schema = quarantine_schema()
    return rows.select(schema.names).to_arrow().cast(schema)


def refused_since(lake: Lake, entity: str, lane: Lane, moment: datetime) -> int:
    """How many rows of the lane that were refused since `moment` the entity's quarantine table holds."""
    since = And(EqualTo(LANE, str(lane)), GreaterThanOrEqual(_QUARANTINED_AT, moment.isoformat()))  # pyright: ignore[reportCallIssue]
    table = lake.table(names.quarantine_table(entity))
    return table.scan(row_filter=since, selected_fields=(_QUARANTINED_AT,)).count()


def count_reasons(frames: Iterable[pl.DataFrame]) -> dict[str, int]:
    """How many rows broke each rule, under `field:rule`, the most frequent first."""
    rows = pl.concat([pl.DataFrame(schema=REFUSED_SCHEMA), *frames])
    counted = (
        rows.select(pl.col("reasons").explode(empty_as_null=False))
        .unnest("reasons")
        .group_by(pl.concat_str("field", pl.lit(":"), "rule").alias("name"))
        .len()
        .sort("len", "name", descending=[True, False])
    )
    return dict(counted.iter_rows())


def _identity(source: str, row: int) -> str:
    return hashlib.sha256(f"{source}#{row}".encode()).hexdigest()
