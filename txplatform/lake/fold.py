"""Folds the unfolded rows of both lanes into the snapshot table, as one MERGE that Athena runs.

Athena writes to 100 partitions in one statement, no more: a fold that touches many (a backfill, late corrections) is
several MERGEs, each of its own partitions.

The snapshot is committed first and the watermark moved after. The watermark trails the fold's start by more than the
longest commit can take, so a commit that began before the fold and ended after it is read again by the next one: an
overlap is harmless, since the greatest order key wins; a gap cannot be. What came later is committed again: commit.py.
"""

from datetime import timedelta
from itertools import pairwise
from typing import Any

from txplatform.clock import utc_now
from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.lake.catalog import Lake
from txplatform.lake.reports import FoldReport
from txplatform.ledger import Ledger
from txplatform.warehouse import statements
from txplatform.warehouse.athena import Athena

_MOST_PARTITIONS = 90  # what appears between the count and the MERGE finds room, and so do rows without a partition


def fold(contract: Contract, lake: Lake, athena: Athena, ledger: Ledger) -> FoldReport:
    """MERGE the latest unfolded row of each key into the snapshot, then move the watermark; it never moves back."""
    lake.ensure(contract)
    started = utc_now()
    previous = ledger.watermark(contract.name)
    partitions: list[Any] = athena.arrow(statements.folded_partitions(contract, previous))["value"].to_pylist()
    bounds = partitions[_MOST_PARTITIONS - 1 : -1 : _MOST_PARTITIONS]
    query_id = ""
    for after, until in pairwise([None, *bounds, None]):
        query_id = athena.execute(statements.fold(contract, previous, after, until)).query_id
    reached = started - lake.commit_allowance
    watermark = reached if previous is None else max(previous, reached)
    ledger.set_watermark(contract.name, watermark)
    return FoldReport(contract.name, names.snapshot_table(contract.name), query_id, previous, watermark)


def why_fold(contract: Contract, lake: Lake, ledger: Ledger) -> str | None:
    """Why it is time to fold: for the age of the watermark; None when it is not."""
    watermark = ledger.watermark(contract.name)
    if watermark is None:
        return "nothing was folded before"
    age = utc_now() - watermark
    return f"the watermark is {age} old" if age > lake.commit_allowance + timedelta(minutes=5) else None
