"""Compares how many rows a day of files holds with what the deliveries before it held."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median

COMPARED, FEWEST = 7, 3  # deliveries before a day, and how many there must be to say what is usual
FACTOR = 2  # a day is unusual with less than a half, or more than twice, of what is usual


@dataclass(frozen=True, slots=True)
class UnusualDay:
    """A day with far fewer or far more rows than the median of the deliveries before it, `usual`."""

    day: date
    rows: int
    usual: float


def unusual_days(held: Mapping[date, int], days: Iterable[date]) -> list[UnusualDay]:
    """Those of the days that are unusual, by the live rows that each day of files `held` has."""
    listed = sorted(held)
    before = {
        day: [held[other] for other in listed[max(0, place - COMPARED) : place]] for place, day in enumerate(listed)
    }
    return [
        UnusualDay(day, held[day], usual)
        for day in sorted(set(days) & held.keys())
        if len(before[day]) >= FEWEST
        for usual in [float(median(before[day]))]
        if not usual / FACTOR <= held[day] <= usual * FACTOR
    ]
