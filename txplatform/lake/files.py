"""Skeleton (signatures final): the files lane, a day at a time."""

from collections.abc import Sequence
from datetime import date

from txplatform.contracts.model import Contract
from txplatform.lake.catalog import Lake
from txplatform.lake.reports import FilesReport
from txplatform.ledger import Ledger


def ingest_files(contract: Contract, days: Sequence[date], lake: Lake, ledger: Ledger) -> FilesReport:
    """Replace each of the days with what its RAW prefix holds now, then mark its landed objects done."""
    raise NotImplementedError
