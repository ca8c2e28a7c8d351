"""The exact current view against the snapshot alone: one day's totals, whole totals, one key.

The same statements, through Athena, over the view and over the snapshot; in turn, so that what else the machine does
meets both. First with all changes unfolded; then when they are merged into the snapshot and the view still reads them
as unfolded; then when it has been refreshed.
"""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from txplatform.contracts import names
from txplatform.contracts.render.columns import DELETED
from txplatform.warehouse.statements import quoted
from txplatform.warehouse.views import refresh_view
from txplatform_tests.bench.frame.figures import Figure, Size
from txplatform_tests.bench.frame.measuring import medians, progress
from txplatform_tests.bench.frame.payments import LAST_DAY
from txplatform_tests.bench.frame.stand import append_changes, aws_pid, filled_stand
from txplatform_tests.lake_stand import Stand

_ROWS = {Size.SMALL: (18_000, 900), Size.FULL: (10_000_000, 100_000)}
_ROUNDS = {Size.SMALL: 1, Size.FULL: 15}
_MOST = {"day": 3.0, "whole": 2.0, "key": 1.5}  # times the snapshot alone
_TOTALS = "SELECT currency, status, count(*) AS payments, sum(amount) AS value FROM {} t"
SETTINGS = {
    size: f"{folded:,} folded rows over 90 days, {unfolded:,} unfolded, 95% of them of the last 3 days."
    for size, (folded, unfolded) in _ROWS.items()
}


def measure(size: Size) -> Iterator[Figure]:
    """Fill an entity, then ask view and snapshot."""
    folded, unfolded = _ROWS[size]
    stand = filled_stand(folded)
    append_changes(stand, folded, unfolded)
    refresh_view(stand.contract, stand.athena, stand.ledger)
    unfolded_totals = _totals(stand)
    yield from _compare(stand, size, "")
    progress("folding")
    stand.fold()
    merged_totals = _totals(stand)
    yield from _compare(stand, size, " after the merge")
    refresh_view(stand.contract, stand.athena, stand.ledger)
    folded_totals = _totals(stand)
    yield from _compare(stand, size, " after the fold")
    changed = len(unfolded_totals ^ merged_totals) + len(unfolded_totals ^ folded_totals)
    yield Figure("totals that a fold changed", changed, most=0, exact=True)


def _compare(stand: Stand, size: Size, when: str) -> Iterator[Figure]:
    view = quoted(stand.contract.name)
    snapshot = f"(SELECT * FROM {quoted(names.snapshot_table(stand.contract.name))} WHERE NOT {quoted(DELETED)})"
    for name, statement in _statements(stand).items():
        progress(f"{name}{when}")
        costs = medians(
            {
                "snapshot": partial(stand.athena.arrow, statement.format(snapshot)),
                "view": partial(stand.athena.arrow, statement.format(view)),
            },
            _ROUNDS[size],
            aws_pid(),
        )
        alone, exact = costs["snapshot"], costs["view"]
        yield Figure(f"{name}{when}, snapshot alone", alone.seconds, "s")
        yield Figure(f"{name}{when}, view", exact.seconds, "s")
        yield Figure(f"{name}{when}, view to snapshot", exact.seconds / alone.seconds, "x", most=_MOST[name])
        yield Figure(f"{name}{when}, CPU of view to snapshot", exact.cpu_seconds / max(alone.cpu_seconds, 0.01), "x")


def _totals(stand: Stand) -> set[tuple[object, ...]]:
    totals = _TOTALS.format(quoted(stand.contract.name)) + " GROUP BY currency, status"
    return {tuple(row.values()) for row in stand.athena.arrow(totals).to_pylist()}


def _statements(stand: Stand) -> dict[str, str]:
    """The statements, with a place for what they read; the key is a folded one, by which its partition is known too."""
    begin, end = (f"TIMESTAMP '{day} 00:00:00'" for day in (LAST_DAY, LAST_DAY + timedelta(days=1)))
    snapshot = names.snapshot_table(stand.contract.name)
    (row,) = stand.athena.arrow(
        f"SELECT payment_id, created_at FROM {quoted(snapshot)} WHERE created_at >= {begin} ORDER BY 1 LIMIT 1"
    ).to_pylist()
    moment = row["created_at"].strftime("TIMESTAMP '%Y-%m-%d %H:%M:%S.%f'")
    return {
        "day": f"{_TOTALS} WHERE created_at >= {begin} AND created_at < {end} GROUP BY currency, status",
        "whole": f"{_TOTALS} GROUP BY currency, status",
        "key": f"SELECT amount, status FROM {{}} t WHERE payment_id = '{row['payment_id']}' AND created_at = {moment}",
    }
