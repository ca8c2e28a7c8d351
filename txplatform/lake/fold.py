"""Skeleton (signatures final): fold the unfolded rows into the snapshot table."""

from txplatform.contracts.model import Contract
from txplatform.lake.catalog import Lake
from txplatform.lake.reports import FoldReport
from txplatform.ledger import Ledger
from txplatform.warehouse.athena import Athena


def fold(contract: Contract, lake: Lake, athena: Athena, ledger: Ledger) -> FoldReport:
    """MERGE the latest unfolded row of each key into the snapshot, then move the watermark."""
    raise NotImplementedError
