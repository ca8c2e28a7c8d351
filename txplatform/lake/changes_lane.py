"""The changes lane for as long as changes land: a run stays and takes them, instead of one run for each batch."""

import time
from collections.abc import Iterator
from datetime import timedelta

from txplatform.alerts import Alerts
from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.lake.catalog import Lake
from txplatform.lake.changes import ingest_changes
from txplatform.lake.reports import ChangesReport
from txplatform.ledger import Ledger

IDLE_SECONDS = (
    20.0  # without anything landing: then the run ends, for waiting costs less than the start of the next one
)
PACE_SECONDS = 2.0  # between the beginnings of two commits at least: what lands meanwhile is committed together
LONGEST_REST_SECONDS = 5.0  # after a commit that took long
_POLL_SECONDS = 0.5


def ingest_while_landing(
    contract: Contract, lake: Lake, ledger: Ledger, alerts: Alerts, longest: timedelta
) -> Iterator[ChangesReport]:
    """Ingest what is pending, then stay and ingest what lands; yield a report for each time that something did.

    Ends when nothing has landed for IDLE_SECONDS, and after `longest` in any case. What is not taken, for this reason
    or because the process is killed, stays pending in the ledger. A batch that fails raises its error. After a commit
    it rests for as long as that took, LONGEST_REST_SECONDS at most: on a busy machine, fewer and larger commits are the
    way to keep up.
    """
    began = seen = time.monotonic()
    while True:
        committing = time.monotonic()
        report = None
        if ledger.has_pending(Lane.CHANGES, contract.name):
            report = ingest_changes(contract, lake, ledger, alerts, most_batches=1)
        now = time.monotonic()
        if report is not None and report.objects:
            yield report
            seen = now
        if now - began >= longest.total_seconds() or now - seen >= IDLE_SECONDS:
            return
        took = now - committing
        time.sleep(max(PACE_SECONDS - took, min(took, LONGEST_REST_SECONDS)) if seen == now else _POLL_SECONDS)
