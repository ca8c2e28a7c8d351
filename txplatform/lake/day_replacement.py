"""Replaces the rows of some days by what their RAW prefixes hold: read, compared with the former rows, committed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from pyiceberg.table import Table

from txplatform.clock import utc_now
from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.contracts.render.arrow import lake_schema
from txplatform.contracts.render.columns import BATCH_ID, DAY, DELETED, EPOCH, INGESTED_AT, KEY_HIGH, KEY_LOW
from txplatform.errors import CommitConflictError
from txplatform.ingest.mapping.file_mappings import FileMappings
from txplatform.lake.catalog import Lake
from txplatform.lake.commit import replace_days, replace_refused, rows_of_days
from txplatform.lake.delivery import Delivery, read_delivery
from txplatform.lake.quarantine import quarantine_rows
from txplatform.lake.redelivery import later_than, replaced
from txplatform.lake.reporting import day_report, held_day
from txplatform.lake.reports import DayReport
from txplatform.lake.system_columns import stamped, to_table
from txplatform.ledger import LandingArea

_MOST_READINGS = 5
_MADE_LATER = (BATCH_ID, INGESTED_AT, EPOCH, KEY_HIGH, KEY_LOW)  # columns of complete rows that delivered ones lack


@dataclass(frozen=True, slots=True)
class DayReplacement:
    """What became of some days: reports on those replaced, and the live rows of those left because no object is left.

    `snapshot_id` is None where no commit was needed.
    """

    delivery: Delivery
    reports: list[DayReport]
    snapshot_id: int | None
    emptied: Mapping[date, int]


def replace_with_delivery(
    contract: Contract,
    lake: Lake,
    landing_area: LandingArea,
    days: Sequence[date],
    mappings: FileMappings,
    *,
    delete_emptied: bool,
) -> DayReplacement:
    """Read and replace until no other run replaced one of the days in between.

    Raise CommitConflictError when that never happens.
    """
    table = names.files_table(contract.name)
    for _ in range(_MOST_READINGS):
        base = lake.table(table)  # before the objects are listed, see replace_days
        delivery = read_delivery(contract, lake, landing_area, days, mappings)
        former = pl.DataFrame(rows_of_days(base, days, lake_schema(contract, Lane.FILES)))
        emptied = {} if delete_emptied else _emptied(delivery, former)
        left = [day for day in days if day not in emptied]
        if not left:
            return DayReplacement(delivery, [], None, emptied)
        replacement = _commit(contract, lake, base, delivery, former.filter(pl.col(DAY).is_in(left)), left)
        if replacement is not None:
            reports, snapshot_id = replacement
            return DayReplacement(delivery, reports, snapshot_id, emptied)
    raise CommitConflictError(f"{table}: other runs keep replacing the same days")


def _emptied(delivery: Delivery, former: pl.DataFrame) -> dict[date, int]:
    """The live rows of each day of which the delivery holds no object."""
    held = {item.dt for item in delivery.objects}
    live = former.filter(~pl.col(DELETED) & ~pl.col(DAY).is_in(list(held)))
    return Counter(live[DAY].to_list())


def _commit(
    contract: Contract, lake: Lake, base: Table, delivery: Delivery, former: pl.DataFrame, days: Sequence[date]
) -> tuple[list[DayReport], int | None] | None:
    """Replace quarantined rows first, then the days; None if the days have to be read and replaced again."""
    ingested_at = later_than(former, utc_now())
    batch_id = f"files-{contract.name}-{days[0]}-{days[-1]}-{ingested_at:%Y%m%dT%H%M%S%f}"
    empty = former.clear().drop(*_MADE_LATER)
    delivered = pl.concat([empty, *(part.select(empty.columns) for part in delivery.rows)])
    keys = pl.concat([former.clear().select(DAY, *contract.key), *delivery.retained_keys])
    rows, tombstones, kept = replaced(contract, former, delivered, keys, delivery.retained_sources(former))
    fresh = stamped(pl.concat([rows, tombstones.select(rows.columns)]), batch_id, ingested_at)
    data = to_table(contract, Lane.FILES, pl.concat([fresh, kept.select(fresh.columns)]))
    refused = quarantine_rows(Lane.FILES, delivery.refused, batch_id, ingested_at)
    replace_refused(lake, names.quarantine_table(contract.name), Lane.FILES, refused, days)
    commit = replace_days(lake, base, names.files_table(contract.name), data, days)
    if commit is None:
        return None
    live = pl.concat([rows, kept.select(rows.columns)])
    reports = [
        day_report(
            day,
            rows,
            tombstones,
            delivery.refused,
            delivery.objects,
            delivery.tallies,
            held_day(contract, day, live, ingested_at),
        )
        for day in days
    ]
    return reports, commit.snapshot_id
