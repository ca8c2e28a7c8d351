"""The changes lane, a micro-batch at a time: what has landed is read, judged, appended, and marked done."""

# pyarrow carries no types, polars and pyiceberg some.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import polars as pl

from txplatform.clock import utc_now
from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.ingest.batch import FileRejected
from txplatform.ingest.readers import read_changes
from txplatform.lake.alerts import alert_refused
from txplatform.lake.catalog import Lake
from txplatform.lake.commit import append_once, append_refused
from txplatform.lake.judging import judged
from txplatform.lake.objects import read_objects
from txplatform.lake.preparation import counted_failures, prepare
from txplatform.lake.quarantine import Refused, count_reasons, quarantine_rows, refused_file
from txplatform.lake.reports import ChangesReport
from txplatform.lake.rows import change_rows, stamped, to_table
from txplatform.landed import Batch
from txplatform.ledger import Ledger

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


def ingest_changes(contract: Contract, lake: Lake, ledger: Ledger, *, limit: int = 500) -> ChangesReport:
    """Append everything that is due, in batches of at most `limit` objects.

    A batch is in the table once, whatever runs twice, save one that is resumed late (see `append_once`) or whose
    objects were given up after its commit and redriven: its rows may be there twice, and the state is right all the
    same.
    A batch that fails is counted in the ledger, where it backs off, and the error goes on to the caller.
    """
    table = names.changes_table(contract.name)
    run = _Run()
    for _ in range(_MOST_BATCHES):
        batches = ledger.claim(Lane.CHANGES, contract.name, limit)
        if not batches:
            break
        for batch in batches:
            with counted_failures(lake, ledger, contract.name, batch.objects) as tried:
                prepare(contract, lake, table)
                refused = _commit(contract, lake, table, batch, run)
                ledger.done(tried)
            alert_refused(lake.clients, contract.name, Lane.CHANGES, refused)
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


def _commit(contract: Contract, lake: Lake, table: str, batch: Batch, run: _Run) -> list[Refused]:
    """Quarantine first, then the rows: a batch in the table has left nothing behind. Return what was refused."""
    ingested_at = utc_now()
    good: list[pl.DataFrame] = []
    refused: list[Refused] = []
    for item, content in read_objects(lake.clients, batch.objects):
        outcome = judged(contract, item, content, partial(read_changes, contract=contract))
        if isinstance(outcome, FileRejected):
            refused.append((item, ingested_at.date(), refused_file(item, outcome)))
            continue
        raw, gated = outcome
        good.append(change_rows(item, raw, gated))
        if gated.refused.height:
            refused.append((item, ingested_at.date(), gated.refused))
    if refused:
        quarantined = quarantine_rows(Lane.CHANGES, refused, batch.batch_id, ingested_at)
        append_refused(lake, names.quarantine_table(contract.name), quarantined, batch.batch_id)
    if good:
        data = to_table(contract, Lane.CHANGES, stamped(pl.concat(good), batch.batch_id, ingested_at))
        commit = append_once(lake, table, data, batch.batch_id, ingested_at)
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
