"""Skeleton (signatures final): the changes lane, a micro-batch at a time."""

from txplatform.contracts.model import Contract
from txplatform.lake.catalog import Lake
from txplatform.lake.reports import ChangesReport
from txplatform.ledger import Ledger


def ingest_changes(contract: Contract, lake: Lake, ledger: Ledger, *, limit: int = 500) -> ChangesReport:
    """Append everything pending, in batches of at most `limit` objects, each exactly once."""
    raise NotImplementedError
