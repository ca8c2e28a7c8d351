"""The days of an entity's files."""

from collections.abc import Iterable
from datetime import date, timedelta

import dagster as dg

from txplatform.contracts.model import Contract

MAX_DAYS_EARLY = 1  # a source east of UTC may deliver tomorrow's file today


def daily(contract: Contract) -> dg.DailyPartitionsDefinition:
    """Give one partition per UTC day, from the contract's first day up to and including today."""
    return dg.DailyPartitionsDefinition(start_date=contract.files_from.isoformat(), timezone="UTC", end_offset=1)


def is_out_of_range(contract: Contract, day: date, today: date) -> bool:
    """Say whether `day` can never be a partition: before the first day, or further ahead than time zones explain."""
    return day < contract.files_from or day > today + timedelta(days=MAX_DAYS_EARLY)


def ranges(days: Iterable[date]) -> list[tuple[date, date]]:
    """Join days into runs of consecutive ones, oldest first; both ends are included."""
    found: list[tuple[date, date]] = []
    for day in sorted(set(days)):
        if found and day - found[-1][1] == timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found
