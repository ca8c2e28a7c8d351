"""Refused rows on their way to the quarantine table: payload, origin and every reason."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import polars as pl
import pyarrow as pa
from pyiceberg.expressions import And, EqualTo, GreaterThanOrEqual

from txplatform.alerts import Alerts, object_lines
from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.contracts.render.arrow import quarantine_schema
from txplatform.contracts.render.columns import DAY, LANE, TRACE_ID_PATTERN
from txplatform.ingest.row_gate import REFUSED_SCHEMA
from txplatform.lake.catalog import Lake
from txplatform.lake.reporting import Refused, count_reasons

_QUARANTINED_AT = "quarantined_at"
_SHOWN = 20  # rules, and correlation ids, of one alert
# Of the envelope alone, before any record or image begins: a field of a record may have this name too.
_TRACE_ID = pl.col("payload").str.extract(rf'^\{{[^{{}}]*"trace_id": ?"({TRACE_ID_PATTERN})"')


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
        (_TRACE_ID if lane is Lane.CHANGES else pl.lit(None, pl.String)).alias("trace_id"),
    )
    schema = quarantine_schema()
    return rows.select(schema.names).to_arrow().cast(schema)


def refused_since(lake: Lake, entity: str, lane: Lane, moment: datetime) -> int:
    """How many rows of the lane that were refused since `moment` the entity's quarantine table holds."""
    wall_clock = moment.astimezone(UTC).replace(tzinfo=None).isoformat()
    since = And(EqualTo(LANE, str(lane)), GreaterThanOrEqual(_QUARANTINED_AT, wall_clock))  # pyright: ignore[reportCallIssue]
    table = lake.table(names.quarantine_table(entity))
    return table.scan(row_filter=since, selected_fields=(_QUARANTINED_AT,)).count()


def alert_refused(alerts: Alerts, entity: str, lane: str, refused: Sequence[Refused]) -> None:
    """Publish one alert on all rows that a commit had refused, none where it had none."""
    frames = [frame for _, _, frame in refused]
    rows = sum(frame.height for frame in frames)
    if not rows:
        return
    lines = [f"{rows} rows of {entity} ({lane}) are in table {names.quarantine_table(entity)}.", "", "Reasons:"]
    lines += [f"  {name}: {count}" for name, count in list(count_reasons(frames).items())[:_SHOWN]]
    if lane == Lane.CHANGES:
        lines += _trace_lines(frames)
    objects = [item.uri for item, _, _ in refused]
    alerts.publish(f"{entity}: {rows} rows refused ({lane})", [*lines, "", *object_lines(objects)])


def _trace_lines(frames: Sequence[pl.DataFrame]) -> list[str]:
    """The correlation ids of refused changes, as far as they have any."""
    ids = pl.concat(frames).select(_TRACE_ID.alias("id")).to_series().drop_nulls().unique(maintain_order=True)
    shown = [f"  {trace_id}" for trace_id in ids.head(_SHOWN)]
    more = [f"  and {ids.len() - _SHOWN} more"] if ids.len() > _SHOWN else []
    return ["", "Correlation ids:", *shown, *more] if shown else []


def _identity(source: str, row: int) -> str:
    return hashlib.sha256(f"{source}#{row}".encode()).hexdigest()
