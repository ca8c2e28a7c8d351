"""The files lane, days at a time: a day of the files table is replaced by what the day's RAW prefix holds now."""

# pyarrow carries no types, polars and pyiceberg some.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import polars as pl
from pyiceberg.table import Table

from txplatform.clock import utc_now
from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.contracts.render.arrow import lake_schema
from txplatform.contracts.render.columns import BATCH_ID, DAY, DELETED, INGESTED_AT
from txplatform.errors import CommitConflictError, DaysEmptiedError
from txplatform.ingest.batch import FileRejected
from txplatform.ingest.readers import read_file
from txplatform.lake.alerts import alert_refused
from txplatform.lake.catalog import Lake
from txplatform.lake.commit import in_days, replace_days, replace_refused
from txplatform.lake.judging import judged
from txplatform.lake.objects import is_gone, list_days, read_objects
from txplatform.lake.preparation import counted_failures, prepare
from txplatform.lake.quarantine import Refused, count_reasons, quarantine_rows, refused_file
from txplatform.lake.redelivery import later_than, replaced, vanished
from txplatform.lake.reports import DayReport, FilesReport
from txplatform.lake.rows import file_rows, stamped, to_table
from txplatform.landed import LandedObject
from txplatform.ledger import Ledger

_MOST_DAYS, _MOST_BYTES = 180, 64 * 2**20  # of one commit
_MOST_LOOKS = 5


@dataclass(slots=True)
class _Delivery:
    """What the objects of some days hold, judged."""

    objects: list[LandedObject] = field(default_factory=list[LandedObject])
    rows: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    refused: list[Refused] = field(default_factory=list[Refused])
    spared_keys: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    spared_sources: set[str] = field(default_factory=set[str])


@dataclass(frozen=True, slots=True)
class _Replacement:
    """What became of some days: those replaced, and the live rows of those left as they are for want of objects."""

    delivery: _Delivery
    reports: list[DayReport]
    snapshot_id: int | None
    emptied: Mapping[date, int]


def ingest_files(
    contract: Contract, days: Sequence[date], lake: Lake, ledger: Ledger, *, delete_emptied: bool = False
) -> FilesReport:
    """Replace each of the days with what its RAW prefix holds now, then mark its objects done, also those given up.

    A day whose prefix is empty while the table holds live rows of it stays as it is: the report names it, and its
    objects count as failed. With `delete_emptied` its rows become tombstones.

    Days are committed together up to a bound. Objects that are not done when one of these commits fails are counted in
    the ledger, where they back off, and the error goes on to the caller; what was committed before stays.
    """
    table = names.files_table(contract.name)
    reports: list[DayReport] = []
    snapshot_ids: list[int] = []
    emptied: dict[date, int] = {}
    # Asked before the days are listed: what lands after that stays pending and is taken by the next run.
    pending = [item for item in ledger.pending(Lane.FILES, contract.name) if item.dt in days]
    with suppress(DaysEmptiedError), counted_failures(lake, ledger, contract.name, pending) as tried:
        prepare(contract, lake, table)
        for chunk in _chunks(_sizes(lake, contract.name, days), sorted(set(days))):
            given_up = ledger.given_up_between(Lane.FILES, contract.name, chunk[0], chunk[-1])
            replacement = _replace(contract, lake, table, chunk, delete_emptied)
            _settle(lake, ledger, replacement, [*tried, *given_up])
            alert_refused(lake.clients, contract.name, Lane.FILES, replacement.delivery.refused)
            reports += replacement.reports
            emptied |= replacement.emptied
            if replacement.snapshot_id is not None:
                snapshot_ids.append(replacement.snapshot_id)
        if emptied:
            raise DaysEmptiedError(table, emptied)
    return FilesReport(contract.name, table, tuple(reports), tuple(snapshot_ids), lake.columns(table), emptied)


def _sizes(lake: Lake, entity: str, days: Sequence[date]) -> Counter[date]:
    """The bytes under each day's prefix; a day without objects is left out."""
    sizes = Counter[date]()
    for item in list_days(lake.clients, Lane.FILES, entity, sorted(set(days))):
        sizes[item.dt] += item.size
    return sizes


def _chunks(sizes: Mapping[date, int], days: Sequence[date]) -> Iterator[list[date]]:
    """The days in order, as many together as one commit should hold."""
    chunk, size = list[date](), 0
    for day in days:
        if chunk and (len(chunk) == _MOST_DAYS or size + sizes.get(day, 0) > _MOST_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(day)
        size += sizes.get(day, 0)
    if chunk:
        yield chunk


def _replace(contract: Contract, lake: Lake, table: str, days: list[date], delete_emptied: bool) -> _Replacement:
    """Look and replace until it was in time and no other run replaced one of the days in between."""
    for _ in range(_MOST_LOOKS):
        replacement = _replace_as_seen(contract, lake, table, days, delete_emptied)
        if replacement is not None:
            return replacement
    raise CommitConflictError(f"{table}: other runs keep replacing the same days, or commits take too long")


def _replace_as_seen(
    contract: Contract, lake: Lake, table: str, days: list[date], delete_emptied: bool
) -> _Replacement | None:
    base = lake.table(table)  # before the objects are listed, see replace_days
    delivery = _read(contract, lake, days)
    former = _former(contract, base, days)
    emptied = {} if delete_emptied else _emptied(delivery, former)
    days = [day for day in days if day not in emptied]
    if not days:
        return _Replacement(delivery, [], None, emptied)
    former = former.filter(pl.col(DAY).is_in(days))
    ingested_at = later_than(former, utc_now())
    batch_id = f"files-{contract.name}-{days[0]}-{days[-1]}-{ingested_at:%Y%m%dT%H%M%S%f}"
    none = former.clear().drop(BATCH_ID, INGESTED_AT)
    rows = pl.concat([none, *(part.select(none.columns) for part in delivery.rows)])
    spared_keys = pl.concat([former.clear().select(DAY, *contract.key), *delivery.spared_keys])
    spared_sources = delivery.spared_sources | _vanished(delivery, former)
    rows, tombstones, spared = replaced(contract, former, rows, spared_keys, spared_sources)
    fresh = stamped(pl.concat([rows, tombstones.select(rows.columns)]), batch_id, ingested_at)
    data = to_table(contract, Lane.FILES, pl.concat([fresh, spared.select(fresh.columns)]))
    refused = quarantine_rows(Lane.FILES, delivery.refused, batch_id, ingested_at)
    replace_refused(lake, names.quarantine_table(contract.name), Lane.FILES, refused, days)
    commit = replace_days(lake, base, table, data, days, ingested_at)
    if commit is None:
        return None
    reports = [_report(day, delivery, rows, tombstones) for day in days]
    return _Replacement(delivery, reports, commit.snapshot_id, emptied)


def _emptied(delivery: _Delivery, former: pl.DataFrame) -> dict[date, int]:
    """The live rows of each day of which the delivery holds no object."""
    held = {item.dt for item in delivery.objects}
    live = former.filter(~pl.col(DELETED) & ~pl.col(DAY).is_in(list(held)))
    return Counter(live[DAY].to_list())


def _settle(lake: Lake, ledger: Ledger, replacement: _Replacement, objects: Sequence[LandedObject]) -> None:
    """Mark the objects of the replaced days done, save one that the listing lacked and that is there all the same."""
    days = {report.day for report in replacement.reports}
    listed = {item.object_key for item in replacement.delivery.objects}
    of_days = [item for item in objects if item.dt in days]
    unseen = {item for item in of_days if item.object_key not in listed and not is_gone(lake.clients, item)}
    ledger.done(item for item in of_days if item not in unseen)
    ledger.failed(unseen, "the object was not listed when its day was read")


def _read(contract: Contract, lake: Lake, days: Sequence[date]) -> _Delivery:
    delivery = _Delivery()
    for item, content in read_objects(lake.clients, list_days(lake.clients, Lane.FILES, contract.name, days)):
        delivery.objects.append(item)
        outcome = judged(contract, item, content, partial(read_file, item.object_key, contract=contract))
        if isinstance(outcome, FileRejected):
            delivery.refused.append((item, item.dt, refused_file(item, outcome)))
            delivery.spared_sources.add(item.location)
            continue
        _, gated = outcome
        delivery.rows.append(file_rows(contract, item, gated))
        if gated.refused.height:
            delivery.refused.append((item, item.dt, gated.refused))
            delivery.spared_keys.append(gated.refused_keys.select(pl.lit(item.dt).alias(DAY), pl.all()))
            if gated.refused_keys.height < gated.refused.height:
                delivery.spared_sources.add(item.location)
    return delivery


def _vanished(delivery: _Delivery, former: pl.DataFrame) -> set[str]:
    """On days with an object that could not tell all its keys, those that are gone: it may be one of them, renamed."""
    damaged = {item.dt for item in delivery.objects if item.location in delivery.spared_sources}
    return vanished(former, {item.location for item in delivery.objects}, damaged)


def _former(contract: Contract, base: Table, days: Sequence[date]) -> pl.DataFrame:
    """The rows of the days as the table holds them, typed as the lake's rows are."""
    schema = lake_schema(contract, Lane.FILES)
    held = base.scan(row_filter=in_days(days), selected_fields=tuple(schema.names)).to_arrow()
    return pl.DataFrame(held.select(schema.names).cast(schema))


def _report(day: date, delivery: _Delivery, rows: pl.DataFrame, tombstones: pl.DataFrame) -> DayReport:
    refused = [frame for _, dt, frame in delivery.refused if dt == day]
    return DayReport(
        day=day,
        rows=rows.filter(pl.col(DAY) == day).height,
        refused=sum(map(len, refused)),
        tombstones=tombstones.filter(pl.col(DAY) == day).height,
        reasons=count_reasons(refused),
        objects=tuple(item.uri for item in delivery.objects if item.dt == day),
    )
