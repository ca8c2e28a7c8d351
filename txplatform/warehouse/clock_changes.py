"""When the clocks of a time zone change, from 1980 to 2099, by the time zone database of this machine."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 1980, 2099
_STEP = timedelta(days=7)  # no zone has changed its clock twice within so short a time since 1980


@dataclass(frozen=True, slots=True)
class Change:
    """From `moment` of `year` on, as MM-dd HH:mm:ss of UTC, the clock is `offset` seconds ahead of UTC."""

    year: int
    moment: str
    offset: int


def offset_at(year: int, zone: str) -> int:
    """How many seconds the zone's clock is ahead of UTC as the year begins there in UTC."""
    return _offset(datetime(year, 1, 1, tzinfo=UTC), ZoneInfo(zone))


@cache
def changes_of(zone: str) -> tuple[Change, ...]:
    """The changes of a zone's clock, in their order."""
    clock = ZoneInfo(zone)
    moment, end = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC)
    known = _offset(moment, clock)
    found: list[Change] = []
    while moment < end:
        after = min(moment + _STEP, end - timedelta(seconds=1))
        if _offset(after, clock) != known:
            after = _first_other(moment, after, clock)
            known = _offset(after, clock)
            found.append(Change(after.year, f"{after:%m-%d %H:%M:%S}", known))
        moment = after if after < end - timedelta(seconds=1) else end
    return tuple(found)


def _first_other(before: datetime, after: datetime, clock: ZoneInfo) -> datetime:
    """The second from which on the offset is no more the one before."""
    known = _offset(before, clock)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        before, after = (middle, after) if _offset(middle, clock) == known else (before, middle)
    return after


def _offset(moment: datetime, clock: ZoneInfo) -> int:
    offset = moment.astimezone(clock).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0
