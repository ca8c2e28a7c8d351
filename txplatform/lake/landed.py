"""Takes in what somebody has landed in the change lane, beside whoever else does, until none of it is pending."""

import time
from collections.abc import Callable

from txplatform.alerts import Alerts
from txplatform.contracts.model import Contract
from txplatform.errors import LakeError, PlatformError
from txplatform.lake.catalog import Lake
from txplatform.lake.changes import ingest_changes
from txplatform.ledger import Ledger
from txplatform.progress import Progress

_LONGEST_SILENCE_SECONDS = 300.0
_PAUSE_SECONDS = 0.5
_FAILURES_IN_A_ROW = 5


def ingest_landed(
    contract: Contract, lake: Lake, ledger: Ledger, alerts: Alerts, waiting: Callable[[], int], progress: Progress
) -> None:
    """Ingest changes until nothing is `waiting`: it says how many of the landed objects are pending.

    Objects of others may be what fails: those that landed last come after them. Raise the error of the fifth failure
    in a row, and LakeError when nothing has moved for five minutes.
    """
    expected, failures, changed = 0, 0, time.monotonic()
    while left := waiting():
        if left != expected:
            expected, changed = left, time.monotonic()
        if time.monotonic() - changed > _LONGEST_SILENCE_SECONDS:
            remedy = f"txplatform ledger list {contract.name}"
            raise LakeError(f"{left} objects of {contract.name} stay pending. Remedy: look why: {remedy}")
        progress("objects to take in", left, 0)
        try:
            took = bool(ingest_changes(contract, lake, ledger, alerts).batch_ids)
            failures = 0
        except PlatformError:
            failures += 1
            if failures == _FAILURES_IN_A_ROW:
                raise
            took = False
        if not took:
            time.sleep(_PAUSE_SECONDS)
