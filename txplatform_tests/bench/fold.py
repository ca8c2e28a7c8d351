"""A fold of many changes into a large snapshot against the same into a tenth of it.

The changes of a turn are folded into both in turn; 95% of them are of the last three of 90 days, the others of any.
Memory is what the local engine takes in addition to what it held before: the same process holds S3.
"""

from collections.abc import Iterator
from statistics import median

from txplatform_tests.bench.frame.figures import Figure, Size
from txplatform_tests.bench.frame.measuring import Cost, cost_of, progress, resident_bytes
from txplatform_tests.bench.frame.stand import append_changes, aws_pid, filled_stand

_ROWS = {Size.SMALL: (4_500, 9_000), Size.FULL: (1_000_000, 10_000_000)}
_CHANGES = {Size.SMALL: 600, Size.FULL: 100_000}
_TURNS = {Size.SMALL: 1, Size.FULL: 3}
_MOST_SECONDS = 30
_MOST_MEGABYTES = 2_000
_MOST_TIMES = 1.5
SETTINGS = {
    size: f"{_CHANGES[size]:,} changes, 95% of them of the last 3 of 90 days, {_TURNS[size]} times." for size in Size
}


def measure(size: Size) -> Iterator[Figure]:
    """Fold the same changes into few and many rows, by turns."""
    stands = {rows: filled_stand(rows) for rows in _ROWS[size]}
    costs: dict[int, list[Cost]] = {rows: [] for rows in stands}
    grown: list[float] = []
    for turn in range(_TURNS[size]):
        for rows, stand in stands.items():
            append_changes(stand, rows, _CHANGES[size], turn)
            progress(f"folding into {rows:,} rows")
            held = resident_bytes(aws_pid())
            with cost_of(aws_pid()) as cost:
                stand.fold()
            costs[rows].append(cost)
            grown.append((cost.peak_bytes - held) / 1e6)
    few, many = (median(cost.seconds for cost in found) for found in costs.values())
    few_rows, many_rows = _ROWS[size]
    yield Figure(f"fold into {few_rows:,} rows", few, "s")
    yield Figure(f"fold into {many_rows:,} rows", many, "s", most=_MOST_SECONDS)
    yield Figure(f"{many_rows:,} rows to {few_rows:,}", many / few, "x", most=_MOST_TIMES)
    yield Figure("memory of the local engine", max(grown), "MB", most=_MOST_MEGABYTES)
