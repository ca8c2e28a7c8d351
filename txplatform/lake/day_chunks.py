"""Days of files in chunks: as many together as one commit should hold."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from txplatform.ledger import LandedObject

_MOST_DAYS, _MOST_BYTES = 180, 64 * 2**20  # of one commit


def chunks(days: Sequence[date], objects: Iterable[LandedObject]) -> Iterator[list[date]]:
    """The sorted days in order, bounded in number and in the bytes of their objects; a single day may exceed them."""
    sizes = Counter[date]()
    for item in objects:
        sizes[item.dt] += item.size
    chunk, size = list[date](), 0
    for day in days:
        if chunk and (len(chunk) == _MOST_DAYS or size + sizes[day] > _MOST_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(day)
        size += sizes[day]
    if chunk:
        yield chunk
