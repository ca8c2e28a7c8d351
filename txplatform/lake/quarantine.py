"""Refused rows on their way to the quarantine table: payload, origin and every reason."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime

import polars as pl
import pyarrow as pa
from pyiceberg.expressions import And, EqualTo, GreaterThanOrEqual

from txplatform.alerts import Alerts, object_lines
from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.contracts.render.arrow import quarantine_schema
from txplatform.contracts.render.columns import DAY, LANE, TRACE_ID_PATTERN
from txplatform.lake.catalog import Lake
from txplatform.lake.reporting import Refused, count_reasons, most_frequent
from txplatform.ledger import LandedObject
from txplatform.wording import counted

_QUARANTINED_AT = "quarantined_at"
_SHOWN = 20  # rules, and correlation ids, of one alert
# Of the envelope alone, before any record or image begins: a field of a record may have this name too.
_TRACE_ID = pl.col("payload").str.extract(rf'^\{{[^{{}}]*"trace_id": ?"({TRACE_ID_PATTERN})"')


def refusal(lane: Lane, item: LandedObject, day: date, refused: pl.DataFrame) -> Refused:
    """What there is to say of rows that an object had refused (REFUSED_SCHEMA)."""
    ids = refused.select(_TRACE_ID).to_series().drop_nulls() if lane is Lane.CHANGES else ()
    return Refused(item, day, refused.height, count_reasons([refused]), tuple(ids))


def quarantine_rows(
    lane: Lane, item: LandedObject, day: date, refused: pl.DataFrame, batch_id: str, quarantined_at: datetime
) -> pl.DataFrame:
    """The rows of the quarantine table for rows that an object had refused (REFUSED_SCHEMA).

    Their payloads are copied: a text of polars keeps in memory what it was cut out of, all texts of a batch.
    """
    identity = [_identity(item.uri, row) for row in refused["row"]]
    return refused.with_columns(
        pl.Series("payload", refused["payload"].to_list(), dtype=pl.String),
        pl.lit(item.uri).alias("source"),
        pl.lit(day).alias(DAY),
        pl.Series("quarantine_id", identity, dtype=pl.String),
        pl.lit(str(lane)).alias(LANE),
        pl.lit(batch_id).alias("batch_id"),
        pl.lit(quarantined_at).cast(pl.Datetime("us", "UTC")).alias(_QUARANTINED_AT),
        (_TRACE_ID if lane is Lane.CHANGES else pl.lit(None, pl.String)).alias("trace_id"),
    )


def quarantine_table(rows: pl.DataFrame) -> pa.Table:
    """The Arrow table of quarantined rows, columns and types as the quarantine table has them."""
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
    rows = sum(item.rows for item in refused)
    if not rows:
        return
    lines = [f"In table {names.quarantine_table(entity)} ({lane}): {counted(rows, 'row')} of {entity}.", "", "Reasons:"]
    lines += [
        f"  {name}: {count}" for name, count in list(most_frequent(item.reasons for item in refused).items())[:_SHOWN]
    ]
    if lane == Lane.CHANGES:
        lines += _trace_lines(refused)
    objects = [found.item.uri for found in refused]
    alerts.publish(f"{entity}: {counted(rows, 'row')} refused ({lane})", [*lines, "", *object_lines(objects)])


def _trace_lines(refused: Sequence[Refused]) -> list[str]:
    """The correlation ids of refused changes, as far as they have any."""
    ids = list(dict.fromkeys(trace_id for found in refused for trace_id in found.trace_ids))
    shown = [f"  {trace_id}" for trace_id in ids[:_SHOWN]]
    more = [f"  and {len(ids) - _SHOWN} more"] if len(ids) > _SHOWN else []
    return ["", "Correlation ids:", *shown, *more] if shown else []


def _identity(source: str, row: int) -> str:
    return hashlib.sha256(f"{source}#{row}".encode()).hexdigest()
