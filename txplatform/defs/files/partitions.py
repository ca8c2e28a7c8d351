"""The days of an entity's files, and which of them one run takes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

import dagster as dg

from txplatform.contracts.model import Contract
from txplatform.errors import ConfigurationError
from txplatform.lake.day_chunks import bounded, sizes_of_days
from txplatform.ledger import LandedObject

MAX_DAYS_EARLY = 1  # a source east of UTC may deliver tomorrow's file today
MAX_DAYS_OF_A_RUN = 366
MAX_BYTES_OF_A_RUN = 4 * 2**30  # of objects as they lie in S3; a day alone may hold more
_NAMED = 5
_DAYS_OF_A_BATCH = 90  # are materialised together, once they are committed


def daily(contract: Contract) -> dg.DailyPartitionsDefinition:
    """Give one partition per UTC day, from the contract's first day up to and including today."""
    return dg.DailyPartitionsDefinition(start_date=contract.files_from.isoformat(), timezone="UTC", end_offset=1)


def is_out_of_range(contract: Contract, day: date, today: date) -> bool:
    """Say whether `day` can never be a partition: before the first day, or further ahead than time zones explain."""
    return day < contract.files_from or day > today + timedelta(days=MAX_DAYS_EARLY)


def days_of_next_run(objects: Iterable[LandedObject]) -> list[date]:
    """The oldest days of these objects that one run should take: bounded in number, and in bytes of the objects."""
    return next(days_of_runs(sizes_of_days(objects)))


def days_of_runs(sizes: Mapping[date, int], most_days: int = MAX_DAYS_OF_A_RUN) -> Iterator[list[date]]:
    """All days with the bytes of their objects, in order, as many together as one run should take."""
    return bounded(sorted(sizes), sizes, most_days, MAX_BYTES_OF_A_RUN)


def days_to_take(partition_keys: Sequence[str], named: Sequence[str]) -> list[date]:
    """The days that a run over these partitions takes: those that its configuration names, or all of them.

    Raise ConfigurationError if one of the named days is no partition of the run.
    """
    unknown = sorted(set(named).difference(partition_keys))
    if unknown:
        more = f" and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
        raise ConfigurationError(
            f"the run's configuration names days that are no partitions of it: {', '.join(unknown[:_NAMED])}{more}. "
            f"Remedy: name days from {partition_keys[0]} to {partition_keys[-1]}, or none to take all of them"
        )
    return [date.fromisoformat(key) for key in sorted(set(named)) or partition_keys]


def every_day(first: date, last: date) -> list[date]:
    """All days of a range, both ends included."""
    return [first + timedelta(days=place) for place in range((last - first).days + 1)]


def batches(days: Sequence[date]) -> Iterator[Sequence[date]]:
    """The days in order, as many together as are materialised together."""
    for start in range(0, len(days), _DAYS_OF_A_BATCH):
        yield days[start : start + _DAYS_OF_A_BATCH]
