"""Days of files in chunks: as many together as one commit, or one run, should hold."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from txplatform.ledger import LandedObject

_MOST_DAYS, _MOST_BYTES = 180, 64 * 2**20  # of one commit


def chunks(days: Sequence[date], objects: Iterable[LandedObject]) -> Iterator[list[date]]:
    """The sorted days in order, as many together as one commit should hold."""
    return bounded(days, sizes_of_days(objects), _MOST_DAYS, _MOST_BYTES)


def sizes_of_days(objects: Iterable[LandedObject]) -> Counter[date]:
    """The bytes of the objects of each day."""
    sizes = Counter[date]()
    for item in objects:
        sizes[item.dt] += item.size
    return sizes


def bounded(days: Iterable[date], sizes: Mapping[date, int], most_days: int, most_bytes: int) -> Iterator[list[date]]:
    """The days in order, in parts bounded in number and in bytes; a single day may exceed them."""
    part, size = list[date](), 0
    for day in days:
        bytes_of_day = sizes.get(day, 0)
        if part and (len(part) == most_days or size + bytes_of_day > most_bytes):
            yield part
            part, size = [], 0
        part.append(day)
        size += bytes_of_day
    if part:
        yield part
