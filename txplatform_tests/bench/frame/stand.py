"""What benches of the lake stand on: a local AWS process and an entity like `payments`, at a size."""

import os
from functools import partial

from txplatform.clock import utc_now
from txplatform.contracts import names
from txplatform.lake import late_rows
from txplatform.lake.commit import append_once
from txplatform_tests.bench.frame.measuring import progress
from txplatform_tests.bench.frame.payments import changes, fill_snapshot
from txplatform_tests.lake_stand import CREDENTIALS, Stand, aws_process

_BATCH_ROWS = 5_000


def aws_pid() -> int:
    """The process of the local AWS, in which Athena runs too."""
    return aws_process()[1]


def empty_stand() -> Stand:
    """An entity without a row."""
    _sign_for_the_local_aws()
    stand = Stand.of("payments")
    stand.lake.ensure(stand.contract)
    return stand


def filled_stand(folded: int) -> Stand:
    """An entity with that many rows in its snapshot."""
    stand = empty_stand()
    progress(f"writing {folded:,} folded rows")
    fill_snapshot(stand.contract, stand.lake, folded)
    return stand


def append_changes(stand: Stand, folded: int, count: int, turn: int = 0) -> None:
    """Append so many changes to the folded rows, in batches as the changes lane has them."""
    progress(f"appending {count:,} changes to {folded:,} rows")
    table = names.changes_table(stand.contract.name)
    in_epoch = partial(late_rows.in_epoch, stand.contract, stand.lake, stand.ledger)
    rows = changes(stand.contract, folded, count, utc_now(), turn)
    for start in range(0, count, _BATCH_ROWS):
        append_once(stand.lake, table, rows.slice(start, _BATCH_ROWS), f"made-{turn:04d}-{start:08d}", in_epoch)


def _sign_for_the_local_aws() -> None:
    for name in [name for name in os.environ if name.startswith(("AWS_", "TXP_"))]:
        del os.environ[name]
    os.environ.update(CREDENTIALS)
