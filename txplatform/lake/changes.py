"""The changes lane, a micro-batch at a time: what has landed is read, validated, appended, and marked done."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import BinaryIO

import polars as pl

from txplatform.alerts import Alerts
from txplatform.clock import utc_now
from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.ingest.batch import FileRejected, RawBatch
from txplatform.ingest.readers import read_changes
from txplatform.lake.catalog import Lake
from txplatform.lake.commit import append_once, append_refused
from txplatform.lake.late_rows import in_epoch
from txplatform.lake.preparation import prepare
from txplatform.lake.quarantine import alert_refused, quarantine_rows
from txplatform.lake.reading import gate_objects, refused_object
from txplatform.lake.reporting import Refused, count_reasons
from txplatform.lake.reports import ChangesReport
from txplatform.lake.system_columns import change_rows, stamped, to_table
from txplatform.ledger import Batch, Ledger

_MOST_BATCHES = 20  # of one run; what lands meanwhile is for the next


@dataclass(slots=True)
class _Run:
    """What a run has done so far."""

    rows: int = 0
    repeated: int = 0
    refused: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    objects: list[str] = field(default_factory=list[str])
    batch_ids: list[str] = field(default_factory=list[str])
    snapshot_ids: list[int] = field(default_factory=list[int])
    lag: timedelta | None = None


def ingest_changes(
    contract: Contract,
    lake: Lake,
    ledger: Ledger,
    alerts: Alerts,
    *,
    limit: int = 500,
    most_batches: int = _MOST_BATCHES,
) -> ChangesReport:
    """Append what is due, in at most `most_batches` batches of at most `limit` objects.

    A batch is in the table once, whatever runs twice. The exception is one whose objects were abandoned after its
    commit and redriven: its rows may be there twice, and the state is right all the same.
    A batch that fails is counted in the ledger, where it backs off, and the error goes on to the caller.
    """
    table = names.changes_table(contract.name)
    run = _Run()
    for _ in range(most_batches):
        batch = ledger.claim(Lane.CHANGES, contract.name, limit)
        if batch is None:
            break
        with ledger.counted_attempt(alerts, contract.name, batch.objects) as tried:
            prepare(contract, lake, table)
            refused = _commit(contract, lake, ledger, table, batch, run)
            ledger.done(tried)
        alert_refused(alerts, contract.name, Lane.CHANGES, refused)
    return ChangesReport(
        entity=contract.name,
        table=table,
        rows=run.rows,
        refused=sum(frame.height for frame in run.refused),
        reasons=count_reasons(run.refused),
        objects=tuple(run.objects),
        batch_ids=tuple(run.batch_ids),
        repeated=run.repeated,
        snapshot_ids=tuple(run.snapshot_ids),
        schema=prepare(contract, lake, table),
        lag=run.lag,
    )


def _read(_name: str, content: BinaryIO, contract: Contract) -> Iterator[RawBatch]:
    return read_changes(content, contract)


def _commit(contract: Contract, lake: Lake, ledger: Ledger, table: str, batch: Batch, run: _Run) -> list[Refused]:
    """Commit what is refused first, then the rows: a batch in the table is complete. Return what was refused."""
    ingested_at = utc_now()
    good: list[pl.DataFrame] = []
    refused: list[Refused] = []
    for found in gate_objects(contract, lake, batch.objects, _read):
        outcomes = list(found.outcomes)
        if outcomes and isinstance(rejected := outcomes[-1], FileRejected):
            refused.append((found.item, ingested_at.date(), refused_object(found.item, rejected)))
            continue
        rows = [outcome for outcome in outcomes if not isinstance(outcome, FileRejected)]
        good += [change_rows(found.item, *batch) for batch in rows]
        refused += [(found.item, ingested_at.date(), gated.refused) for _, gated in rows if gated.refused.height]
    if refused:
        quarantined = quarantine_rows(Lane.CHANGES, refused, batch.batch_id, ingested_at)
        append_refused(lake, names.quarantine_table(contract.name), quarantined, batch.batch_id)
    if good:
        data = to_table(contract, Lane.CHANGES, stamped(pl.concat(good), batch.batch_id, ingested_at))
        commit = append_once(lake, table, data, batch.batch_id, partial(in_epoch, contract, lake, ledger))
        run.repeated += commit.repeated
        run.rows += commit.rows
        if commit.snapshot_id is not None:
            run.snapshot_ids.append(commit.snapshot_id)
    run.refused += [frame for _, _, frame in refused]
    run.objects += [item.uri for item in batch.objects]
    run.batch_ids.append(batch.batch_id)
    lag = utc_now() - min(item.landed_at for item in batch.objects)
    run.lag = lag if run.lag is None else max(lag, run.lag)
    return refused
